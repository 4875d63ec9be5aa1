"""`manage.py up`: everything on one machine: database, broker, mailbox, web, worker, beat.

What `make run` starts. For one machine and a demonstration; on servers each part is better a
service of the system's own.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from tracker.management.broker import Broker, choose_broker
from tracker.management.processes import Child, Supervisor
from tracker.management.sentences import SentenceCommand
from tracker.management.startup import (
    HOST,
    child_environment,
    demo_password,
    free_port,
    health,
    open_log,
    refuse_taken_port,
    sole_supervisor,
    sweep_age,
    wanted_port,
)

DEMO_PEOPLE = (
    "coordinator@demo.test",
    "officer@demo.test",
    "viewer@demo.test",
    "administrator@demo.test",
)
PREPARATION = (
    ("Preparing the database", ["migrate", "--no-input", "--verbosity", "0"]),
    ("Collecting the static files", ["collectstatic", "--no-input", "--verbosity", "0"]),
    ("Loading authorities, rules, calendars and the five documents", ["load_demo"]),
)
# What the parts say on every start and nobody needs to act on: the broker's advice for a server
# under load, and Celery's against root (its danger is pickled messages; ours are JSON only).
BROKER_NOISE = ("WARNING Memory overcommit must be enabled",)
ROOT_NOISE = "ignore:You're running the worker with superuser"
# The password belongs on the terminal, at the end, and not in a log.
SECRET_LINES = ("their password:",)
START_UP = 60.0  # seconds until the address is printed even if a part is not up yet
LOOK_EVERY = 15.0  # seconds between two looks at /health once all is up
SILENT_PERIODS = 5  # sweeps missed until worker and beat are started afresh


class Command(SentenceCommand):
    help = "Run everything on this machine: web, worker, beat, broker, mailbox. Ctrl-C ends it."
    # `migrate` makes the checks, on the settings that the parts get.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        var: Path = settings.VAR_DIR
        port = wanted_port()
        with sole_supervisor(var, port=port):
            refuse_taken_port(port)
            log = open_log(var)
            supervisor = Supervisor(lambda name, line: log.info("%-8s| %s", name, line))
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, supervisor.stop)
            broker = None if os.environ.get("TRACKER_BROKER_URL") else choose_broker(var)
            try:
                self.run(supervisor, var=var, port=port, broker=broker)
            finally:
                supervisor.end()
                if broker is not None and broker.folder is not None:
                    shutil.rmtree(broker.folder, ignore_errors=True)
                supervisor.say("up", "everything has ended")

    def run(self, supervisor: Supervisor, *, var: Path, port: int, broker: Broker | None) -> None:
        env = child_environment(port=port, broker_url=broker.url if broker else None)
        if broker is not None:
            supervisor.say("up", f"broker: {broker.label}")
            if broker.command is not None:
                supervisor.add(Child("broker", broker.command, env, 2, BROKER_NOISE))
        if "EMAIL_URL" not in env:
            mail_port = free_port()
            env["EMAIL_URL"] = f"smtp://{HOST}:{mail_port}"
            supervisor.add(Child("mailbox", mailbox(mail_port, var / "mailbox"), env, order=2))

        password = demo_password(var)
        for sentence, command in PREPARATION:
            supervisor.say("up", f"{sentence} ...")
            prepared = {**env, "DEMO_PASSWORD": password}
            child = Child("prepare", manage(*command), prepared, noise=SECRET_LINES)
            status = supervisor.once(child)
            if supervisor.stopping.is_set():
                return
            if status != 0:
                raise CommandError(f"{sentence} failed; the lines above say why.")

        supervisor.add(Child("web", gunicorn(port), env, order=1))
        alone = ("--concurrency=2", "--without-gossip", "--without-mingle")
        worker_env = {**env, "PYTHONWARNINGS": ROOT_NOISE}
        supervisor.add(Child("worker", celery("worker", *alone), worker_env, order=1))
        supervisor.add(Child("beat", celery("beat", "--pidfile="), env))
        # Beat waits a whole period before its first hint; a new user should not have to.
        sweep = settings.CELERY_BEAT_SCHEDULE["sweep"]["task"]
        supervisor.once(Child("sweep", celery("call", "--expires=60", sweep), env), quiet=True)
        self.watch(supervisor, port=port, greeting=greeting(env, port, var, password))

    def watch(self, supervisor: Supervisor, *, port: int, greeting: str) -> None:
        """Tend the parts until told to stop. A worker or beat gone deaf is started afresh."""
        begun = looked = fresh = time.monotonic()
        greeted = False
        while not supervisor.stopping.is_set():
            time.sleep(0.2)
            supervisor.tend()
            now = time.monotonic()
            if now - looked < (LOOK_EVERY if greeted else 0.5):
                continue
            looked = now
            state = health(port)
            up = state.get("status") == "ok"
            if not greeted and (up or now - begun > START_UP):
                greeted = True
                self.stdout.write(greeting)
                if not up:
                    self.stdout.write(f"Not all is up yet; see http://{HOST}:{port}/health\n")
                self.stdout.flush()
            patience = SILENT_PERIODS * settings.SWEEP_SECONDS
            age = sweep_age(state, at=timezone.now())
            if state and now - fresh > patience and (age is None or age > patience):
                supervisor.say("up", "no sweep for too long: worker and beat are started afresh")
                supervisor.restart("worker", "beat")
                fresh = now


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def celery(verb: str, *arguments: str) -> list[str]:
    level = [] if verb == "call" else ["--loglevel=INFO"]
    return [sys.executable, "-m", "celery", "--app=tracker", "--quiet", verb, *level, *arguments]


def mailbox(port: int, folder: Path) -> list[str]:
    module = "tracker.management.mailbox"
    return [sys.executable, "-m", module, "--port", str(port), "--folder", str(folder)]


def gunicorn(port: int) -> list[str]:
    # No access log: who read what is kept in the database, for those who may see it.
    options = ["--workers=2", "--worker-class=gthread", "--threads=4", "--no-control-socket"]
    return [
        *(sys.executable, "-m", "gunicorn", f"--bind={HOST}:{port}", "--log-level=warning"),
        *options,
        "tracker.wsgi:application",
    ]


def greeting(env: dict[str, str], port: int, var: Path, password: str) -> str:
    lines = [
        "",
        f"Tracker is running:  http://{HOST}:{port}/",
        "Demo sign-ins:       " + ", ".join(DEMO_PEOPLE),
        f"Password of each:    {password}",
    ]
    if env["EMAIL_URL"].startswith(f"smtp://{HOST}:"):
        lines.append(f"Mails are kept in:   {var / 'mailbox'} (and on the Reminders page)")
    return "\n".join([*lines, "Ctrl-C ends it; the data stays.", ""])
