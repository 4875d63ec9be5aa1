import datetime

import pytest

from tracker.reports.event_heads import heads_are_late, last_day_of_heads

AT = datetime.datetime(2026, 3, 4, 9, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("files", "last", "late"),
    [
        ([], None, True),
        (["heads-2026-03-01.txt", "heads-2026-03-02.txt"], datetime.date(2026, 3, 2), True),
        (["heads-2026-03-03.txt", ".heads-2026-03-04.txt.7"], datetime.date(2026, 3, 3), False),
        (["heads-2026-03-04.txt"], datetime.date(2026, 3, 4), False),
        (["heads-abcd-ef-gh.txt"], None, True),
    ],
)
def test_heads_are_late_after_two_days(files, last, late, settings, tmp_path):
    settings.HEADS_DIR = tmp_path
    for name in files:
        (tmp_path / name).touch()
    assert (last_day_of_heads(), heads_are_late(at=AT)) == (last, late)


def test_a_folder_that_is_not_there_has_none(settings, tmp_path):
    settings.HEADS_DIR = tmp_path / "none"
    assert last_day_of_heads() is None
