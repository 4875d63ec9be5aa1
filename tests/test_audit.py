"""What the audit of the packages says; pip-audit itself is run by `make lint`."""

import pytest

from tests.audit import verdict

pytestmark = pytest.mark.once

SOUND = {"name": "celery", "version": "5.7.0", "vulns": []}
UNKNOWN = {"name": "kombu", "skip_reason": "Dependency not found on PyPI"}
HIT = {
    "name": "django",
    "version": "5.2.1",
    "vulns": [{"id": "PYSEC-2026-7", "fix_versions": ["5.2.2"]}],
}


def test_an_advisory_fails_and_says_what_mends_it():
    status, said = verdict({"dependencies": [SOUND, UNKNOWN, HIT]})
    assert status == 1
    assert "django 5.2.1: PYSEC-2026-7, mended in 5.2.2" in said


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (None, "Advisories could not be had from here: the packages are not audited."),
        (
            {"dependencies": [SOUND, UNKNOWN]},
            "No advisory found, but the index here knows none for 1 of 2 packages.",
        ),
        ({"dependencies": [SOUND]}, ""),
    ],
)
def test_what_cannot_be_audited_is_said_and_fails_nothing(report, said):
    assert verdict(report) == (0, said)
