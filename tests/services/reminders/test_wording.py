"""The words: what is pressing first, nothing that could harm whoever it is about."""

import datetime

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import (
    DeadlineFactory,
    RegistrationDeadlineFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.reminders import ReminderFactory
from tracker.models import Reminder
from tracker.services.reminders.wording import write_content

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 9, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 3, 9)


def day(days: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=days)


def row(person, **fields) -> Reminder:
    make = StatutoryDeadlineFactory if fields.pop("legal", False) else DeadlineFactory
    offset_days = fields.pop("offset_days", None)
    deadline = make(owner=person, **fields)
    if offset_days is None:
        offset_days = (TODAY - deadline.due_on).days
    return ReminderFactory(deadline=deadline, person=person, offset_days=offset_days)


def test_the_subject_says_how_many_and_how_pressing_and_no_names(owner, case):
    rows = [
        row(owner, case=case, legal=True, due_on=day(-30), title="Prosecutor General: reply"),
        row(owner, case=case, legal=True, due_on=day(-9), title="President: reply"),
        row(owner, case=case, due_on=day(-2)),
        row(owner, case=case, due_on=day(0)),
        row(owner, case=case, due_on=day(3)),
    ]
    letter = write_content(owner, rows, at=AT)
    assert letter.subject == "Tracker: 2 overdue, 1 own date passed, 1 due today, 1 coming up"
    counted = "In this e-mail: 2 overdue, 1 own date passed, 1 due today, 1 coming up."
    assert counted in letter.body_text
    assert counted in letter.body_html


def test_cases_are_ordered_by_their_most_pressing_date(owner):
    calm, pressed = CaseFactory(reference="AAA"), CaseFactory(reference="ZZZ")
    rows = [
        row(owner, case=calm, due_on=day(1)),
        row(owner, case=pressed, due_on=day(5)),
        row(owner, case=pressed, legal=True, due_on=day(-3)),
    ]
    text = write_content(owner, rows, at=AT).body_text
    assert text.index("ZZZ") < text.index("AAA")
    assert text.index("ran out") < text.index("in 5 days")


def test_text_and_html_tell_the_same(owner, case):
    letter = write_content(
        owner, [row(owner, case=case, due_on=day(3), title="Ask the <registry> & wait")], at=AT
    )
    assert "Ask the <registry> & wait" in letter.body_text
    assert "Ask the &lt;registry&gt; &amp; wait" in letter.body_html
    for body in (letter.body_text, letter.body_html):
        assert "On 12 March 2026, in 3 days." in body
        assert "Look again, note what changed, and choose the next date." in body
        assert "http://127.0.0.1:8000/cases/OPEN-1/" in body
        assert "http://127.0.0.1:8000/accounts/me/" in body


def test_of_a_restricted_case_only_the_reference_is_told(owner, team_case):
    letter = write_content(
        owner, [row(owner, case=team_case, due_on=day(3), title="Visit the prisoner")], at=AT
    )
    for part in (letter.subject, letter.body_text, letter.body_html):
        assert "prisoner" not in part
        assert team_case.title not in part
    assert "TEAM-1" in letter.body_text
    assert "in 3 days" in letter.body_text


def test_where_mails_say_little_an_open_case_is_told_as_a_restricted_one(owner, case, settings):
    settings.MAIL_SAYS_LITTLE = True
    late = row(owner, case=case, due_on=day(-9), title="Visit the prisoner", legal=True)
    soon = row(owner, case=case, due_on=day(3), title="Ask the ministry")
    one, two = (write_content(owner, rows, at=AT) for rows in ([soon], [late, soon]))
    assert one.subject == two.subject == "Tracker: your dates"
    for part in (two.body_text, two.body_html):
        assert not any(word in part for word in ("prisoner", "ministry", case.title))
    assert "OPEN-1" in two.body_text and "in 3 days" in two.body_text


def test_nothing_is_fetched_and_nobody_is_signed_in_by_it(owner, case):
    letter = write_content(owner, [row(owner, case=case, due_on=day(3))], at=AT)
    for tracking in ("<img", "src=", "@import", "url(", "?token", "<script"):
        assert tracking not in letter.body_html
    assert "?" not in letter.body_text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"due_on": day(0)}, "Today, 9 March 2026."),
        ({"due_on": day(1)}, "Tomorrow, 10 March 2026."),
        ({"due_on": day(-1)}, "It was for 8 March 2026, 1 day ago."),
        ({"due_on": day(-4), "legal": True}, "The time ran out on 5 March 2026, 4 days ago."),
        (
            {"due_on": day(-1), "overdue_after": day(0), "legal": True},
            "By the strict reading the time ended on 8 March 2026; by the latest, on 9 March 2026.",
        ),
    ],
)
def test_each_line_says_when(owner, case, fields, sentence):
    assert sentence in write_content(owner, [row(owner, case=case, **fields)], at=AT).body_text


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("look_again", "Look again, note what changed"),
        ("expected", "Ask whether an answer is under way"),
        ("event", "Get ready for it"),
    ],
)
def test_each_line_says_what_to_do(owner, case, kind, advice):
    letter = write_content(owner, [row(owner, case=case, due_on=day(2), kind=kind)], at=AT)
    assert advice in letter.body_text


def test_a_clock_that_ran_out_asks_for_the_next_step(owner, case):
    letter = write_content(owner, [row(owner, case=case, due_on=day(-4), legal=True)], at=AT)
    assert "if not, choose the next step" in letter.body_text


def test_a_late_registration_is_no_silence_and_asks_for_the_number(owner, case):
    clock = RegistrationDeadlineFactory(owner=owner, case=case, due_on=day(-4))
    late = ReminderFactory(deadline=clock, person=owner, offset_days=4)
    text = write_content(owner, [late], at=AT).body_text
    assert "Not registered in time: the last day was 5 March 2026." in text
    assert "Ask for the registration number, and enter the day on the case page." in text
    assert "if not, choose the next step" not in text
    case.confidentiality = late.deadline.case.confidentiality = "team"
    case.save()
    closed = write_content(owner, [late], at=AT).body_text
    assert "registration" not in closed and "Not registered" not in closed


def test_after_an_outage_the_mail_says_that_it_is_late(owner, case):
    late = row(owner, case=case, due_on=day(1), offset_days=-3)
    on_time = row(owner, case=case, due_on=day(1), offset_days=-1)
    assert "This reminder is 2 days late." in write_content(owner, [late], at=AT).body_text
    assert "late" not in write_content(owner, [on_time], at=AT).body_text


def test_a_date_entered_after_its_day_is_not_called_late(owner, case):
    entered = row(
        owner,
        case=case,
        due_on=day(1),
        offset_days=-7,
        created_at=AT - datetime.timedelta(hours=20),
    )
    assert "late" not in write_content(owner, [entered], at=AT).body_text


def test_the_day_is_the_persons_own(owner, case):
    owner.time_zone = "America/Los_Angeles"
    letter = write_content(owner, [row(owner, case=case, due_on=day(0), offset_days=0)], at=AT)
    assert "Tomorrow, 9 March 2026." in letter.body_text
