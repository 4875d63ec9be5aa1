"""What a start settles before anything else: who may read the data, which key, whether DEBUG.

Read by `settings.py`, which every entry imports: the commands, the web's and the workers'
processes. Each refusal is an ImproperlyConfigured whose sentence says what to do.
"""

import ipaddress
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

OTHERS = stat.S_IRWXG | stat.S_IRWXO
SHORTEST_KEY = 50  # letters; what Django's own deployment check asks for
MAKE_A_KEY = (
    'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))" '
    "and keep it apart from the backups."
)


def keep_private() -> None:
    """Whatever this process and its children make is for their own account only."""
    os.umask(OTHERS)


def is_loopback(host: str) -> bool:
    """Whether a host name can be reached from this machine alone; `*` and `.x.org` cannot."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return not name.startswith(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refuse_debug(*, https: bool, hosts: Iterable[str]) -> None:
    """DEBUG shows settings and code to whoever meets an error."""
    public = [host for host in hosts if not is_loopback(host)]
    if https or public:
        why = f"“{public[0]}” is no address of this machine alone" if public else "it has https"
        raise ImproperlyConfigured(
            "DEBUG must be 0 where others can reach the site, because its error pages show "
            f"settings and code. TRACKER_BASE_URL and ALLOWED_HOSTS say that they can: {why}."
        )


def checked_key(key: str) -> str:
    if len(key) < SHORTEST_KEY or len(set(key)) < 5 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"SECRET_KEY must be random and have at least {SHORTEST_KEY} characters; {MAKE_A_KEY}"
        )
    return key


def own_key(folder: Path, *, public: bool) -> str:
    """The key of a site that nobody else reaches: made once, so that sessions survive a restart.

    A site for others must be given one: beside the database it would be lost with it, and each
    machine would make another.
    """
    if public:
        raise ImproperlyConfigured(
            "SECRET_KEY must be set when TRACKER_BASE_URL or ALLOWED_HOSTS is more than this "
            f"machine; {MAKE_A_KEY}"
        )
    path = folder / "secret_key"
    if not path.exists():
        made = folder / f".secret_key-{secrets.token_hex(8)}"
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            # Whole at once: another process of the same start may be reading it already.
            path.hardlink_to(made)
        except FileExistsError:
            pass  # and that one was quicker
        except OSError:  # a disk that knows no second name for a file
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"SECRET_KEY in {path} is cut short; remove that file.")
    return key


def private_folder(path: Path) -> Path:
    """The folder, made if need be, that no other account can enter.

    One that was open until now is closed with all that lies in it.
    """
    path = path.resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(
            f"TRACKER_VAR: the folder {path} cannot be made ({error.strerror})."
        ) from error
    if _close(path, named="TRACKER_VAR: the folder"):
        for folder, _, names in os.walk(path):
            for name in (folder, *(os.path.join(folder, name) for name in names)):  # noqa: PTH118
                _close_if_ours(Path(name))
    return path


def private_database(path: Path) -> None:
    """A database file that lies elsewhere, with the files SQLite keeps beside it."""
    for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
        # SQLite removes those beside it whenever its last connection closes.
        with suppress(FileNotFoundError):
            _close(name, named="DATABASE_URL: the file")


def _close(path: Path, *, named: str) -> bool:
    """Take it from all other accounts; answers whether that had to be done."""
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise ImproperlyConfigured(
            f"{named} {path} belongs to another account (number {found.st_uid}); start Tracker as "
            f"that account, or give it to this one with chown {os.geteuid()}."
        )
    if not found.st_mode & OTHERS:
        return False
    refused = ""
    try:
        path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
    except OSError as error:
        refused = f" ({error.strerror})"
    if path.stat().st_mode & OTHERS:
        raise ImproperlyConfigured(
            f"{named} {path} can be read by other accounts, and this disk does not let that be "
            f"changed{refused}. Name a place on another disk."
        )
    return True


def _close_if_ours(path: Path) -> None:
    with suppress(FileNotFoundError):  # other processes work in the folder meanwhile
        found = path.lstat()
        if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode):
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
