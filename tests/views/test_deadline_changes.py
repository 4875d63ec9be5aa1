from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.deadlines import (
    DeadlineFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tests.now import NOW, TODAY
from tests.page_forms import form_to, one_form
from tests.pages import actions, errors, find, links, main, messages, one, part, text
from tracker.dates.periods import add_months
from tracker.models import Deadline, Event
from tracker.services.deadlines.start import start_deadline
from tracker.templatetags.deadline_changes import beyond_words, change_sentence, days_left_words
from tracker.templatetags.deadline_explanations import clock_sentence
from tracker.templatetags.history import event_words
from tracker.views.deadline_actions import ACTIONS, why_not

pytestmark = pytest.mark.django_db


@pytest.fixture
def deadline(case, owner):
    """Registered 15 January 2020: 3 February, latest 4 February."""
    addressee = AddresseeFactory(
        case=case,
        rule=ResponseRuleFactory(code="kg-67-reply-14"),
        authority=AuthorityFactory(name="Prosecutor General"),
        registered_on=date(2020, 1, 15),
    )
    return start_deadline(addressee=addressee, by=owner, at=NOW)


def detail(deadline):
    return reverse("deadline_detail", args=[deadline.pk])


def change(deadline, action):
    return reverse("deadline_change", args=[deadline.pk, action])


def send(client, deadline, action, **data):
    return client.post(
        change(deadline, action), {"shown_version": deadline.version, "reason": "Because", **data}
    )


def kinds(deadline):
    return list(deadline.changes.order_by("pk").values_list("kind", flat=True))


def told(answer) -> list[str]:
    """What happened to it, the newest first."""
    return [text(find(line, tag="p")[0]) for line in find(part(answer, "history"), "listitem")]


def lede(answer) -> str:
    return text(one(answer, class_="lede"))


def test_the_page_says_why_and_what_happened(signed_in, owner, deadline):
    answer = signed_in(owner).get(detail(deadline))
    assert "4 Feb 2020" in lede(answer)
    why = part(answer, "why")
    assert "tone-red" in find(why, class_="pill")[0].attrib["class"].split()
    assert "3 Feb 2020" in [text(day) for day in find(why, tag="strong")]
    assert told(answer) == [change_sentence(deadline.changes.get())]
    days = reverse("addressee_dates", args=[deadline.case.reference, deadline.addressee.number])
    assert days not in links(answer)
    assert {change(deadline, action) for action in ACTIONS} & links(answer) == {
        change(deadline, action)
        for action in ("close", "extend", "pause", "correct", "forward", "cancel", "assign")
    }


def test_an_unknown_registration_is_asked_for(signed_in, owner, case):
    addressee = AddresseeFactory(case=case, rule=ResponseRuleFactory(), sent_on=date(2020, 1, 15))
    clock = start_deadline(addressee=addressee, by=owner, at=NOW)
    days = reverse("addressee_dates", args=[case.reference, addressee.number])
    assert days in links(part(signed_in(owner).get(detail(clock)), "why"))


def test_a_viewer_reads_and_is_offered_nothing(signed_in, viewer, deadline):
    client = signed_in(viewer)
    page = client.get(detail(deadline))
    assert page.status_code == 200
    assert {change(deadline, action) for action in ACTIONS} & links(page) == set()
    assert client.get(change(deadline, "close")).status_code == 403
    assert send(client, deadline, "close", on="2020-02-01").status_code == 403
    assert kinds(deadline) == ["started"]


@pytest.mark.parametrize("action", ["close", "extend", "pause", "correct", "forward", "cancel"])
def test_a_hidden_case_answers_as_if_it_were_not_there(
    signed_in, stranger, owner, team_case, action
):
    addressee = AddresseeFactory(
        case=team_case, rule=ResponseRuleFactory(), registered_on=date(2020, 1, 15)
    )
    hidden = start_deadline(addressee=addressee, by=owner, at=NOW)
    client = signed_in(stranger)
    assert client.get(detail(hidden)).status_code == 404
    assert client.get(change(hidden, action)).status_code == 404
    assert send(client, hidden, action, on="2020-02-01").status_code == 404
    assert kinds(hidden) == ["started"]
    assert signed_in(owner).get(change(hidden, action)).status_code == 200


def test_who_is_not_signed_in_is_sent_to_the_door(client, deadline):
    answer = client.get(detail(deadline))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("path", ["/deadlines/999999/", "/deadlines/999999/close/"])
def test_what_does_not_exist_is_not_found(signed_in, owner, path):
    assert signed_in(owner).get(path).status_code == 404


def test_an_action_that_does_not_exist_is_not_found(signed_in, owner, deadline):
    client = signed_in(owner)
    assert client.get(change(deadline, "explode")).status_code == 404
    assert client.delete(change(deadline, "close")).status_code == 405


def test_closing_says_so_and_offers_to_reopen(signed_in, owner, deadline):
    client = signed_in(owner)
    answer = send(client, deadline, "close", on="2020-02-01")
    assert answer.headers["Location"] == detail(deadline)
    page = client.get(detail(deadline))
    assert messages(page) == [("success", str(ACTIONS["close"].done))]
    deadline.refresh_from_db()
    assert "1 Feb 2020" in lede(page) and deadline.get_state_display() in lede(page)
    assert change(deadline, "reopen") in links(page)
    assert change(deadline, "close") not in links(page)


def test_an_extension_with_its_notice_is_flagged_where_the_rule_names_none(
    signed_in, owner, deadline, case
):
    notice = DocumentFactory(title="Notice of extension")
    notice.cases.add(case)
    client = signed_in(owner)
    send(client, deadline, "extend", until="2020-03-05", norm="Art. 8", notice=notice.pk)
    deadline.refresh_from_db()
    assert deadline.due_on == date(2020, 3, 5)
    page = client.get(detail(deadline))
    extended = deadline.changes.get(kind="extended")
    assert told(page)[0] == change_sentence(extended)
    newest = find(part(page, "history"), "listitem")[0]
    assert text(one(newest, class_="late")) == beyond_words(extended)
    assert links(newest) == {reverse("document_detail", args=[notice.code])}
    assert "Art. 8" in text(newest)


def test_why_this_date_tells_the_extension_and_how_to_mend_it(signed_in, owner, deadline):
    client = signed_in(owner)
    send(client, deadline, "extend", until="2020-02-20")
    deadline.refresh_from_db()
    page = client.get(detail(deadline))
    assert clock_sentence(deadline.explanation) in text(part(page, "why"))
    assert "20 Feb 2020" in text(part(page, "moved"))
    drawn = one(page, "img", class_="strip").attrib["aria-label"]
    assert "15 Jan 2020" in drawn and "20 Feb 2020" in drawn
    assert "4 Feb 2020" in text(part(client.get(change(deadline, "extend")), "id_until_helptext"))
    assert part(client.get(change(deadline, "correct")), "id_anchor_on_helptext") is not None
    send(client, deadline, "extend", until="2020-02-10")
    deadline.refresh_from_db()
    send(client, deadline, "extend", until="2020-02-04")
    deadline.refresh_from_db()
    page = client.get(detail(deadline))
    steps = deadline.changes.order_by("-pk")
    assert told(page) == [change_sentence(step) for step in steps]
    assert [step.until for step in steps] == [None, date(2020, 2, 10), date(2020, 2, 20), None]
    assert find(page, id="moved") == []
    assert clock_sentence(deadline.explanation) in text(part(page, "why"))


def test_a_notice_of_another_case_is_refused(signed_in, owner, deadline):
    other = DocumentFactory()
    answer = send(signed_in(owner), deadline, "extend", until="2020-03-05", notice=other.pk)
    assert answer.status_code == 422
    assert kinds(deadline) == ["started"]


def test_pause_and_resume(signed_in, owner, deadline):
    client = signed_in(owner)
    send(client, deadline, "pause", on="2020-01-17")
    deadline.refresh_from_db()
    assert "17 Jan 2020" in lede(client.get(detail(deadline)))
    assert days_left_words(deadline) in lede(client.get(detail(deadline)))
    send(client, deadline, "resume", on="2020-01-24")
    deadline.refresh_from_db()
    assert (deadline.due_on, deadline.overdue_after) == (date(2020, 2, 10), date(2020, 2, 11))
    resumed, paused, _started = told(client.get(detail(deadline)))
    assert paused == change_sentence(deadline.changes.get(kind="paused"))
    assert resumed == change_sentence(deadline.changes.get(kind="resumed"))


def test_a_correction_keeps_the_old_day_in_the_history(signed_in, owner, deadline):
    client = signed_in(owner)
    send(client, deadline, "correct", anchor="registered", anchor_on="2020-01-16")
    corrected, _started = told(client.get(detail(deadline)))
    assert corrected == change_sentence(deadline.changes.get(kind="corrected"))
    assert "15 Jan 2020" in corrected and "16 Jan 2020" in corrected


def test_a_clock_of_no_addressee_is_not_forwarded(signed_in, owner, case):
    letter = StatutoryDeadlineFactory(case=case)
    client = signed_in(owner)
    page = client.get(detail(letter))
    assert page.status_code == 200
    assert change(letter, "forward") not in page.text
    answers = reverse("response_new", args=[case.reference])
    assert not [address for address in links(page) if address.startswith(answers)]
    for answer in (
        client.get(change(letter, "forward"), follow=True),
        client.post(change(letter, "forward"), {"shown_version": letter.version}, follow=True),
    ):
        assert answer.redirect_chain == [(detail(letter), 302)]
        assert messages(answer) == [("warning", why_not("forward", letter))]


def test_forwarding_shows_the_chain(signed_in, owner, deadline, case):
    ministry = AuthorityFactory(name="Ministry of the Interior", default_rule=deadline.rule)
    client = signed_in(owner)
    send(client, deadline, "forward", authority=ministry.pk, on="2020-01-20")
    assert kinds(deadline) == ["started", "forwarded"]
    new = Deadline.objects.exclude(pk=deadline.pk).get()
    body = one(client.get(detail(new)), tag="dd", words=ministry.name)
    assert "Prosecutor General" in text(body)
    page = client.get(detail(deadline))
    assert told(page)[0] == change_sentence(deadline.changes.get(kind="forwarded"))
    assert "20 Jan 2020" in lede(page) and ministry.name in lede(page)


@pytest.mark.parametrize(
    ("action", "data", "wrong"),
    [
        ("close", {"on": "2020-02-30"}, "on"),
        ("close", {"on": "2020-02-01", "reason": ""}, "reason"),
        ("extend", {"until": "2020-01-20"}, "until"),
        ("extend", {"until": "2150-01-20"}, "until"),
        ("extend", {"until": "2090-01-20"}, "until"),
        ("pause", {"on": "2020-01-14"}, "on"),
        ("pause", {"on": "2020-02-04"}, "on"),
        ("correct", {"anchor": "registered", "anchor_on": "2101-01-01"}, "anchor_on"),
        ("correct", {"anchor": "previous_reply", "anchor_on": "2020-01-16"}, "anchor"),
        ("correct", {"anchor": "registered", "anchor_on": "2010-01-16"}, "anchor_on"),
    ],
)
def test_bad_input_says_what_to_do_keeps_what_was_typed_and_changes_nothing(
    signed_in, owner, deadline, action, data, wrong
):
    answer = send(signed_in(owner), deadline, action, **data)
    assert (answer.status_code, list(errors(answer))) == (422, [wrong])
    kept = form_to(answer, change(deadline, action)).fields
    assert {name: kept[name] for name in data} == {name: [value] for name, value in data.items()}
    assert kinds(deadline) == ["started"]


def test_a_double_click_does_it_once_and_a_second_person_is_told(
    signed_in, owner, colleague, deadline
):
    client, form = signed_in(owner), one_form()
    for _ in range(2):
        answer = send(client, deadline, "close", on="2020-02-01", **form)
        assert answer.headers["Location"] == detail(deadline)
    assert kinds(deadline) == ["started", "closed"]
    other = signed_in(colleague)
    answer = send(other, deadline, "pause", on="2020-01-17", reason="They asked us <first>")
    assert answer.status_code == 409
    conflict = text(one(answer, "alert", class_="conflict"))
    assert event_words(Event.objects.about(deadline).get(action="deadline.closed")) in conflict
    assert owner.name in conflict
    deadline.refresh_from_db()
    assert why_not("pause", deadline) in conflict
    assert text(one(answer, tag="textarea", readonly=True)) == "They asked us <first>"
    assert actions(main(answer)) == set() == set(find(main(answer), "button"))
    assert "4 Feb 2020" not in lede(answer)
    assert kinds(deadline) == ["started", "closed"]


def test_what_was_typed_is_done_on_top_of_a_colleagues_step_if_it_is_sent_again(
    signed_in, owner, colleague, deadline
):
    send(signed_in(owner), deadline, "extend", until="2020-02-20", reason="By their notice")
    client = signed_in(colleague)
    answer = send(client, deadline, "close", on="2020-02-01", reason="Answered by phone")
    assert answer.status_code == 409
    conflict = text(one(answer, "alert"))
    assert event_words(Event.objects.about(deadline).get(action="deadline.extended")) in conflict
    assert "By their notice" in conflict and owner.name in conflict
    assert kinds(deadline) == ["started", "extended"]
    deadline.refresh_from_db()
    kept = form_to(answer, change(deadline, "close")).fields
    assert {name: kept[name] for name in ("on", "reason", "shown_version")} == {
        "on": ["2020-02-01"],
        "reason": ["Answered by phone"],
        "shown_version": [str(deadline.version)],
    }
    again = send(client, deadline, "close", on="2020-02-01", reason="Answered by phone")
    assert again.headers["Location"] == detail(deadline)
    assert kinds(deadline) == ["started", "extended", "closed"]


def test_of_several_steps_meanwhile_all_are_told_from_the_first_to_the_last(
    signed_in, owner, colleague, deadline
):
    first = signed_in(owner)
    old = deadline.version
    send(first, deadline, "pause", on="2020-01-17")
    deadline.refresh_from_db()
    send(first, deadline, "resume", on="2020-01-24")
    answer = signed_in(colleague).post(
        change(deadline, "close"), {"shown_version": old, "on": "2020-02-01", "reason": "Answered"}
    )
    assert answer.status_code == 409
    steps = [text(step) for step in find(one(answer, "alert", class_="conflict"), tag="li")]
    events = Event.objects.about(deadline).exclude(action="deadline.started").order_by("pk")
    assert len(steps) == 2
    assert all(event_words(event) in step for event, step in zip(events, steps, strict=True))


@pytest.mark.parametrize(
    ("done", "step", "sentence"),
    [
        ([], "resume", "This deadline is not paused; it runs."),
        ([], "reopen", "This deadline has not ended; it runs."),
        ([], "move", "The law sets this day, so it cannot be moved."),
        (["pause"], "pause", "This deadline is paused already."),
        (["pause"], "extend", "This deadline is paused, so it cannot be extended. Let it run on"),
        (["pause"], "reopen", "This deadline has not ended, it is paused. Let it run on instead."),
        (["close"], "close", "This deadline is closed already."),
        (["close"], "pause", "This deadline is closed, so it cannot be paused. Reopen it first."),
        (["close"], "resume", "This deadline is closed, so it cannot run on. Reopen it first."),
        (["cancel"], "cancel", "This deadline is cancelled already."),
        (["cancel"], "assign", "cancelled, so it cannot be given to somebody else. Reopen"),
    ],
)
def test_a_step_that_does_not_apply_says_why_on_the_page_of_the_deadline(
    signed_in, owner, deadline, done, step, sentence
):
    client = signed_in(owner)
    for action in done:
        assert send(client, deadline, action, on="2020-01-17").status_code == 302
    answer = client.get(change(deadline, step), follow=True)
    assert answer.redirect_chain == [(detail(deadline), 302)]
    deadline.refresh_from_db()
    said = why_not(step, deadline)
    assert messages(answer)[-1] == ("warning", said)
    assert sentence in said


def test_a_date_of_ours_is_not_extended_and_the_page_says_what_instead(signed_in, owner, case):
    ours = DeadlineFactory(case=case)
    answer = signed_in(owner).get(change(ours, "extend"), follow=True)
    assert answer.redirect_chain == [(detail(ours), 302)]
    assert messages(answer) == [("warning", why_not("extend", ours))]
    assert change(ours, "move") in links(answer)


def test_a_second_person_does_not_forward_what_was_forwarded(signed_in, owner, colleague, deadline):
    first, second = AuthorityFactory(), AuthorityFactory()
    send(signed_in(owner), deadline, "forward", authority=first.pk, on="2020-01-20")
    send(signed_in(colleague), deadline, "forward", authority=second.pk, on="2020-01-20")
    assert not second.addressees.exists()
    assert kinds(deadline) == ["started", "forwarded"]


@pytest.mark.parametrize("day", ["2101-01-01", "9999-12-31"])
def test_a_clock_does_not_run_on_from_a_day_to_come(signed_in, owner, deadline, day):
    client = signed_in(owner)
    send(client, deadline, "pause", on="2020-01-20")
    deadline.refresh_from_db()
    answer = send(client, deadline, "resume", on=day)
    assert (answer.status_code, kinds(deadline)) == (422, ["started", "paused"])
    assert list(errors(answer)) == ["on"]


def test_a_clock_is_not_paused_on_a_day_to_come(signed_in, owner, deadline):
    Deadline.objects.update(
        due_on=TODAY + timedelta(days=30), overdue_after=TODAY + timedelta(days=31)
    )
    answer = send(signed_in(owner), deadline, "pause", on=str(TODAY + timedelta(days=1)))
    assert (answer.status_code, kinds(deadline)) == (422, ["started"])
    assert list(errors(answer)) == ["on"]


def test_a_clock_does_not_begin_before_the_appeal(signed_in, owner, deadline, case):
    case.issued_on = date(2020, 1, 10)
    case.save()
    deadline.addressee.sent_on = date(2020, 1, 13)
    deadline.addressee.save()
    client = signed_in(owner)
    for day, since in (("2020-01-09", "10 Jan 2020"), ("2020-01-12", "13 Jan 2020")):
        answer = send(client, deadline, "correct", anchor="registered", anchor_on=day)
        assert (answer.status_code, kinds(deadline)) == (422, ["started"])
        assert since in errors(answer)["anchor_on"]
    send(client, deadline, "correct", anchor="registered", anchor_on="2020-01-13")
    assert kinds(deadline) == ["started", "corrected"]


def test_a_date_of_ours_is_not_moved_out_of_sight(signed_in, owner, case):
    ours = DeadlineFactory(case=case)
    answer = send(signed_in(owner), ours, "move", due_on="9999-12-31")
    assert (answer.status_code, kinds(ours)) == (422, [])
    assert list(errors(answer)) == ["due_on"]


def test_a_date_of_ours_moved_before_its_beginning_is_refused_beside_its_day(
    signed_in, owner, case
):
    ours = DeadlineFactory(case=case, due_on=TODAY, anchor_on=TODAY)
    answer = send(signed_in(owner), ours, "move", due_on=TODAY - timedelta(days=1))
    assert (answer.status_code, list(errors(answer))) == (422, ["due_on"])


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", ""])
def test_an_altered_number_is_no_number(signed_in, owner, deadline, number):
    client = signed_in(owner)
    answer = client.post(change(deadline, "close"), {"shown_version": number, "on": "2020-02-01"})
    assert answer.status_code == 422
    page = reverse("date_new", args=[deadline.case.reference])
    assert client.get(page, {"demand": number}).status_code == 200


def test_the_page_asks_the_database_the_same_number_of_times(signed_in, owner, deadline):
    client = signed_in(owner)

    def queries():
        client.get(detail(deadline))
        with CaptureQueriesContext(connection) as asked:
            client.get(detail(deadline))
        return len(asked)

    before = queries()
    send(client, deadline, "pause", on="2020-01-17")
    deadline.refresh_from_db()
    send(client, deadline, "resume", on="2020-01-24")
    assert kinds(deadline) == ["started", "paused", "resumed"]
    assert queries() == before


def wake(client, case, query="", **data):
    return client.post(
        reverse("date_new", args=[case.reference]) + query,
        {"kind": "look_again", "when": "three_weeks", "title": "Look again", **data},
    )


def test_wake_me_in_three_weeks(signed_in, owner, case):
    answer = wake(signed_in(owner), case, owner=owner.pk)
    assert answer.headers["Location"] == reverse("case_detail", args=[case.reference])
    made = Deadline.objects.get()
    assert (made.kind, made.due_on, made.owner) == (
        "look_again",
        TODAY + timedelta(days=21),
        owner,
    )


def test_three_months_are_months_and_a_typed_day_wins(signed_in, owner, case):
    wake(signed_in(owner), case, when="three_months")
    assert Deadline.objects.get().due_on == add_months(TODAY, 3)
    typed = TODAY + timedelta(days=5)
    wake(signed_in(owner), case, due_on=str(typed), title="Typed")
    assert Deadline.objects.get(title="Typed").due_on == typed


def test_an_event_of_a_demand_on_a_day_of_choice(signed_in, owner, case):
    demand = DemandFactory(case=case)
    day = TODAY + timedelta(days=40)
    client = signed_in(owner)
    offered = client.get(reverse("date_new", args=[case.reference]), {"demand": demand.number})
    assert offered.context["form"].initial["demand"] == demand
    answer = wake(
        client, case, kind="event", when="exact", due_on=str(day), title="Hearing", demand=demand.pk
    )
    assert answer.headers["Location"] == reverse("demand_detail", args=[demand.pk])
    made = Deadline.objects.get()
    assert (made.kind, made.due_on, made.title, made.demand) == ("event", day, "Hearing", demand)


def test_a_double_click_wakes_once(signed_in, owner, case):
    form = one_form()
    for _ in range(2):
        wake(signed_in(owner), case, **form)
    assert Deadline.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"when": "exact"}, "due_on"),
        ({"when": "exact", "due_on": "2020-01-01"}, "due_on"),
        ({"when": "exact", "due_on": "2620-01-01"}, "due_on"),
        ({"when": "exact", "due_on": "2027-02-29"}, "due_on"),
        ({"title": ""}, "title"),
        ({"kind": "statutory"}, "kind"),
    ],
)
def test_a_date_that_makes_no_sense_is_refused(signed_in, owner, case, data, wrong):
    answer = wake(signed_in(owner), case, **data)
    assert (answer.status_code, list(errors(answer))) == (422, [wrong])
    assert Deadline.objects.count() == 0


def test_only_people_who_see_the_case_can_be_reminded_of_it(
    signed_in, owner, stranger, colleague, viewer, case, team_case
):
    assert wake(signed_in(owner), team_case, owner=stranger.pk).status_code == 422
    # A reader could not even say that they have it.
    assert wake(signed_in(owner), case, owner=viewer.pk).status_code == 422
    assert wake(signed_in(owner), team_case, owner=colleague.pk).status_code == 302
    assert Deadline.objects.get().owner == colleague


def test_dates_of_a_hidden_case_are_set_by_its_team_alone(
    signed_in, stranger, viewer, team_case, case
):
    assert wake(signed_in(stranger), team_case).status_code == 404
    assert wake(signed_in(viewer), case).status_code == 403
    assert Deadline.objects.count() == 0


def test_a_date_of_ours_moves(signed_in, owner, case):
    ours = DeadlineFactory(case=case, created_by=owner)
    client = signed_in(owner)
    assert change(ours, "extend") not in client.get(detail(ours)).text
    send(client, ours, "move", due_on="2026-12-24")
    ours.refresh_from_db()
    assert ours.due_on == date(2026, 12, 24)
    assert told(client.get(detail(ours))) == [change_sentence(ours.changes.get())]


def test_the_boxes_of_a_drawn_clock_are_explained(signed_in, owner, deadline):
    client = signed_in(owner)
    for address in (detail(deadline), f"/cases/{deadline.case.reference}/"):
        page = client.get(address).text
        assert page.count('class="strip tone-') == page.count("strip-legend") == 1


def test_a_date_is_given_to_a_colleague(signed_in, owner, colleague, deadline):
    page = send(signed_in(owner), deadline, "assign", owner=colleague.pk)
    assert page.status_code == 302
    deadline.refresh_from_db()
    assert deadline.owner == colleague
    given, _started = told(signed_in(owner).get(detail(deadline)))
    assert given == change_sentence(deadline.changes.get(kind="assigned"))
    assert colleague.name in given


def test_only_people_who_may_see_the_case_are_offered(signed_in, owner, colleague, deadline):
    type(deadline.case).objects.update(confidentiality="team")
    deadline.case.memberships.create(user=owner)
    page = signed_in(owner).get(change(deadline, "assign")).text
    assert owner.name in page
    assert colleague.name not in page
