import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tracker.models import ResponseRule
from tracker.services.deadlines.rulebook import shipped_rulebook, stored_rulebook

pytestmark = pytest.mark.django_db


def due_date(*args):
    out = StringIO()
    call_command("due_date", *args, stdout=out, stderr=out)
    return out.getvalue()


def refused(*args):
    with pytest.raises(CommandError) as raised:
        due_date(*args)
    return raised.value.returncode, str(raised.value)


@pytest.fixture
def kg_67():
    for day in (8, 9):
        CalendarDayFactory(day=date(2026, 1, day), reason="New Year holidays prolonged")
    return ResponseRuleFactory(
        code="kg-67-reply-14",
        source_url="https://bga.kg/?page_id=4545",
        effective_from=date(2014, 9, 23),
    )


def test_json_gives_both_readings_and_every_skipped_day(kg_67):
    told = json.loads(due_date("kg-67-reply-14", "--anchor", "2025-12-22", "--json"))
    skipped = told.pop("skipped")
    assert told == {
        "rule": "kg-67-reply-14",
        "version": 1,
        "anchor": "2025-12-22",
        "anchor_kind": "registered",
        "readings": [
            {"name": "first day counted", "due_on": "2026-01-19"},
            {"name": "first day excluded", "due_on": "2026-01-20"},
        ],
        "provisional": False,
        "source": "https://bga.kg/?page_id=4545",
    }
    assert skipped[9:11] == [
        {"date": "2026-01-08", "reason": "day off by decision: New Year holidays prolonged"},
        {"date": "2026-01-09", "reason": "day off by decision: New Year holidays prolonged"},
    ]
    assert len(skipped) == 15


def test_text_says_the_same_for_people(kg_67):
    assert due_date("kg-67-reply-14", "--anchor", "2024-04-29") == (
        "Reply in 14 working days (kg-67-reply-14, version 1, law)\n"
        "Law no. 67\n"
        "https://bga.kg/?page_id=4545\n"
        "\n"
        "registered on Mon 2024-04-29:\n"
        "  Tue 2024-05-21  first day counted, from Mon 2024-04-29\n"
        "  Wed 2024-05-22  first day excluded, from Mon 2024-04-29\n"
        "\n"
        "Not counted:\n"
        "  Wed 2024-05-01  Labor Day\n"
        "  Thu 2024-05-02  day off moved from Mon 6 May 2024\n"
        "  Fri 2024-05-03  day off moved from Sat 11 May 2024\n"
        "  Sat 2024-05-04  Saturday\n"
        "  Sun 2024-05-05  Constitution Day\n"
        "  Thu 2024-05-09  Victory Day\n"
        "  Sun 2024-05-12  Sunday\n"
        "  Sat 2024-05-18  Saturday\n"
        "  Sun 2024-05-19  Sunday\n"
        "\n"
        "Worked all the same:\n"
        "  Mon 2024-05-06  worked, its day off moved to Thu 2 May 2024\n"
        "  Sat 2024-05-11  worked Saturday, for the day off on Fri 3 May 2024\n"
    )


def test_a_feast_that_is_only_estimated_makes_it_provisional(kg_67):
    told = due_date("kg-67-reply-14", "--anchor", "2027-02-26")
    assert told.endswith(
        "Provisional:\n"
        "  the days off of 2027 are not confirmed yet\n"
        "  Tue 2027-03-09  Eid al-Fitr (estimated)\n"
    )


def test_another_event_gives_the_range(kg_67):
    kg_67.registration = ResponseRuleFactory(quantity=1, anchor="received", first_day="excluded")
    kg_67.save()
    told = json.loads(
        due_date("kg-67-reply-14", "--anchor", "2020-01-15", "--anchor-kind", "sent", "--json")
    )
    assert [r["due_on"] for r in told["readings"]] == [
        "2020-02-03",
        "2020-02-04",
        "2020-02-04",
        "2020-02-05",
    ]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            ["kg-67-replay", "--anchor", "2025-12-22"],
            "There is no rule “kg-67-replay”. The known ones are: kg-67-reply-14.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2025-02-30"],
            "“2025-02-30” is not a day of the calendar. Write it as YYYY-MM-DD, e.g. 2026-01-20.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "20250220"],
            "“20250220” is not a day of the calendar. Write it as YYYY-MM-DD, e.g. 2026-01-20.",
        ),
        (
            ["kg-67-reply-14"],
            "Give the day the period runs from: --anchor YYYY-MM-DD.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2101-01-04"],
            "The KG calendar covers the years 1992 to 2100; 2101 is outside it.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "1991-12-22"],
            "The KG calendar covers the years 1992 to 2100; 1991 is outside it.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2100-12-28"],
            "The calendar knows the years 1992 to 2100; 2101 is outside it. Check the date.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2010-01-04"],
            "No version of kg-67-reply-14 is known to be in force on 2010-01-04; "
            "known are those from 2014-09-23.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2026-W01-1"],
            "“2026-W01-1” is not a day of the calendar. Write it as YYYY-MM-DD, e.g. 2026-01-20.",
        ),
        (
            ["kg-67-reply-14", "--anchor"],
            "Give the day the period runs from: --anchor YYYY-MM-DD.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2025-12-22", "--anchor-kind", "posted"],
            "There is no event “posted”. Use one of: dated, sent, delivered, received, "
            "registered, previous_reply.",
        ),
        (
            ["kg-67-reply-14", "--anchor", "2025-12-22", "--anchor-kind", "previous_reply"],
            "The rule kg-67-reply-14 cannot be counted from this kind of day.",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(kg_67, args, sentence):
    assert refused(*args) == (2, sentence)


def test_a_day_between_two_versions_is_told_what_is_known(kg_67):
    kg_67.effective_to = date(2020, 6, 30)
    kg_67.save()
    ResponseRuleFactory(code=kg_67.code, version=2, effective_from=date(2021, 1, 1))
    ResponseRuleFactory(code=kg_67.code, version=3, standing="dormant")
    assert refused("kg-67-reply-14", "--anchor", "2020-12-31") == (
        2,
        "No version of kg-67-reply-14 is known to be in force on 2020-12-31; "
        "known are those from 2014-09-23 to 2020-06-30, from 2021-01-01.",
    )


def test_a_bill_is_counted_when_asked_for_by_name_and_says_what_it_is(kg_67):
    ResponseRuleFactory(code="kg-67-reply-10", quantity=10, effective_from=None, standing="dormant")
    told = due_date("kg-67-reply-10", "--anchor", "2026-02-02")
    assert told.startswith(
        "Note: kg-67-reply-10 version 1 is not known to be in force on 2026-02-02; "
        "counted because you asked for it.\n"
        "Reply in 14 working days (kg-67-reply-10, version 1, dormant, never applied by itself)\n"
    )


def test_before_anything_is_loaded_the_shipped_rules_answer():
    assert ResponseRule.objects.count() == 0
    told = json.loads(due_date("kg-67-reply-14", "--anchor", "2025-12-22", "--json"))
    assert [r["due_on"] for r in told["readings"]] == ["2026-01-19", "2026-01-20"]
    assert {"2026-01-08", "2026-01-09"} < {day["date"] for day in told["skipped"]}


def test_the_shipped_rules_are_the_loaded_ones():
    call_command("loaddata", "fixtures/reference.json", verbosity=0)
    stored, shipped = stored_rulebook().versions, shipped_rulebook().versions
    assert {code: len(rules) for code, rules in stored.items()} == {
        code: len(rules) for code, rules in shipped.items()
    }
    names = [f.attname for f in ResponseRule._meta.concrete_fields if not f.is_relation]
    names.remove("id")
    for code, rules in stored.items():
        for ours, theirs in zip(rules, shipped[code], strict=True):
            assert [getattr(ours, n) for n in names] == [getattr(theirs, n) for n in names]


def test_a_rule_in_memory_is_in_force_when_the_table_says_so():
    ResponseRuleFactory(code="r", version=1, effective_to=date(2020, 6, 30))
    ResponseRuleFactory(code="r", version=2, effective_from=date(2020, 7, 1))
    ResponseRuleFactory(code="r", version=3, effective_from=None)
    ResponseRuleFactory(code="r", version=4, standing="dormant")
    book = stored_rulebook()
    for day in (date(2014, 12, 31), date(2020, 6, 30), date(2020, 7, 1), date(2026, 1, 1)):
        assert book.in_force("r", day) == ResponseRule.objects.in_force("r", day).first()
