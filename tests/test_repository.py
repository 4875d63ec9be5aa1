"""The repository itself: its rules hold, and nothing in it is unfinished."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT: Path = settings.BASE_DIR
TEMPLATES = ROOT / "templates"
TOP_LEVEL = {
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "docs",
    "fixtures",
    "manage.py",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements-dev.txt",
    "requirements.lock",
    "requirements.txt",
    "templates",
    "tests",
    "tracker",
}
LAYERS = ("services", "reports", "views", "admin", "forms", "filters", "templatetags", "tasks")
# The stem of a feature is a module of `tracker/models/`. These are features too:
WITHOUT_A_TABLE = {
    "addressee": "the rows of an authority in a case",
    "anonymise": "what is kept of people, and for how long",
    "agenda": "what is due, day by day, of every table with a day",
    "credential": "what one signs in with: password, codes, passkeys",
    "backup": "all tables and documents in a file",
    "date": "days in words; the arithmetic is `tracker/dates/`",
    "desk": "the first page",
    "grade": "what a response was worth, beside the response",
    "health": "whether the processes do their work",
    "password": "what a password may not be",
    "people": "accounts as the team sees them",
    "profile": "one's own account",
    "second_factor": "codes and passkeys, and whom the settings ask for one",
    "secret_link": "addresses in mails that open an account",
    "security_notice": "mails about one's own account",
    "reveal": "names and contacts shown to who needs them",
    "session": "where somebody is signed in: the tables are of libraries",
    "sign_in": "who signed in and out, and who tried",
    "status": "the statuses of a demand: `models/statuses.py`",
    "workload": "who carries what",
}
# What serves the features of one layer, or all of them, and is none itself.
OF_A_LAYER = {
    "access": "the trace of a reading or an export",
    "base": "what every list or page of a layer shares",
    "components": "what repeats on the pages of every feature",
    "consequences": "which dates a save in the admin would move",
    "context": "the skeleton of every page",
    "days": "today, and how far from it a typed day may lie",
    "demonstration": "the demonstration",
    "draft_case": "facts of a case, at intake and afterwards",
    "export": "rows of the admin as a file",
    "form_fields": "parts of a field of any form",
    "forms": "what forms of the admin share",
    "fresh": "who sits there, asked once more",
    "history": "the record in words",
    "invisible": "signs that nobody sees, out of what is typed",
    "lists": "pages of rows",
    "loading": "rows from the files in `fixtures/`",
    "lookups": "what an address may ask of a list of the admin",
    "middleware": "what holds for every request",
    "numbers": "numbers a page sends back",
    "records": "how a row is saved",
    "redaction": "what a log line and a report of an error leave out",
    "reference": "rules and plans, the reference data with rules of its own",
    "refusals": "how a service says no",
    "reports": "the report for a meeting",
    "review": "the form of a draft, row by row",
    "revisions": "what was done to one row",
    "saving": "what a service refused, as errors of a form",
    "scoping": "the gate of the admin",
    "signed_out": "a form sent after the session ended",
    "site": "the site of the admin",
    "source_text": "the text of an appeal, with marks",
    "summary": "the report for a meeting",
    "tokens": "what a form carries besides what is typed",
    "unscheduled": "cases and demands without a day ahead",
    "unsent": "a form that comes back filled",
    "versioned": "a page that has grown old",
}
# Spelled so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK|Not" r"Implemented(Error)?)\b")
SET_ASIDE = re.compile(r"pytest\.mark\.(ski" r"p|skipi" r"f|xfai" r"l)\b")

# What documents name and nobody will find: made by a run, told of elsewhere, a pattern.
NOT_HERE = {"var/", "models.py", "_name.html"}

# Pages are reworded and translated, so their tests look at elements (`tests/pages.py`). What the
# admin itself says of a refusal is made nowhere else.
SENTENCE = re.compile(r"([A-Za-z'’-]+[^\w<>=]+){4}[A-Za-z'’-]+")
TESTS_OF_PAGES = ("tests/views/*.py", "tests/journeys/*.py", "tests/admin/*.py")
SAID_IN_THE_ADMIN = ROOT / "tests/admin/test_saving.py"

# What reads the machine's clock, and the few places that must: beside processes of their own, which
# have no other, and in measurements.
CLOCK = re.compile(
    r"date\.today|datetime\.(today|now|utcnow)|timezone\.(now|localdate|localtime)|"
    r"time\.(time|time_ns|localtime|gmtime)|localdate|localtime|Now"
)
ON_THE_MACHINES_CLOCK = {"tests/bench/", "tests/chaos/storm.py", "tests/journeys/test_reminders.py"}


def repository_files(*patterns: str) -> list[Path]:
    """What is committed or could be: nothing that .gitignore names."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [path for name in listed if name and (path := ROOT / name).is_file()]


def matches(pattern: re.Pattern, paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]


def reads_of_the_clock(path: Path) -> list[str]:
    """`localtime(at)` converts a moment that is given; without an argument it takes the present."""
    tree = ast.parse(path.read_text())
    converts = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and "local" in ast.unparse(node.func)
    }
    imports = [
        (node, f"{node.module.rpartition('.')[2]}.{alias.name}")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if "local" not in alias.name
    ]
    uses = [
        (node, ".".join(ast.unparse(node).split(".")[-2:]))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in converts
    ]
    return [
        f"{path}:{node.lineno}: {name}" for node, name in [*imports, *uses] if CLOCK.fullmatch(name)
    ]


def whole_locks(path: Path) -> list[str]:
    """Locks that conflict with the check of a foreign key, and so deadlock with who adds a row.

    One that passes over what others hold waits for nobody.
    """
    return [
        f"{path.name}:{call.lineno}"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "select_for_update"
        and not any(
            key.arg in ("no_key", "skip_locked") and ast.unparse(key.value) == "True"
            for key in call.keywords
        )
    ]


def test_the_top_level_holds_only_what_was_agreed():
    names = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    assert {name for name in names if not name.startswith(".")} - TOP_LEVEL == set()


def test_imports_go_one_way(capsys):
    outcome = lint_imports(config_filename=str(ROOT / "tests" / "importlinter.ini"), no_cache=True)
    assert outcome == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_models_are_imported_from_their_package_alone():
    outside = [
        path
        for path in repository_files("tracker/*.py", "tests/*.py")
        if path.parent.name not in {"models", "migrations"} or "tests" in path.parts
    ]
    assert matches(re.compile(r"^\s*(from|import) tracker\.models\."), outside) == []


def test_a_feature_has_one_stem_in_every_layer():
    """`git ls-files '*deadline*'` finds a feature: its package, or modules that begin with it."""
    tables = {path.stem for path in repository_files("tracker/models/*.py")} - {"__init__"}
    stems = {re.sub("(ie|y)?s?$", "", name) for name in tables} | set(WITHOUT_A_TABLE)
    names: dict[str, str] = {}
    for layer in LAYERS:
        for path in repository_files(f"tracker/{layer}/*.py"):
            name = path.relative_to(ROOT / "tracker" / layer).parts[0].removesuffix(".py")
            names[name] = f"{layer}/{name}"
    names.pop("__init__")
    stray = {name for name in names if not name.startswith(tuple(stems))}
    assert {names[name] for name in stray - set(OF_A_LAYER)} == set()
    assert set(OF_A_LAYER) - stray == set(), "an exception that no module needs any more"


def test_there_is_no_drawer_for_odds_and_ends():
    assert repository_files("*utils.py", "*helpers.py", "*utils/*", "*helpers/*") == []


def test_documents_name_what_there_is():
    """Each path in backticks, be it without its first folders, and each `function()`."""
    files = [Path("/") / path.relative_to(ROOT) for path in repository_files()]
    paths = {str(file) for file in files} | {
        f"{folder}/" for file in files for folder in file.parents
    }
    code = "".join(path.read_text() for path in repository_files("tracker/*.py"))
    missing = []
    for document in repository_files("*.md"):
        text = document.read_text()
        named = set(re.findall(r"`([\w/.-]+(?:/|\.(?:py|html|json|ini|md)))`", text))
        for name in named - NOT_HERE:
            if not any(path.endswith(f"/{name}") for path in paths):
                missing.append(f"{document.name}: {name}")
        for name in re.findall(r"`([a-z_]+\()\)`", text):
            if f"def {name}" not in code:
                missing.append(f"{document.name}: {name})")
    assert missing == []


def test_nothing_is_unfinished_or_set_aside():
    paths = repository_files("*.py", "*.html", "*.txt", "*.css", "*.js", "*.md", "Makefile")
    assert matches(UNFINISHED, paths) == []
    assert matches(SET_ASIDE, repository_files("tests/*.py")) == []


PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)(?: ;.*)?$")
LOCKED = re.compile(
    r"^([\w.-]+)==([\w.]+)(?: ;.*?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", re.M
)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / f"{name}.lock").read_text()
    found = LOCKED.findall(text)
    assert len(found) == len(re.findall(r"^[\w.-]+==", text, re.M)), "an entry without a hash"
    return {package.lower(): version for package, version, _ in found}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_package_is_pinned_and_locked_with_its_hashes(name):
    """Where this fails after a change of a requirement, `make lock` writes the lock anew."""
    lines = (ROOT / f"{name}.txt").read_text().splitlines()
    pins = {match[1].lower(): match[2] for line in lines if (match := PINNED.match(line))}
    plain = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert len(pins) == len(plain)
    assert {package: locked(name).get(package) for package in pins} == pins
    assert locked("requirements").items() <= locked("requirements-dev").items()


def test_a_test_of_a_page_asks_for_no_whole_sentence():
    found = [
        f"{path.name}:{literal.lineno}: {literal.value}"
        for path in repository_files(*TESTS_OF_PAGES)
        if path != SAID_IN_THE_ADMIN
        for statement in ast.walk(ast.parse(path.read_text()))
        if isinstance(statement, ast.Assert)
        for literal in ast.walk(statement)
        if isinstance(literal, ast.Constant) and SENTENCE.search(str(literal.value))
    ]
    assert found == []


def test_a_row_is_held_without_shutting_out_what_points_to_it():
    assert [held for path in repository_files("tracker/*.py") for held in whole_locks(path)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("rows.select_for_update().get(pk=1)", 1),
        ('rows.select_for_update(of=("self",)).get(pk=1)', 1),
        ("rows.select_for_update(no_key=False)", 1),
        ('rows.select_for_update(of=("self",), no_key=True)', 0),
        ("rows.select_for_update(skip_locked=True)", 0),
    ],
)
def test_a_lock_that_shuts_out_too_much_is_found(tmp_path, code, found):
    path = tmp_path / "it.py"
    path.write_text(code)
    assert len(whole_locks(path)) == found


def test_no_test_reads_the_clock_of_the_machine():
    paths = [
        path
        for path in repository_files("tests/*.py")
        if not str(path.relative_to(ROOT)).startswith(tuple(ON_THE_MACHINES_CLOCK))
    ]
    assert [read for path in paths for read in reads_of_the_clock(path)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("at = timezone.now()", 1),
        ("TODAY = timezone.localdate", 1),
        ("day = datetime.date.today()", 1),
        ("at = datetime.datetime.now(tz=UTC)", 1),
        ("from django.utils.timezone import now", 1),
        ("from time import time", 1),
        ("day = localdate()", 1),
        ("day = localdate(at)", 0),
        ("begun = time.monotonic()", 0),
    ],
)
def test_a_read_of_the_clock_is_found(tmp_path, code, found):
    path = tmp_path / "test_it.py"
    path.write_text(code)
    assert len(reads_of_the_clock(path)) == found


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_have_names_of_their_own():
    names = [path.name for path in repository_files("tracker/migrations/*.py")]
    assert [name for name in names if re.search("_auto_|_and_more", name)] == []


@pytest.mark.parametrize(
    "name",
    [str(path.relative_to(TEMPLATES)) for path in sorted(TEMPLATES.rglob("*")) if path.is_file()],
)
def test_a_template_is_well_formed(name):
    get_template(name)


def test_no_line_of_a_template_is_too_long_to_read():
    """djangofmt leaves a line that it cannot break: a tag of Django's stays on one line."""
    assert matches(re.compile(".{121}"), repository_files("templates/*")) == []


def test_pages_need_nothing_inline():
    """The content security policy allows no inline script, style or event handler."""
    pages = [path for path in repository_files("templates/*.html") if "emails" not in path.parts]
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:")
    assert matches(inline, pages) == []


def test_pages_load_nothing_from_elsewhere():
    pages = repository_files("templates/*.html", "tracker/static/*.css", "tracker/static/*.js")
    elsewhere = r"(src|<link[^>]*href)=[\"'](https?:)?//|url\(\s*[\"']?(https?:)?//|@import"
    assert matches(re.compile(elsewhere), pages) == []


def test_an_email_has_a_subject_a_text_and_a_page():
    parts = ("-subject.txt", "-body.txt", "-body.html")
    folder = TEMPLATES / "emails"
    messages = {
        path.name.removesuffix(part)
        for path in folder.iterdir()
        for part in parts
        if path.name.endswith(part)
    }
    wanted = {f"{message}{part}" for message in messages for part in parts}
    found = {path.name for path in folder.iterdir() if not path.name.startswith("_")}
    assert messages
    assert found == wanted
