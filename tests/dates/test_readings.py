import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dates.test_working_days import codes, dates, override_lists, slow_add
from tracker.dates.calendars import Override, WorkingCalendar, YearOutOfRangeError
from tracker.dates.explanations import explanation
from tracker.dates.readings import AnchorMismatchError, StripKind, compute
from tracker.dates.rules import Anchor, AnchorKind, FirstDay, Period, Roll, RuleSpec, Unit

KG = WorkingCalendar("KG")
KG_67 = RuleSpec(
    code="kg-67-reply-14",
    version="1",
    period=Period(14, Unit.WORKING_DAY),
    anchor=AnchorKind.REGISTERED,
    first_day=FirstDay.TWO_READINGS,
    roll=Roll.FORWARD,
    calendar="KG",
    registration=Period(1, Unit.WORKING_DAY),
    norm="Law No. 67 of 4 May 2007",
    source="https://bga.kg/?page_id=4545",
)
RU_59 = RuleSpec(
    code="ru-59-reply",
    version="1",
    period=Period(30, Unit.CALENDAR_DAY),
    anchor=AnchorKind.REGISTERED,
    calendar="RU",
    registration=Period(3, Unit.CALENDAR_DAY),
)
UN_60 = RuleSpec("un-sp-60", "1", Period(60, Unit.CALENDAR_DAY), AnchorKind.SENT)


def registered(*day):
    return Anchor(AnchorKind.REGISTERED, date(*day))


@pytest.mark.parametrize(
    ("day", "strict", "latest"),
    [
        (date(2020, 1, 15), date(2020, 2, 3), date(2020, 2, 4)),
        (date(2020, 1, 16), date(2020, 2, 4), date(2020, 2, 5)),
        (date(2024, 4, 29), date(2024, 5, 21), date(2024, 5, 22)),
    ],
)
def test_both_readings_of_the_kyrgyz_period(day, strict, latest):
    result = compute(KG_67, Anchor(AnchorKind.REGISTERED, day), KG)
    assert [(r.name, r.due_on) for r in result.readings] == [
        ("first day counted", strict),
        ("first day excluded", latest),
    ]
    assert (result.due_on, result.overdue_after) == (strict, latest)


def test_sent_but_not_known_to_be_registered_gives_the_whole_range():
    result = compute(KG_67, Anchor(AnchorKind.SENT, date(2020, 1, 15)), KG)
    assert result.anchor_known is False
    assert (result.anchor_first, result.anchor_last) == (date(2020, 1, 15), date(2020, 1, 16))
    assert [(r.starts_on, r.counted, r.due_on) for r in result.readings] == [
        (date(2020, 1, 15), True, date(2020, 2, 3)),
        (date(2020, 1, 16), True, date(2020, 2, 4)),
        (date(2020, 1, 15), False, date(2020, 2, 4)),
        (date(2020, 1, 16), False, date(2020, 2, 5)),
    ]


def test_a_rule_from_receipt_without_a_registration_step_takes_the_day_it_was_sent():
    kz = RuleSpec(
        "kz-appc-76", "1", Period(15, Unit.WORKING_DAY), AnchorKind.RECEIVED, calendar="KZ"
    )
    result = compute(kz, Anchor(AnchorKind.SENT, date(2024, 2, 1)), WorkingCalendar("KZ"))
    assert (result.anchor_known, result.anchor_first, result.anchor_last) == (
        False,
        date(2024, 2, 1),
        date(2024, 2, 1),
    )


@pytest.mark.parametrize("kind", [AnchorKind.REGISTERED, AnchorKind.PREVIOUS_REPLY])
def test_an_event_after_the_rule_s_own_says_nothing(kind):
    with pytest.raises(AnchorMismatchError) as raised:
        compute(UN_60, Anchor(kind, date(2024, 2, 1)), WorkingCalendar(""))
    assert str(raised.value) == (
        f"The rule un-sp-60 runs from the day “sent”; the day “{kind}” does not show it."
    )


def test_each_skipped_day_of_the_new_year_of_2026_is_named():
    decided = [
        Override(
            date(2026, 1, d),
            True,
            "https://24.kg/vlast/356104",
            "New Year holidays prolonged",
            public_only=True,
        )
        for d in (8, 9)
    ]
    result = compute(KG_67, registered(2025, 12, 22), WorkingCalendar("KG", decided))
    assert (result.due_on, result.overdue_after) == (date(2026, 1, 19), date(2026, 1, 20))
    assert [(s.day, s.reason) for s in result.skipped] == [
        (date(2025, 12, 27), "Saturday"),
        (date(2025, 12, 28), "Sunday"),
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 1, 2), "New Year Holidays"),
        (date(2026, 1, 3), "New Year Holidays"),
        (date(2026, 1, 4), "New Year Holidays"),
        (date(2026, 1, 5), "New Year Holidays"),
        (date(2026, 1, 6), "New Year Holidays"),
        (date(2026, 1, 7), "Christmas Day"),
        (date(2026, 1, 8), "day off by decision: New Year holidays prolonged"),
        (date(2026, 1, 9), "day off by decision: New Year holidays prolonged"),
        (date(2026, 1, 10), "Saturday"),
        (date(2026, 1, 11), "Sunday"),
        (date(2026, 1, 17), "Saturday"),
        (date(2026, 1, 18), "Sunday"),
    ]
    assert result.provisional is False


def test_without_the_decision_the_same_period_ends_on_the_16th():
    assert compute(KG_67, registered(2025, 12, 22), KG).overdue_after == date(2026, 1, 16)


def test_a_worked_saturday_is_pointed_out():
    result = compute(KG_67, registered(2024, 4, 29), KG)
    assert [(s.day, s.reason) for s in result.worked] == [
        (date(2024, 5, 6), "worked, its day off moved to Thu 2 May 2024"),
        (date(2024, 5, 11), "worked Saturday, for the day off on Fri 3 May 2024"),
    ]


def test_the_strip_numbers_the_days_and_ends_on_the_last():
    result = compute(KG_67, registered(2020, 1, 15), KG)
    strip = [(d.status.day.day, d.kind, d.number) for d in result.strip]
    assert strip[:6] == [
        (15, StripKind.ANCHOR, None),
        (16, StripKind.COUNTED, 1),
        (17, StripKind.COUNTED, 2),
        (18, StripKind.SKIPPED, None),
        (19, StripKind.SKIPPED, None),
        (20, StripKind.COUNTED, 3),
    ]
    assert strip[-1] == (4, StripKind.LAST, 14)
    assert len(strip) == 21


def test_the_strip_of_a_range_shows_the_days_spent_waiting_for_registration():
    result = compute(KG_67, Anchor(AnchorKind.SENT, date(2020, 1, 17)), KG)
    assert [(d.status.day.day, d.kind) for d in result.strip[:5]] == [
        (17, StripKind.WAITING),
        (18, StripKind.SKIPPED),
        (19, StripKind.SKIPPED),
        (20, StripKind.ANCHOR),
        (21, StripKind.COUNTED),
    ]


def test_calendar_days_count_through_days_off_and_skip_only_when_rolling():
    rule = RuleSpec(
        "by",
        "1",
        Period(30, Unit.CALENDAR_DAY),
        AnchorKind.REGISTERED,
        roll=Roll.FORWARD,
        calendar="KG",
    )
    result = compute(rule, registered(2020, 1, 16), KG)
    assert result.overdue_after == date(2020, 2, 17)
    assert [s.day for s in result.skipped] == [date(2020, 2, 15 + 1)]
    assert [(d.status.day, d.kind, d.number) for d in result.strip[-3:]] == [
        (date(2020, 2, 15), StripKind.COUNTED, 30),
        (date(2020, 2, 16), StripKind.SKIPPED, None),
        (date(2020, 2, 17), StripKind.LAST, None),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # 26 Feb 2027 + 14 working days passes the feast estimated on Tuesday 9 March
        (
            date(2027, 2, 26),
            [("year_not_known", date(2027, 1, 1)), ("estimated", date(2027, 3, 9))],
        ),
        # no feast near, but nobody has confirmed 2027
        (date(2027, 6, 10), [("year_not_known", date(2027, 1, 1))]),
        (date(2026, 5, 11), []),
    ],
)
def test_doubts_about_a_kyrgyz_year(day, expected):
    result = compute(KG_67, Anchor(AnchorKind.REGISTERED, day), KG)
    assert [(d.kind, d.day) for d in result.uncertainties] == expected
    assert result.provisional is bool(expected)


def test_a_confirmed_year_leaves_only_the_estimates_in_doubt():
    calendar = WorkingCalendar("KG", confirmed_years=[2027])
    assert compute(KG_67, registered(2027, 6, 10), calendar).uncertainties == ()
    feast = compute(KG_67, registered(2027, 2, 26), calendar).uncertainties
    assert [(d.kind, d.name) for d in feast] == [("estimated", "Eid al-Fitr (estimated)")]


def test_a_feast_estimated_for_the_day_after_the_last_one_is_a_doubt():
    calendar = WorkingCalendar("KZ", confirmed_years=[2026])
    rule = RuleSpec("kz", "1", Period(2, Unit.WORKING_DAY), AnchorKind.RECEIVED, calendar="KZ")
    result = compute(rule, Anchor(AnchorKind.RECEIVED, date(2026, 5, 22)), calendar)
    assert result.overdue_after == date(2026, 5, 26)
    assert [(d.kind, d.day) for d in result.uncertainties] == [("estimated", date(2026, 5, 27))]


def test_russia_past_its_published_transfers_is_provisional_where_days_off_matter():
    ru = WorkingCalendar("RU")
    assert compute(RU_59, Anchor(AnchorKind.REGISTERED, date(2028, 2, 1)), ru).provisional is True
    assert compute(RU_59, Anchor(AnchorKind.REGISTERED, date(2027, 2, 1)), ru).provisional is False


def test_plain_calendar_days_are_never_provisional():
    assert (
        compute(UN_60, Anchor(AnchorKind.SENT, date(2050, 2, 1)), WorkingCalendar("")).provisional
        is False
    )


def test_the_real_letter_of_2013_was_answered_within_sixty_days():
    """KGZ 2/2013: sent 30 September 2013, answered 22 November."""
    assert compute(
        UN_60, Anchor(AnchorKind.SENT, date(2013, 9, 30)), WorkingCalendar("")
    ).due_on == date(2013, 11, 29)


def test_a_year_out_of_range_is_an_error():
    with pytest.raises(YearOutOfRangeError, match=r"; 2101 is outside it\.$"):
        compute(KG_67, registered(2100, 12, 29), KG)


def test_the_explanation_is_plain_data_and_says_everything():
    data = explanation(compute(KG_67, registered(2020, 1, 15), KG))
    assert json.loads(json.dumps(data)) == data
    assert {key: data[key] for key in data if key not in {"skipped", "days"}} == {
        "rule": "kg-67-reply-14",
        "version": "1",
        "norm": "Law No. 67 of 4 May 2007",
        "source": "https://bga.kg/?page_id=4545",
        "calendar": "KG",
        "quantity": 14,
        "unit": "working_day",
        "first_day": "two_readings",
        "roll": "forward",
        "rule_anchor": "registered",
        "anchor": "2020-01-15",
        "anchor_kind": "registered",
        "anchor_known": True,
        "anchor_range": ["2020-01-15", "2020-01-15"],
        "registration": {"quantity": 1, "unit": "working_day"},
        "readings": [
            {
                "name": "first day counted",
                "counted": True,
                "starts_on": "2020-01-15",
                "due_on": "2020-02-03",
            },
            {
                "name": "first day excluded",
                "counted": False,
                "starts_on": "2020-01-15",
                "due_on": "2020-02-04",
            },
        ],
        "due_on": "2020-02-03",
        "overdue_after": "2020-02-04",
        "worked": [],
        "provisional": False,
        "doubts": [],
    }
    assert data["skipped"][0] == {"date": "2020-01-18", "kind": "weekend", "reason": "Saturday"}
    assert data["days"][1] == {"date": "2020-01-16", "kind": "counted", "number": 1}
    assert data["days"][-1] == {"date": "2020-02-04", "kind": "last", "number": 14}


def test_the_explanation_of_a_doubt_and_a_decision_keeps_their_facts():
    calendar = WorkingCalendar("KG", [Override(date(2027, 3, 11), True, "decree 1", "long feast")])
    data = explanation(compute(KG_67, registered(2027, 3, 1), calendar))
    assert data["doubts"] == [
        {"kind": "year_not_known", "year": 2027},
        {"kind": "estimated", "date": "2027-03-09", "name": "Eid al-Fitr (estimated)"},
    ]
    assert [d for d in data["skipped"] if d["kind"] == "override_off"] == [
        {
            "date": "2027-03-11",
            "kind": "override_off",
            "reason": "day off by decision: long feast",
            "name": "long feast",
            "source": "decree 1",
        }
    ]


@settings(max_examples=800, deadline=None)
@given(codes, override_lists, dates, st.integers(1, 30), st.sampled_from(list(AnchorKind)[:5]))
def test_readings_agree_with_counting_by_hand(code, overrides, day, quantity, kind):
    calendar = WorkingCalendar(code, overrides)
    rule = RuleSpec(
        "r",
        "1",
        Period(quantity, Unit.WORKING_DAY),
        AnchorKind.REGISTERED,
        FirstDay.TWO_READINGS,
        Roll.FORWARD,
        code,
        Period(1, Unit.WORKING_DAY),
    )
    result = compute(rule, Anchor(kind, day), calendar)
    latest_start = day if kind is AnchorKind.REGISTERED else slow_add(code, overrides, day, 1)
    assert result.due_on == slow_add(code, overrides, day - timedelta(days=1), quantity)
    assert result.overdue_after == slow_add(code, overrides, latest_start, quantity)
    assert [d.number for d in result.strip if d.number] == list(range(1, quantity + 1))
    assert result.strip[-1].status.day == result.overdue_after
    assert all(not s.working for s in result.skipped)


@settings(max_examples=100, deadline=None)
@given(codes, override_lists, dates, st.integers(1, 30))
def test_computing_again_changes_nothing(code, overrides, day, quantity):
    rule = RuleSpec(
        "r", "1", Period(quantity, Unit.WORKING_DAY), AnchorKind.RECEIVED, calendar=code
    )
    anchor = Anchor(AnchorKind.RECEIVED, day)
    once = explanation(compute(rule, anchor, WorkingCalendar(code, overrides)))
    again = explanation(compute(rule, anchor, WorkingCalendar(code, overrides)))
    assert once == again
