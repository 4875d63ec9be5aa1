"""Children are kept alive, and ended to the last grandchild."""

import signal
import sys
import textwrap
import threading
import time

import psutil
import pytest

from tests.servers import wait_until
from tracker.management.processes import Child, Supervisor

# No database has a part in this.
pytestmark = pytest.mark.once


class Lines(list):
    """What the supervisor and its children said, as (name, line)."""

    def __call__(self, name: str, line: str) -> None:
        self.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for who, line in self if who == name]


@pytest.fixture
def said() -> Lines:
    return Lines()


@pytest.fixture
def supervisor(said):
    supervisor = Supervisor(said, grace=2)
    yield supervisor
    supervisor.grace = 0
    supervisor.end()


def program(source: str, name: str = "child", order: int = 0) -> Child:
    command = [sys.executable, "-u", "-c", textwrap.dedent(source)]
    return Child(name, command, {"PATH": "/usr/bin:/bin"}, order=order)


SLEEPER = "import time; print('up'); time.sleep(60)"
# A parent that ignores SIGTERM, with a child of its own that does so too.
STUBBORN = """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = "import time; print('grandchild', flush=True); time.sleep(60)"
    subprocess.Popen([sys.executable, "-c", child])
    time.sleep(60)
"""


def alive(process: psutil.Process) -> bool:
    """A zombie is over: it only waits for the system to note it."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def tend(supervisor: Supervisor) -> bool:
    supervisor.tend()
    return True


def test_each_line_is_told_with_the_name_of_its_program(supervisor, said):
    status = supervisor.once(program("print('one'); print('two')", name="web"))
    assert status == 0
    assert said == [("web", "one"), ("web", "two")]


def test_the_exit_status_of_a_program_is_told(supervisor):
    assert supervisor.once(program("raise SystemExit(3)")) == 3


def test_a_program_is_ended_at_once_when_told_to_stop(supervisor):
    def stop_soon() -> None:
        time.sleep(0.3)  # a Timer never fires under libfaketime
        supervisor.stop()

    threading.Thread(target=stop_soon).start()
    begun = time.monotonic()
    assert supervisor.once(program(SLEEPER)) == -signal.SIGKILL
    assert time.monotonic() - begun < 5


def test_a_child_that_was_killed_is_back_after_a_second(supervisor, said):
    child = program(SLEEPER)
    supervisor.add(child)
    wait_until(lambda: said.of("child") == ["up"])
    child.process.kill()
    wait_until(lambda: tend(supervisor) and said.of("child") == ["up", "up"], what="it is back")
    assert said.of("up") == ["child was ended by signal 9; it is back in 1 s"]


def test_a_child_that_keeps_dying_is_tried_later_each_time(supervisor, said):
    supervisor.add(program("raise SystemExit(1)"))
    wait_until(lambda: tend(supervisor) and len(said.of("up")) == 3)
    assert said.of("up") == [
        "child ended with status 1; it is back in 1 s",
        "child ended with status 1; it is back in 2 s",
        "child ended with status 1; it is back in 4 s",
    ]


def test_nobody_is_left_of_a_stubborn_family(supervisor, said):
    child = program(STUBBORN)
    supervisor.add(child)
    wait_until(lambda: said.of("child") == ["grandchild"])
    family = [psutil.Process(child.process.pid)]
    family += family[0].children(recursive=True)
    assert len(family) == 2
    begun = time.monotonic()
    supervisor.end()
    assert 2 <= time.monotonic() - begun < 4
    # A killed grandchild is not ours to wait for: the system may need a moment to bury it.
    wait_until(lambda: not any(alive(member) for member in family))
    assert said.of("up") == ["child did not end by itself and is ended by force"]


def test_a_grandchild_left_behind_by_its_parent_is_ended(supervisor, said):
    child = program(STUBBORN)
    supervisor.add(child)
    wait_until(lambda: said.of("child") == ["grandchild"])
    [grandchild] = psutil.Process(child.process.pid).children()
    child.process.kill()
    wait_until(lambda: tend(supervisor) and not alive(grandchild))


def test_those_of_lower_order_end_first(supervisor, said):
    farewell = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("bye")))
        print("up")
        time.sleep(60)
    """
    for name, order in [("broker", 2), ("worker", 1), ("beat", 0)]:
        supervisor.add(program(farewell, name, order))
    wait_until(lambda: len(said) == 3)
    supervisor.end()
    assert [name for name, line in said if line == "bye"] == ["beat", "worker", "broker"]


def test_told_twice_to_stop_it_waits_for_nobody(supervisor, said):
    supervisor.add(program(STUBBORN))
    wait_until(lambda: said.of("child") == ["grandchild"])
    supervisor.stop()
    supervisor.stop()
    begun = time.monotonic()
    supervisor.end()
    assert time.monotonic() - begun < 1
