import datetime
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import CalendarDayFactory, DeadlineFactory, ResponseRuleFactory
from tests.factories.documents import DocumentFactory
from tracker.models import Deadline
from tracker.services.deadlines.change import (
    correct_anchor,
    extend_deadline,
    extension_limit,
    pause_deadline,
    resume_deadline,
)
from tracker.services.deadlines.end import close_deadline, reopen_deadline
from tracker.services.deadlines.start import start_deadline
from tracker.services.refusals import Refused
from tracker.templatetags.deadline_changes import change_sentence
from tracker.templatetags.deadlines import day_strip

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def rule():
    return ResponseRuleFactory(
        code="kg-67-reply-14", extension_quantity=30, extension_unit="calendar_day"
    )


@pytest.fixture
def deadline(case, rule, owner):
    """Registered 15 January 2020: 3 February, latest 4 February."""
    addressee = AddresseeFactory(case=case, rule=rule, registered_on=date(2020, 1, 15))
    return start_deadline(addressee=addressee, by=owner, at=AT)


def days(deadline):
    deadline.refresh_from_db()
    return deadline.due_on, deadline.overdue_after


def pause(deadline, day, owner):
    return pause_deadline(deadline=deadline, on=day, reason="They ask us", by=owner, at=AT)


def resume(deadline, day, owner):
    return resume_deadline(deadline=deadline, on=day, reason="We answered", by=owner, at=AT)


def test_an_extension_within_the_rule_moves_to_the_exact_day(deadline, owner):
    notice = DocumentFactory()
    extended = extend_deadline(
        deadline=deadline,
        until=date(2020, 3, 5),
        reason="Notice received",
        norm="Law 67",
        notice=notice,
        by=owner,
        at=AT,
    )
    assert days(extended) == (date(2020, 3, 5), date(2020, 3, 5))
    assert extended.generation == 2
    change = extended.changes.get(kind="extended")
    assert (change.beyond_rule, change.norm, change.notice, change.reason) == (
        False,
        "Law 67",
        notice,
        "Notice received",
    )
    assert change.before["due_on"] == "2020-02-03"
    assert (change.until, change.allowed_until) == (date(2020, 3, 5), date(2020, 3, 5))
    assert extended.explanation["changes"] == [{"kind": "extended", "until": "2020-03-05"}]


def test_more_than_the_rule_allows_is_kept_but_flagged(deadline, owner):
    extended = extend_deadline(
        deadline=deadline, until=date(2020, 3, 6), reason="Notice", by=owner, at=AT
    )
    assert days(extended) == (date(2020, 3, 6), date(2020, 3, 6))
    assert extended.changes.get(kind="extended").beyond_rule is True


def test_a_rule_without_an_extension_allows_none(deadline, rule, owner):
    rule.extension_quantity, rule.extension_unit = None, ""
    rule.save()
    extended = extend_deadline(
        deadline=deadline, until=date(2020, 2, 5), reason="Notice", by=owner, at=AT
    )
    assert extended.changes.get(kind="extended").beyond_rule is True


def test_a_second_extension_is_measured_from_the_end_of_the_period(deadline, owner):
    for until in (date(2020, 2, 20), date(2020, 3, 20)):
        extend_deadline(deadline=deadline, until=until, reason="Notice", by=owner, at=AT)
    flags = deadline.changes.filter(kind="extended").order_by("pk")
    assert [change.beyond_rule for change in flags] == [False, True]


def test_an_extension_to_an_earlier_day_is_refused(deadline, owner):
    with pytest.raises(Refused) as raised:
        extend_deadline(deadline=deadline, until=date(2020, 2, 3), reason="Notice", by=owner, at=AT)
    assert str(raised.value) == (
        "3 Feb 2020 is not later than 3 Feb 2020. To repair the deadline, correct the day it "
        "runs from."
    )
    assert raised.value.field == "until"
    assert deadline.changes.count() == 1


def extend(deadline, until, owner):
    return extend_deadline(deadline=deadline, until=until, reason="Notice", by=owner, at=AT)


def test_the_days_off_of_an_extension_are_drawn_as_not_counted(deadline, owner):
    deadline = extend(deadline, date(2020, 2, 14), owner)
    assert deadline.explanation["won_off"] == ["2020-02-08", "2020-02-09"]
    strip = day_strip(deadline.explanation, date(2020, 1, 30), "slate", deadline.overdue_after)
    assert "Sat 8 Feb 2020: not counted" in strip and "Mon 10 Feb 2020: added since" in strip
    assert "31 days drawn, 8 of them not counted" in strip
    extend(deadline, date(2020, 2, 4), owner)
    deadline.refresh_from_db()
    assert "won_off" not in deadline.explanation


def test_a_mistyped_extension_is_put_right_by_another_and_both_stay(deadline, owner):
    extend(deadline, date(2030, 3, 5), owner)
    mended = extend(deadline, date(2020, 3, 5), owner)
    assert days(mended) == (date(2020, 3, 5), date(2020, 3, 5))
    assert mended.explanation["changes"] == [{"kind": "extended", "until": "2020-03-05"}]
    kept = deadline.changes.filter(kind="extended").order_by("pk")
    assert [(c.until, c.beyond_rule) for c in kept] == [
        (date(2030, 3, 5), True),
        (date(2020, 3, 5), False),
    ]
    pause(mended, date(2020, 3, 2), owner)
    assert days(resume(mended, date(2020, 3, 4), owner)) == (date(2020, 3, 9), date(2020, 3, 9))


def test_an_extension_made_by_mistake_is_taken_back(deadline, owner):
    extend(deadline, date(2030, 3, 5), owner)
    back = extend(deadline, date(2020, 2, 4), owner)
    assert days(back) == (date(2020, 2, 3), date(2020, 2, 4))
    assert back.explanation["changes"] == []
    change = deadline.changes.order_by("-pk")[0]
    assert (change.kind, change.until, change.beyond_rule) == ("extended", None, False)
    again = extend(back, date(2020, 2, 20), owner)
    assert days(again) == (date(2020, 2, 20), date(2020, 2, 20))
    counted = correct_anchor(
        deadline=again,
        anchor="registered",
        anchor_on=date(2020, 1, 16),
        reason="The stamp",
        by=owner,
        at=AT,
    )
    assert days(counted) == (date(2020, 2, 20), date(2020, 2, 20))


def test_an_extension_stored_beyond_the_calendar_can_be_put_right(deadline, owner):
    extend(deadline, date(2030, 3, 5), owner)
    far = date(9999, 12, 31)
    Deadline.objects.update(due_on=far, overdue_after=far)
    mended = extend(deadline, date(2020, 3, 5), owner)
    assert days(mended) == (date(2020, 3, 5), date(2020, 3, 5))


def test_an_extension_is_not_put_right_to_a_day_within_the_period(deadline, owner):
    extend(deadline, date(2020, 3, 5), owner)
    with pytest.raises(Refused) as raised:
        extend(deadline, date(2020, 2, 3), owner)
    assert str(raised.value) == (
        "3 Feb 2020 is before 4 Feb 2020, the end of the time without the extension. Give "
        "that day to take the extension back, or a later one to put it right."
    )
    assert raised.value.field == "until"


def test_an_extension_of_more_than_ten_years_is_refused(deadline, owner):
    with pytest.raises(Refused, match=r"^This is more than ten years away") as raised:
        extend(deadline, date(2036, 12, 1), owner)
    assert raised.value.field == "until"


def test_a_date_of_our_own_is_not_extended_paused_or_corrected(case, owner):
    ours = DeadlineFactory(case=case)
    with pytest.raises(Refused, match=r"^This is a date of our own"):
        extend_deadline(deadline=ours, until=date(2027, 1, 1), reason="x", by=owner, at=AT)
    with pytest.raises(Refused, match=r"^This is a date of our own"):
        pause(ours, date(2026, 3, 1), owner)
    with pytest.raises(Refused, match=r"^This is a date of our own"):
        correct_anchor(
            deadline=ours,
            anchor="sent",
            anchor_on=date(2026, 1, 1),
            reason="x",
            by=owner,
            at=AT,
        )


def test_a_pause_keeps_the_days_left_and_a_resumption_gives_them_back(deadline, owner):
    paused = pause(deadline, date(2020, 1, 17), owner)
    assert (paused.state, paused.paused_on, paused.days_left) == (
        "paused",
        date(2020, 1, 17),
        12,
    )
    resumed = resume(deadline, date(2020, 1, 24), owner)
    assert (resumed.state, resumed.paused_on, resumed.days_left) == ("open", None, None)
    assert days(resumed) == (date(2020, 2, 10), date(2020, 2, 11))
    assert resumed.generation == 3
    change = resumed.changes.get(kind="resumed")
    assert (change.paused_on, change.resumed_on) == (date(2020, 1, 17), date(2020, 1, 24))
    assert resumed.explanation["changes"] == [
        {"kind": "held", "paused": "2020-01-17", "resumed": "2020-01-24"}
    ]


def test_the_limit_of_an_extension_counts_after_the_holds(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    resumed = resume(deadline, date(2020, 1, 24), owner)
    assert extension_limit(resumed) == date(2020, 3, 12)


def test_a_second_hold_adds_to_the_first(deadline, owner):
    for first, last in ((17, 24), (28, 29)):
        pause(deadline, date(2020, 1, first), owner)
        resume(deadline, date(2020, 1, last), owner)
    assert days(deadline) == (date(2020, 2, 11), date(2020, 2, 12))


def test_a_hold_after_an_extension_runs_from_the_extended_day(deadline, owner):
    extend_deadline(deadline=deadline, until=date(2020, 3, 5), reason="Notice", by=owner, at=AT)
    pause(deadline, date(2020, 3, 2), owner)
    resume(deadline, date(2020, 3, 4), owner)
    # Monday 9 March 2020 was worked, its day off moved to 3 January.
    assert days(deadline) == (date(2020, 3, 9), date(2020, 3, 9))


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2020, 1, 14), "It cannot be paused before it began to run."),
        (date(2020, 2, 4), "The time has run out by that day, so nothing is left to pause."),
    ],
)
def test_a_pause_outside_the_period_is_refused(deadline, owner, day, sentence):
    with pytest.raises(Refused) as raised:
        pause(deadline, day, owner)
    assert (str(raised.value), raised.value.field) == (sentence, "on")
    assert Deadline.objects.get().state == "open"


def test_only_a_paused_clock_resumes_and_not_before_its_pause(deadline, owner):
    with pytest.raises(Refused, match="This deadline is “open”"):
        resume(deadline, date(2020, 1, 20), owner)
    pause(deadline, date(2020, 1, 20), owner)
    with pytest.raises(Refused, match=r"^It cannot resume before it was paused\.$"):
        resume(deadline, date(2020, 1, 17), owner)


def test_a_paused_clock_can_be_closed(deadline, owner):
    pause(deadline, date(2020, 1, 20), owner)
    closed = close_deadline(
        deadline=deadline, reason="Answered", on=date(2020, 1, 21), by=owner, at=AT
    )
    assert (closed.state, closed.paused_on, closed.days_left) == ("closed", None, None)


def test_a_paused_clock_closed_by_mistake_is_paused_again(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    close_deadline(deadline=deadline, reason="Answered", on=date(2020, 1, 21), by=owner, at=AT)
    again = reopen_deadline(deadline=deadline, reason="It was no answer", by=owner, at=AT)
    assert (again.state, again.paused_on, again.days_left) == ("paused", date(2020, 1, 17), 12)
    assert days(resume(again, date(2020, 1, 24), owner)) == (date(2020, 2, 10), date(2020, 2, 11))
    close_deadline(deadline=deadline, reason="Answered", on=date(2020, 1, 27), by=owner, at=AT)
    assert reopen_deadline(deadline=deadline, reason="x", by=owner, at=AT).state == "open"


def test_reopened_into_its_pause_it_keeps_the_days_left_whatever_the_calendar_says(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    close_deadline(deadline=deadline, reason="Answered", on=date(2020, 1, 21), by=owner, at=AT)
    CalendarDayFactory(day=date(2020, 1, 28))
    again = reopen_deadline(deadline=deadline, reason="It was no answer", by=owner, at=AT)
    assert (again.state, again.paused_on, again.days_left) == ("paused", date(2020, 1, 17), 12)
    assert days(again) == (date(2020, 2, 3), date(2020, 2, 4))


def test_the_days_left_are_those_of_its_end_and_not_of_its_pause(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    correct_anchor(
        deadline=deadline,
        anchor="registered",
        anchor_on=date(2020, 1, 16),
        reason="The stamp says the 16th",
        by=owner,
        at=AT,
    )
    close_deadline(deadline=deadline, reason="Answered", on=date(2020, 1, 21), by=owner, at=AT)
    again = reopen_deadline(deadline=deadline, reason="It was no answer", by=owner, at=AT)
    assert (again.paused_on, again.days_left) == (date(2020, 1, 17), 13)


def test_a_clock_opened_again_is_counted_by_what_holds_now(deadline, owner):
    close_deadline(deadline=deadline, reason="Answered", on=date(2020, 1, 21), by=owner, at=AT)
    CalendarDayFactory(day=date(2020, 1, 20))
    reopen_deadline(deadline=deadline, reason="It was no answer", by=owner, at=AT)
    assert days(deadline) == (date(2020, 2, 4), date(2020, 2, 5))
    assert "2020-01-20" in {day["date"] for day in deadline.explanation["skipped"]}
    assert change_sentence(deadline.changes.get(kind="reopened")) == (
        "Reopened and counted by the rule and calendar of now: due 4 Feb 2020, at the latest "
        "5 Feb 2020; it was due 3 Feb 2020, at the latest 4 Feb 2020."
    )


def test_a_corrected_anchor_counts_again_and_keeps_the_old_one(deadline, owner):
    corrected = correct_anchor(
        deadline=deadline,
        anchor="registered",
        anchor_on=date(2020, 1, 16),
        reason="The stamp says the 16th",
        by=owner,
        at=AT,
    )
    assert days(corrected) == (date(2020, 2, 4), date(2020, 2, 5))
    change = corrected.changes.get(kind="corrected")
    assert (change.before["anchor_on"], change.after["anchor_on"]) == ("2020-01-15", "2020-01-16")
    assert corrected.explanation["anchor"] == "2020-01-16"


@pytest.mark.parametrize(
    ("anchor", "day", "field", "sentence"),
    [
        (
            "registered",
            date(2101, 1, 1),
            "anchor_on",
            "This day has not come yet. Enter the day on which it happened.",
        ),
        (
            "registered",
            date(2020, 1, 9),
            "anchor_on",
            "The appeal is dated 10 Jan 2020; nothing happened to it before. Check the date.",
        ),
        (
            "registered",
            date(2020, 1, 12),
            "anchor_on",
            "The appeal was sent on 13 Jan 2020 and cannot have come before. Check the date.",
        ),
        (
            "previous_reply",
            date(2020, 1, 16),
            "anchor",
            "The rule kg-67-reply-14 cannot be counted from this kind of day.",
        ),
    ],
)
def test_a_day_it_cannot_run_from_is_refused(deadline, owner, anchor, day, field, sentence):
    deadline.case.issued_on, deadline.addressee.sent_on = date(2020, 1, 10), date(2020, 1, 13)
    deadline.case.save(), deadline.addressee.save()
    with pytest.raises(Refused) as raised:
        correct_anchor(
            deadline=deadline, anchor=anchor, anchor_on=day, reason="Stamp", by=owner, at=AT
        )
    assert (raised.value.field, str(raised.value)) == (field, sentence)


def test_a_day_to_come_neither_pauses_nor_resumes(case, rule, owner):
    addressee = AddresseeFactory(case=case, rule=rule, registered_on=date(2026, 11, 16))
    running = start_deadline(addressee=addressee, by=owner, at=AT)
    with pytest.raises(Refused) as raised:
        pause(running, date(2026, 11, 23), owner)
    assert str(raised.value) == "This day has not come yet. Pause it when it comes."
    pause(running, date(2026, 11, 20), owner)
    with pytest.raises(Refused) as raised:
        resume(running, date(2026, 11, 23), owner)
    assert str(raised.value) == "This day has not come yet. Let it run on when it comes."


def test_a_correction_keeps_holds_and_a_notified_day(deadline, owner):
    pause(deadline, date(2020, 1, 20), owner)
    resume(deadline, date(2020, 1, 22), owner)
    correct = {"anchor": "registered", "anchor_on": date(2020, 1, 16), "reason": "Stamp"}
    correct_anchor(deadline=deadline, by=owner, at=AT, **correct)
    assert days(deadline) == (date(2020, 2, 6), date(2020, 2, 7))
    extend_deadline(deadline=deadline, until=date(2020, 3, 5), reason="Notice", by=owner, at=AT)
    correct_anchor(
        deadline=deadline, by=owner, at=AT, **{**correct, "anchor_on": date(2020, 1, 17)}
    )
    assert days(deadline) == (date(2020, 3, 5), date(2020, 3, 5))


def test_a_correction_beyond_a_notified_day_leaves_what_the_law_gives(deadline, owner):
    extend(deadline, date(2020, 2, 10), owner)
    correct_anchor(
        deadline=deadline,
        anchor="registered",
        anchor_on=date(2020, 1, 27),
        reason="Stamp",
        by=owner,
        at=AT,
    )
    assert days(deadline) == (date(2020, 2, 13), date(2020, 2, 14))
    assert deadline.explanation["changes"] == []


def test_a_hold_before_the_corrected_day_gives_nothing_back(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    resume(deadline, date(2020, 1, 24), owner)
    correct_anchor(
        deadline=deadline,
        anchor="registered",
        anchor_on=date(2020, 1, 27),
        reason="Stamp",
        by=owner,
        at=AT,
    )
    assert days(deadline) == (date(2020, 2, 13), date(2020, 2, 14))


def test_no_day_is_held_twice(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    resume(deadline, date(2020, 1, 24), owner)
    sentence = r"^It was paused from 17 Jan 2020 to 24 Jan 2020 already\. Choose a day outside\.$"
    with pytest.raises(Refused, match=sentence) as raised:
        pause(deadline, date(2020, 1, 20), owner)
    assert raised.value.field == "on"
    pause(deadline, date(2020, 1, 16), owner)
    with pytest.raises(Refused, match=sentence):
        resume(deadline, date(2020, 1, 20), owner)
    assert days(resume(deadline, date(2020, 1, 17), owner)) == (
        date(2020, 2, 11),
        date(2020, 2, 12),
    )
    pause(deadline, date(2020, 1, 24), owner)
    assert days(resume(deadline, date(2020, 1, 27), owner)) == (
        date(2020, 2, 12),
        date(2020, 2, 13),
    )


def test_the_days_left_do_not_count_the_roll_of_the_last_day(case, owner):
    month = ResponseRuleFactory(quantity=30, unit="calendar_day", first_day="excluded")
    addressee = AddresseeFactory(case=case, rule=month, registered_on=date(2026, 1, 15))
    clock = start_deadline(addressee=addressee, by=owner, at=AT)
    # Saturday 14 February, moved to Monday the 16th.
    assert days(clock) == (date(2026, 2, 16), date(2026, 2, 16))
    assert pause(clock, date(2026, 2, 10), owner).days_left == 4
    assert days(resume(clock, date(2026, 2, 12), owner)) == (date(2026, 2, 16), date(2026, 2, 16))
    assert pause(clock, date(2026, 2, 15), owner).days_left == 1


def test_a_correction_past_a_notified_day_is_refused(deadline, owner):
    extend_deadline(deadline=deadline, until=date(2020, 2, 10), reason="Notice", by=owner, at=AT)
    with pytest.raises(
        Refused, match="is before 11 Feb 2020, the day it is counted from"
    ) as raised:
        correct_anchor(
            deadline=deadline,
            anchor="registered",
            anchor_on=date(2020, 2, 11),
            reason="Stamp",
            by=owner,
            at=AT,
        )
    assert raised.value.field == "anchor_on"
    assert days(deadline) == (date(2020, 2, 10), date(2020, 2, 10))


def test_a_paused_clock_corrected_keeps_its_pause_with_the_new_days_left(deadline, owner):
    pause(deadline, date(2020, 1, 20), owner)
    corrected = correct_anchor(
        deadline=deadline,
        anchor="registered",
        anchor_on=date(2020, 1, 16),
        reason="Stamp",
        by=owner,
        at=AT,
    )
    assert (corrected.state, corrected.days_left) == ("paused", 12)
    with pytest.raises(Refused, match=r"^It was paused before that day\."):
        correct_anchor(
            deadline=deadline,
            anchor="registered",
            anchor_on=date(2020, 1, 21),
            reason="Stamp",
            by=owner,
            at=AT,
        )


def test_a_new_day_off_does_not_reach_a_stored_clock_by_itself(deadline, owner):
    CalendarDayFactory(day=date(2020, 1, 20))
    assert days(deadline) == (date(2020, 2, 3), date(2020, 2, 4))


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "paused", "paused_on": date(2020, 1, 17)},
        {"kind": "resumed", "paused_on": date(2020, 1, 24), "resumed_on": date(2020, 1, 17)},
        {"kind": "resumed", "resumed_on": date(2020, 1, 17)},
        {"kind": "corrected", "until": date(2020, 3, 5)},
        {"kind": "reopened", "ended_on": date(2020, 1, 17)},
        {"kind": "closed"},
        {"kind": "closed", "ended_on": date(2020, 1, 17), "cause": "boredom"},
        {"kind": "closed", "ended_on": date(2020, 1, 17), "paused_on": date(2020, 1, 17)},
    ],
)
def test_the_database_takes_no_step_that_a_computation_could_not_read(deadline, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        deadline.changes.create(at=AT, **fields)


def test_a_step_is_never_altered(deadline, owner):
    pause(deadline, date(2020, 1, 17), owner)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        deadline.changes.update(days_left=99)
