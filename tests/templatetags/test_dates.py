"""Dates in words, and a clock drawn."""

import datetime

import pytest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tracker.dates.calendars import WorkingCalendar
from tracker.dates.courses import run_through
from tracker.dates.explanations import explanation
from tracker.dates.periods import Hold
from tracker.dates.readings import compute
from tracker.dates.rules import Anchor, AnchorKind, FirstDay, Period, RuleSpec, Unit
from tracker.templatetags.dates import (
    day_heading,
    distance,
    lateness,
    moment,
    month_name,
    near_date,
    short_date,
    today_heading,
    week_date,
)
from tracker.templatetags.deadline_explanations import (
    change_rows,
    clock_sentence,
    clock_short,
    day_reasons,
    reading_rows,
)
from tracker.templatetags.deadlines import clock_state, day_strip

ON = datetime.date(2020, 1, 30)


@pytest.fixture(scope="module")
def reply() -> dict:
    """14 working days from registration on 16 January 2020, both readings held."""
    rule = RuleSpec(
        code="kg-67-reply-14",
        version="1",
        period=Period(14, Unit.WORKING_DAY),
        anchor=AnchorKind.REGISTERED,
        first_day=FirstDay.TWO_READINGS,
        calendar="KG",
        norm="Law No. 67",
    )
    anchor = Anchor(AnchorKind.REGISTERED, datetime.date(2020, 1, 16))
    return explanation(compute(rule, anchor, WorkingCalendar("KG")))


def test_the_strip_draws_each_day_once(reply):
    strip = day_strip(reply, ON, "red")
    # 16 January to 5 February: the event, six weekend days, the strict reading, the last day.
    assert strip.count("<span") == 21
    assert strip.count("day--skip") == 6
    assert strip.count("day--anchor") == 1
    assert strip.count("day--reading") == 1
    assert strip.count("day--last") == 1
    assert strip.count("day--today") == 1
    assert 'role="img"' in strip and "From 16 Jan 2020 to 5 Feb 2020" in strip


@pytest.mark.parametrize("stored", [{}, {"days": []}, {"days": [{"date": "2020-01-01"}] * 200}])
def test_what_cannot_be_drawn_is_not_drawn(stored):
    assert day_strip(stored, ON, "red") == ""


def test_the_clock_explains_itself(reply):
    assert clock_short(reply) == "14 working days from registration"
    assert clock_sentence(reply) == (
        "14 working days from registration, Law No. 67. "
        "Strict reading 4 Feb 2020, latest 5 Feb 2020. "
        "Not counted: 6 weekend days, no holiday."
    )
    assert reading_rows(reply) == [
        ("if 16 Jan 2020 itself counts", "4 Feb 2020"),
        ("if counting begins the day after 16 Jan 2020", "5 Feb 2020"),
    ]
    assert day_reasons(reply) == []
    assert clock_sentence({}) == clock_short({}) == ""


def test_a_holiday_in_between_is_named():
    rule = RuleSpec(
        code="x",
        version="1",
        period=Period(3, Unit.WORKING_DAY),
        anchor=AnchorKind.SENT,
        calendar="KG",
    )
    anchor = Anchor(AnchorKind.SENT, datetime.date(2020, 5, 7))
    told = explanation(compute(rule, anchor, WorkingCalendar("KG")))
    reasons = dict(day_reasons(told))
    assert any(reason.startswith("public holiday") for reason in reasons.values())


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (5, "in 5 days"),
        (-5, "5 days ago"),
        (90, "in 3 months"),
        (-400, "13 months ago"),
        (-2400, "6 years ago"),
    ],
)
def test_distance_is_told_as_a_colleague_would(days, words):
    assert distance(ON + datetime.timedelta(days=days), ON) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 day late"), (59, "59 days late"), (90, "3 months late"), (2200, "6 years late")],
)
def test_lateness_is_told_in_the_unit_that_fits(days, words):
    assert lateness(ON - datetime.timedelta(days=days), ON) == words


def test_months_are_written_as_the_language_does():
    assert short_date(datetime.date(2020, 2, 3)) == "3 Feb 2020"
    with override("ru"):
        assert short_date("2020-02-03") == "3 февраля 2020"
        assert short_date("2020-05-03") == "3 мая 2020"
        assert week_date(datetime.date(2020, 5, 3)) == "вс 3 мая 2020"
        assert near_date(datetime.date(2020, 2, 3), ON) == "пн 3 февраля"
        assert day_heading(datetime.date(2020, 2, 3)) == "Понедельник, 3 февраля 2020"
        assert month_name(datetime.date(2020, 2, 3)) == "Февраль 2020"
    with override("ky"):
        assert short_date("2020-05-03") == "2020-ж. 3-май"
        assert near_date(datetime.date(2020, 2, 3), ON) == "дүйш 3-фев"
    assert short_date(None) == week_date(None) == ""


def test_a_near_date_names_its_year_when_it_is_another():
    assert near_date(datetime.date(2020, 3, 5), ON) == "Thu 5 Mar"
    assert near_date(datetime.date(2019, 12, 24), ON) == "Tue 24 Dec 2019"
    assert near_date(datetime.date(2020, 12, 24), ON) == "24 Dec 2020"


@pytest.mark.parametrize(
    ("language", "day", "minute"),
    [
        ("en", "3 Feb 2020", "3 Feb 2020, 14:05"),
        ("ru", "3 февраля 2020", "3 февраля 2020, 14:05"),
        ("ky", "2020-ж. 3-фев", "2020-ж. 3-фев, 14:05"),
    ],
)
def test_messages_and_the_editing_desk_write_dates_as_the_pages_do(language, day, minute):
    at = datetime.datetime(2020, 2, 3, 8, 5, tzinfo=datetime.UTC)
    with override(language):
        assert date_format(at.date()) == date_format(at.date(), "SHORT_DATE_FORMAT") == day
        for name in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"):
            assert date_format(localtime(at), name) == minute
    assert moment(at) == "3 Feb 2020, 14:05"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"due_on": datetime.date(2020, 1, 20)}, ("red", "▲", "no answer since 20 Jan 2020")),
        (
            {"due_on": datetime.date(2020, 1, 29), "overdue_after": ON},
            ("amber", "◷", "last day 30 Jan 2020"),
        ),
        ({"due_on": ON}, ("amber", "◷", "today")),
        ({"due_on": datetime.date(2020, 2, 5)}, ("amber", "◷", "due 5 Feb 2020")),
        ({"due_on": datetime.date(2020, 3, 5)}, ("slate", "◷", "due 5 Mar 2020")),
        (
            {"due_on": ON, "state": "closed", "ended_on": ON},
            ("green", "✓", "closed 30 Jan 2020"),
        ),
        (
            {"due_on": ON, "state": "paused", "paused_on": ON, "days_left": 3},
            ("violet", "‖", "paused since 30 Jan 2020"),
        ),
    ],
)
def test_the_state_of_a_legal_clock(db, fields, state):
    assert clock_state(StatutoryDeadlineFactory(**fields), ON) == state


def test_a_date_of_our_own_is_never_called_run_out(db):
    passed = DeadlineFactory(due_on=datetime.date(2020, 1, 20))
    ahead = DeadlineFactory(due_on=datetime.date(2020, 2, 2))
    assert clock_state(passed, ON) == ("amber", "◷", "passed 20 Jan 2020")
    assert clock_state(ahead, ON) == ("blue", "→", "in 3 days")


def test_what_moved_the_date_is_told():
    changes = [
        {"kind": "extended", "until": "2020-03-05"},
        {"kind": "held", "paused": "2020-02-01", "resumed": "2020-02-10"},
    ]
    assert change_rows({"changes": changes}) == [
        "Extended to 5 Mar 2020, as they gave notice.",
        "Held from 1 Feb 2020 to 10 Feb 2020.",
    ]
    assert change_rows({}) == []


def test_an_extension_is_the_last_sentence_and_lengthens_the_strip(reply):
    moved = {**reply, "changes": [{"kind": "extended", "until": "2020-02-20"}]}
    assert clock_sentence(moved) == (
        "14 working days from registration, Law No. 67. "
        "Before it was moved: strict reading 4 Feb 2020, latest 5 Feb 2020. "
        "Not counted: 6 weekend days, no holiday. "
        "Extended to 20 Feb 2020, as they gave notice."
    )
    strip = day_strip(moved, ON, "red", datetime.date(2020, 2, 20))
    assert strip.count("<span") == 36
    assert strip.count("added since") == 14
    assert (strip.count("day--last"), strip.count("day--reading")) == (1, 0)
    assert "From 16 Jan 2020 to 20 Feb 2020" in strip


def test_a_pause_is_drawn_as_days_not_counted():
    rule = RuleSpec("x", "1", Period(3, Unit.WORKING_DAY), AnchorKind.SENT, calendar="KG")
    anchor = Anchor(AnchorKind.SENT, datetime.date(2020, 1, 20))
    hold = Hold(datetime.date(2020, 1, 21), datetime.date(2020, 1, 23))
    calendar = WorkingCalendar("KG")
    ran = run_through(compute(rule, anchor, calendar), [hold], calendar)
    told = {**explanation(ran.result), "changes": [{"kind": "held"}]}
    strip = day_strip(told, ON, "red", datetime.date(2020, 1, 27))
    assert strip.count("not counted, it was paused") == 2
    assert "Fri 24 Jan 2020: day 2" in strip and "Mon 27 Jan 2020: day 3" in strip
    assert "8 days drawn, 4 of them not counted" in strip


@pytest.mark.parametrize("until", [datetime.date(2030, 10, 8), datetime.date.max])
def test_an_extension_too_long_to_draw_is_told_only(reply, until):
    moved = {**reply, "changes": [{"kind": "extended", "until": until.isoformat()}]}
    assert day_strip(moved, ON, "red", until) == ""


def test_a_clock_that_was_not_moved_is_drawn_as_it_was_counted(reply):
    same = {**reply, "changes": []}
    assert day_strip(same, ON, "red", datetime.date(2020, 2, 5)) == day_strip(reply, ON, "red")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Monday, 23 November"),
        ("ru", "Понедельник, 23 ноября"),
        ("ky", "Дүйшөмбү, 23-ноябрь"),
    ],
)
def test_today_heads_the_desk_in_the_readers_language(language, words):
    with override(language):
        assert today_heading(datetime.date(2026, 11, 23)) == words
