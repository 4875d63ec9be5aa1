"""`python -m tests.bench [SUBJECT ...]`: prints one line per figure.

Each subject runs in a process of its own, with servers and a database that nobody used before.
"""

import importlib
import os
import pkgutil
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from tests import bench, servers
from tests.bench import Place
from tests.programs import Programs

SUBJECTS = sorted(
    module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"
)


def main(subjects: list[str]) -> int:
    if unknown := set(subjects) - set(SUBJECTS):
        print(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(SUBJECTS)}.")
        return 2
    if len(subjects) == 1:
        measure(subjects[0])
        return 0
    # The numbers belong to the machine: say which.
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}", flush=True)
    failed = 0
    for subject in subjects or SUBJECTS:
        failed |= subprocess.run([sys.executable, "-m", "tests.bench", subject]).returncode
    return failed


def measure(subject: str) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder,
        servers.postgres(durable=True) as url,
        servers.broker() as broker,
        servers.inbox() as inbox,
    ):
        # Before the settings are read for the first time, which `setup` does.
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tracker.settings",
            DATABASE_URL=url,
            EMAIL_URL=inbox.url,
            TRACKER_BROKER_URL=broker.url,
            TRACKER_VAR=folder,
        )
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        module = importlib.import_module(f"tests.bench.{subject}")
        with Programs.on(
            connection, broker_url=broker.url, mail_url=inbox.url, folder=Path(folder)
        ) as programs:
            print(f"\n{module.__doc__.strip().splitlines()[0]}", flush=True)
            for figure in module.measure(Place(programs, broker, inbox)):
                print(f"  {figure}", flush=True)
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
