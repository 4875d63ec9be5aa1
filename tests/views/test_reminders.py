"""The Reminders page: who sees what, what can be decided, and bad input that changes nothing."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import AT, MailFactory, ReminderFactory
from tests.pages import find, levels, links, messages, one, row_of, text
from tracker.models import Mail, Mute, Reminder, ReminderPlan, SweepRun

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 3, 10)
WORDS = "Words of the text part."


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def deadline(owner, case):
    return DeadlineFactory(due_on=DUE, owner=owner, case=case, title="Look at the court")


@pytest.fixture
def mail(owner, deadline):
    """A failed mail with one line."""
    mail = MailFactory(
        person=owner,
        state="dead",
        subject="Tracker: 1 coming up",
        body_text=f"Look at the court, {WORDS}",
        body_html="<p>Look at the court</p><script>alert(1)</script>",
        smtp_reply="550 no such mailbox",
    )
    ReminderFactory(deadline=deadline, person=owner, state="in_mail", mail=mail)
    return mail


def listed(client, **query) -> list[str]:
    page = client.get(reverse("reminder_list"), query).context["page"]
    return [str(row.offset_days) for row in page]


# Who sees what


def test_coordinators_are_told_of_a_plan_nobody_can_read(
    signed_in, coordinator, owner, case, team_case
):
    def told(person) -> dict[str, str]:
        """What is said of each plan, by the address where it is put right."""
        answer = signed_in(person).get("/reminders/")
        lines = [line for box in find(answer, "alert") for line in find(box, class_="message")]
        return {address: text(line) for line in lines for address in links(line)}

    ReminderPlan.objects.create(kind="event", days_before=[3])
    assert told(coordinator) == {}
    common = ReminderPlan.objects.create(kind="look_again", days_before=["soon"])
    own = ReminderPlan.objects.create(kind="event", case=case, days_before={"a": 1})
    ReminderPlan.objects.create(kind="event", case=team_case, days_before=["soon"])
    of_common, of_own = (
        reverse("admin:tracker_reminderplan_change", args=[plan.pk]) for plan in (common, own)
    )
    said = told(coordinator)
    assert set(said) == {of_common, of_own}
    assert "“look again”" in said[of_common] and "OPEN-1" not in said[of_common]
    assert "“event”" in said[of_own] and "OPEN-1" in said[of_own]
    for address in said:
        assert signed_in(coordinator).get(address).status_code == 200
    assert told(owner) == {}


def test_one_sees_ones_own_reminders_and_a_coordinator_all(
    signed_in, deadline, owner, colleague, coordinator
):
    ReminderFactory(deadline=deadline, person=owner, offset_days=-1)
    ReminderFactory(deadline=deadline, person=colleague, offset_days=-3)
    assert listed(signed_in(owner)) == ["-1"]
    assert listed(signed_in(colleague)) == ["-3"]
    assert sorted(listed(signed_in(coordinator))) == ["-1", "-3"]


def test_today_leads_then_the_days_to_come_then_the_past(signed_in, deadline, owner):
    for days, offset_days in ((-2, -14), (-1, -7), (0, -3), (1, -1), (4, 0)):
        day = AT + datetime.timedelta(days=days)
        ReminderFactory(
            deadline=deadline,
            person=owner,
            offset_days=offset_days,
            send_at=day,
            fire_on=day.date(),
        )
    assert listed(signed_in(owner)) == ["-3", "-1", "0", "-7", "-14"]


def test_reminders_of_a_team_case_are_absent_even_for_a_coordinator(
    signed_in, team_case, owner, coordinator
):
    hidden = DeadlineFactory(due_on=DUE, case=team_case, title="Visit the prisoner")
    ReminderFactory(deadline=hidden, person=owner)
    assert listed(signed_in(owner)) == ["-1"]
    answer = signed_in(coordinator).get(reverse("reminder_list"))
    assert "prisoner" not in answer.text
    assert "TEAM-1" not in answer.text


@pytest.mark.parametrize("name", ["mail_detail", "mail_html"])
def test_another_persons_mail_is_absent(signed_in, mail, owner, colleague, coordinator, name):
    url = reverse(name, args=[mail.pk])
    assert signed_in(owner).get(url).status_code == 200
    assert signed_in(coordinator).get(url).status_code == 200
    assert signed_in(colleague).get(url).status_code == 404


def test_a_mail_does_not_name_lines_of_a_case_one_may_not_see(
    signed_in, mail, team_case, owner, coordinator
):
    hidden = DeadlineFactory(due_on=DUE, case=team_case, title="Visit the prisoner")
    ReminderFactory(deadline=hidden, person=owner, state="in_mail", mail=mail)
    url = reverse("mail_detail", args=[mail.pk])
    assert "prisoner" in signed_in(owner).get(url).text
    assert "prisoner" not in signed_in(coordinator).get(url).text


def test_the_words_of_a_mail_are_read_by_who_sees_every_case_in_it(
    signed_in, mail, team_case, owner, coordinator
):
    page, part = (reverse(name, args=[mail.pk]) for name in ("mail_detail", "mail_html"))
    assert WORDS in signed_in(coordinator).get(page).text
    ReminderFactory(
        deadline=DeadlineFactory(due_on=DUE, case=team_case), person=owner, state="sent", mail=mail
    )
    assert WORDS not in signed_in(coordinator).get(page).text
    assert signed_in(coordinator).get(part).status_code == 404
    assert WORDS in signed_in(owner).get(page).text


def test_whoever_is_not_signed_in_is_asked_to(client, mail):
    for name, args in (("reminder_list", []), ("mail_detail", [mail.pk])):
        answer = client.get(reverse(name, args=args))
        assert (answer.status_code, answer.url.startswith("/accounts/login/")) == (302, True)


# The list


def test_it_is_filtered_by_state_person_case_and_day(
    signed_in, deadline, mail, owner, colleague, coordinator
):
    other = DeadlineFactory(due_on=DUE)
    ReminderFactory(
        deadline=deadline, person=owner, offset_days=-3, state="skipped", reason="superseded"
    )
    ReminderFactory(deadline=other, person=colleague, offset_days=-7, state="planned")
    waiting = MailFactory(person=colleague)
    ReminderFactory(deadline=other, person=colleague, offset_days=0, state="in_mail", mail=waiting)
    client = signed_in(coordinator)
    assert listed(client, state="failed") == ["-1"]
    assert listed(client, state="skipped") == ["-3"]
    assert listed(client, state="planned") == ["-7"]
    assert listed(client, state="waiting") == ["0"]
    assert listed(client, state="sent") == []
    assert sorted(listed(client, person=colleague.pk)) == ["-7", "0"]
    assert sorted(listed(client, case=deadline.case.pk)) == ["-1", "-3"]
    assert listed(client, day="2026-03-07") == ["-3"]


@pytest.mark.parametrize(
    "query", [{"state": "lost"}, {"person": "999"}, {"day": "2026-02-30"}, {"colour": "red"}]
)
def test_a_filter_that_does_not_exist_is_named(signed_in, deadline, owner, query):
    ReminderFactory(deadline=deadline, person=owner)
    answer = signed_in(owner).get(reverse("reminder_list"), query)
    assert text(one(answer, "alert"))
    assert len(answer.context["page"]) == 1


def test_the_choice_of_people_does_not_name_others_to_an_officer(signed_in, owner, colleague):
    assert colleague.name not in signed_in(owner).get(reverse("reminder_list")).text


def test_skipped_ones_say_why(signed_in, deadline, owner):
    ReminderFactory(deadline=deadline, person=owner, state="skipped", reason="superseded")
    answer = signed_in(owner).get(reverse("reminder_list"))
    row = row_of(answer, reverse("deadline_detail", args=[deadline.pk]))
    why = Reminder.objects.get().why
    assert why and why in text(row)


def test_an_empty_page_says_what_comes_next(signed_in, owner):
    said = one(signed_in(owner).get(reverse("reminder_list")), class_="empty")
    assert text(one(said, "heading")) and links(said) == {reverse("deadline_list")}


def test_the_number_of_queries_does_not_grow(signed_in, coordinator, django_assert_max_num_queries):
    client = signed_in(coordinator)
    client.get(reverse("reminder_list"))
    counts = []
    for number in (1, 2):
        for _ in range(number):
            row = ReminderFactory(deadline=DeadlineFactory(due_on=DUE), person=UserFactory())
            Reminder.objects.filter(pk=row.pk).update(
                state="in_mail", mail=MailFactory(person=row.person, state="dead")
            )
        with django_assert_max_num_queries(60) as asked:
            client.get(reverse("reminder_list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_coordinator_sees_the_heartbeat_and_a_stale_one_is_said_loudly(
    signed_in, owner, coordinator
):
    page = reverse("reminder_list")

    def beat(person) -> tuple[int, int]:
        """How often the heartbeat is shown, and how often it is loud."""
        answer = signed_in(person).get(page)
        return len(find(answer, id="beat-head")), len(find(answer, "alert"))

    assert beat(coordinator) == (1, 1)
    SweepRun.objects.create(started_at=AT, finished_at=AT)
    assert beat(coordinator) == (1, 0)
    assert beat(owner) == (0, 0)


# One mail


def test_a_mail_is_shown_as_it_was_sent(signed_in, mail, owner):
    page = signed_in(owner).get(reverse("mail_detail", args=[mail.pk])).text
    assert WORDS in page
    assert "550 no such mailbox" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_the_html_part_alone_may_run_nothing_and_load_nothing(signed_in, mail, owner):
    answer = signed_in(owner).get(reverse("mail_html", args=[mail.pk]))
    assert answer["Content-Security-Policy"].split("; ") == [
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
    ]
    assert answer["X-Frame-Options"] == "DENY"


def test_an_unwritten_mail_has_no_html_part_and_says_when_it_is_written(signed_in, owner):
    mail = MailFactory(person=owner)
    assert signed_in(owner).get(reverse("mail_html", args=[mail.pk])).status_code == 404
    answer = signed_in(owner).get(reverse("mail_detail", args=[mail.pk]))
    assert text(one(answer, class_="empty")) and find(answer, class_="source") == []


# Deciding


def post(client, name: str, pk: int | None = None, **data):
    return client.post(reverse(name, args=[pk] if pk else []), data, follow=True)


def test_a_failed_mail_is_sent_again_with_one_click(signed_in, mail, owner, coordinator, broker):
    answer = post(signed_in(owner), "mail_send_again", mail.pk)
    assert levels(answer) == ["success"]
    mail.refresh_from_db()
    assert mail.state == Mail.State.RETRYING
    again = post(signed_in(coordinator), "mail_send_again", mail.pk)
    assert levels(again) == ["error"]


def test_a_broker_that_is_away_costs_only_the_hint(
    signed_in, mail, owner, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(signed_in(owner), "mail_send_again", mail.pk)
    assert answer.status_code == 200
    mail.refresh_from_db()
    assert mail.state == Mail.State.RETRYING


@pytest.mark.parametrize(("delivered", "state"), [("yes", "sent"), ("no", "cancelled")])
def test_a_person_settles_what_became_of_it(signed_in, mail, owner, delivered, state):
    post(signed_in(owner), "mail_settle", mail.pk, delivered=delivered)
    mail.refresh_from_db()
    assert mail.state == state


def test_settling_without_saying_what_changes_nothing(signed_in, mail, owner):
    answer = post(signed_in(owner), "mail_settle", mail.pk, delivered="perhaps")
    assert levels(answer) == ["error"]
    mail.refresh_from_db()
    assert mail.state == Mail.State.DEAD


@pytest.mark.parametrize("name", ["mail_send_again", "mail_settle"])
def test_others_cannot_decide_about_my_mail(signed_in, mail, colleague, viewer, name):
    for person in (colleague, viewer):
        assert post(signed_in(person), name, mail.pk, delivered="no").status_code == 404
    mail.refresh_from_db()
    assert mail.state == Mail.State.DEAD


def test_only_coordinators_retry_all(signed_in, mail, owner, coordinator, broker):
    assert post(signed_in(owner), "reminder_retry_failed").status_code == 404
    answer = post(signed_in(coordinator), "reminder_retry_failed")
    [(level, words)] = messages(answer)
    assert level == "success" and words.startswith("1 ")


@pytest.mark.parametrize(
    "name",
    ["mail_send_again", "mail_settle", "deadline_acknowledge", "deadline_snooze"],
)
def test_changes_are_only_made_by_posting(signed_in, owner, name):
    assert signed_in(owner).get(reverse(name, args=[1])).status_code == 405


# Mute


def test_i_have_it(signed_in, deadline, owner):
    answer = post(signed_in(owner), "deadline_acknowledge", deadline.pk, next="/reminders/")
    assert answer.redirect_chain == [("/reminders/", 302)]
    [(level, words)] = messages(answer)
    assert level == "success" and "10 Mar 2026" in words
    mute = Mute.objects.get()
    assert (mute.person, mute.kind, mute.until) == (owner, "acknowledged", DUE)


def test_remind_me_in_three_days(signed_in, deadline, owner):
    answer = post(signed_in(owner), "deadline_snooze", deadline.pk, days="3", next="/reminders/")
    [(level, words)] = messages(answer)
    assert level == "success" and "12 Mar 2026" in words
    assert Mute.objects.get().kind == "snoozed"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deadline_acknowledge", {"until": "soon"}),
        ("deadline_acknowledge", {"until": "2026-03-09"}),
        ("deadline_snooze", {"days": "0"}),
        ("deadline_snooze", {"days": "many"}),
        ("deadline_snooze", {}),
    ],
)
def test_nonsense_changes_nothing_and_is_answered(signed_in, deadline, owner, name, data):
    answer = post(signed_in(owner), name, deadline.pk, next="/reminders/", **data)
    assert levels(answer) == ["error"]
    assert not Mute.objects.exists()


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "word", "desk", "\x00"],
)
def test_it_leads_back_only_to_pages_of_ours(signed_in, deadline, owner, page):
    url = reverse("deadline_acknowledge", args=[deadline.pk])
    assert signed_in(owner).post(url, {"next": page}).url == "/cases/OPEN-1/"


@pytest.mark.parametrize("name", ["deadline_acknowledge", "deadline_snooze"])
def test_a_viewer_writes_nothing(signed_in, deadline, viewer, name):
    assert post(signed_in(viewer), name, deadline.pk, days="3").status_code == 403
    assert not Mute.objects.exists()


def test_a_date_of_a_team_case_is_absent_for_others(signed_in, team_case, stranger):
    hidden = DeadlineFactory(due_on=DUE, case=team_case)
    answer = post(signed_in(stranger), "deadline_acknowledge", hidden.pk)
    assert (answer.status_code, Mute.objects.exists()) == (404, False)


def test_a_digest_names_its_day_and_the_time_it_left(signed_in, owner):
    left = datetime.datetime(2026, 11, 22, 20, 54, tzinfo=datetime.UTC)
    mail = MailFactory(
        person=owner, state="sent", local_day=datetime.date(2026, 11, 22), sent_at=left
    )
    said = text(one(signed_in(owner).get(reverse("mail_detail", args=[mail.pk])), class_="lede"))
    assert mail.get_kind_display() in said and owner.name in said
    assert "22 Nov 2026" in said and "23 Nov 2026, 02:54" in said
