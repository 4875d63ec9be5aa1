import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.events import values
from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, ResponseRuleFactory
from tests.factories.documents import DocumentFactory
from tracker.models import (
    Case,
    CloseReason,
    Confidentiality,
    Deadline,
    Event,
    Membership,
    Phase,
)
from tracker.services.cases import (
    add_member,
    close_case,
    create_case,
    edit_case,
    phases_after,
    remove_member,
    reopen_case,
)
from tracker.services.deadlines.start import start_deadline
from tracker.services.refusals import Refused, StaleRecord

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


def team(case):
    return set(Membership.objects.filter(case=case).values_list("user__name", flat=True))


def actions(case):
    return list(Event.objects.about(case).order_by("pk").values_list("action", flat=True))


def test_a_new_case_writes_its_event(owner):
    case = create_case(case=Case(reference="NEW-1", title="New"), by=owner, at=AT)
    event = Event.objects.about(case).get()
    assert values(event)["reference"] == (None, "NEW-1")
    assert (event.action, event.by_id, event.at, event.case_id) == (
        "case.created",
        owner.pk,
        AT,
        case.pk,
    )


def test_lead_and_author_are_on_the_team_of_a_case_that_is_not_open(owner, colleague, stranger):
    case = create_case(
        case=Case(reference="NEW-1", title="New", lead=owner, confidentiality=Confidentiality.TEAM),
        team=[stranger],
        by=colleague,
        at=AT,
    )
    assert team(case) == {owner.name, colleague.name, stranger.name}


def test_an_open_case_needs_no_team(owner, colleague):
    case = create_case(case=Case(reference="NEW-1", title="New", lead=owner), by=colleague, at=AT)
    assert team(case) == set()


def test_a_case_cannot_be_entered_closed(owner):
    case = Case(reference="NEW-1", title="New", phase=Phase.CLOSED, close_reason="implemented")
    with pytest.raises(Refused) as refusal:
        create_case(case=case, by=owner, at=AT)
    assert refusal.value.field == "phase"
    assert not Case.objects.exists()


def test_a_viewer_cannot_lead(viewer, owner):
    with pytest.raises(Refused) as refusal:
        create_case(case=Case(reference="NEW-1", title="New", lead=viewer), by=owner, at=AT)
    assert refusal.value.field == "lead"


def test_a_bad_reference_is_refused(owner):
    with pytest.raises(ValidationError):
        create_case(case=Case(reference="no good", title="New"), by=owner, at=AT)
    assert not Event.objects.exists()


def test_the_source_text_is_filed_with_the_case(owner):
    document = DocumentFactory()
    case = create_case(case=Case(reference="NEW-1", title="New", source=document), by=owner, at=AT)
    assert list(case.documents.all()) == [document]


def test_a_restricted_cases_paper_is_no_source_of_an_open_one(team_case, case, owner):
    case.source = DocumentFactory(cases=[team_case])
    with pytest.raises(Refused) as refusal:
        edit_case(case=case, by=owner, at=AT)
    assert refusal.value.field == "source"
    assert list(case.documents.all()) == []


def test_a_restricted_case_opens_with_its_own_source(team_case, owner):
    team_case.source = DocumentFactory(cases=[team_case])
    edit_case(case=team_case, by=owner, at=AT)
    team_case.confidentiality = Confidentiality.OPEN
    edit_case(case=team_case, by=owner, at=AT)
    assert Case.objects.get(pk=team_case.pk).confidentiality == Confidentiality.OPEN


def test_an_edit_says_what_changed_and_counts_the_version(case, owner):
    case.title, case.place = "Another title", "Osh"
    edit_case(case=case, by=owner, at=AT, reason="typo")
    stored = Case.objects.get(pk=case.pk)
    assert (stored.title, stored.place, stored.version) == ("Another title", "Osh", 2)
    event = Event.objects.about(case).get()
    assert (event.action, event.by_id) == ("case.edited", owner.pk)
    assert values(event) == {
        "reason": (None, "typo"),
        "title": ("An open appeal", "Another title"),
        "place": ("", "Osh"),
    }


def test_saving_without_a_change_writes_nothing(case, owner):
    edit_case(case=case, by=owner, at=AT)
    assert Case.objects.get(pk=case.pk).version == 1
    assert actions(case) == []


def test_a_stale_copy_is_refused_and_changes_nothing(case, owner, colleague):
    stale = Case.objects.get(pk=case.pk)
    case.title = "First"
    edit_case(case=case, by=owner, at=AT)
    stale.title = "Second"
    with pytest.raises(StaleRecord):
        edit_case(case=stale, by=colleague, at=AT)
    assert Case.objects.get(pk=case.pk).title == "First"
    assert actions(case) == ["case.edited"]


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.MONITORING, ("assessment", "dialogue", "escalated", "closed")),
        (Phase.ASSESSMENT, ("dialogue", "escalated", "monitoring", "closed")),
        (Phase.CLOSED, ("dialogue",)),
    ],
)
def test_the_work_goes_to_and_fro_but_the_post_does_not(phase, expected):
    assert phases_after(phase) == expected


def test_sent_does_not_go_back_to_preparing():
    assert phases_after(Phase.SENT) == (
        "registered",
        "response_period",
        "assessment",
        "dialogue",
        "escalated",
        "monitoring",
        "closed",
    )


def test_a_stale_copy_is_told_so_before_its_phase_is_judged(case, owner, colleague):
    """Its phase is the old one, which cannot follow on the new one; nobody chose it."""
    stale = Case.objects.get(pk=case.pk)
    close_case(case=case, close_reason="partly", note="Half.", by=colleague, at=AT)
    stale.title = "Another"
    with pytest.raises(StaleRecord):
        edit_case(case=stale, by=owner, at=AT)


def test_a_phase_that_cannot_follow_is_refused(owner):
    case = CaseFactory(phase=Phase.SENT)
    case.phase = Phase.PREPARING
    with pytest.raises(Refused) as refusal:
        edit_case(case=case, by=owner, at=AT)
    assert refusal.value.field == "phase"
    assert Case.objects.get(pk=case.pk).phase == Phase.SENT


def test_a_phase_move_is_an_event_of_its_own(case, owner):
    case.phase = Phase.SENT
    edit_case(case=case, by=owner, at=AT, reason="posted")
    event = Event.objects.about(case).get()
    assert event.action == "case.phase"
    assert values(event)["phase"] == ("preparing", "sent")


def test_closing_needs_a_note(case, owner):
    with pytest.raises(Refused) as refusal:
        close_case(case=case, close_reason=CloseReason.PARTLY, note="  ", by=owner, at=AT)
    assert refusal.value.field == "closing_note"
    assert str(refusal.value) == "Write the closing note: what came of the appeal, and why now."


def test_closing_needs_a_reason(case, owner):
    with pytest.raises(Refused) as refusal:
        close_case(case=case, close_reason="", note="It is over.", by=owner, at=AT)
    assert refusal.value.field == "close_reason"
    assert str(refusal.value) == "Choose why the case is closed."


def test_closing_cancels_the_open_dates(case, owner):
    running = DeadlineFactory(case=case)
    close_case(case=case, close_reason=CloseReason.PARTLY, note="Half of it.", by=owner, at=AT)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.phase, stored.closed_at, stored.closing_note) == ("closed", AT, "Half of it.")
    running.refresh_from_db()
    assert running.state == Deadline.State.CANCELLED
    assert actions(case) == ["case.closed"]


def test_a_clock_that_began_today_further_east_ends_with_its_case(case, owner, colleague):
    evening = datetime.datetime(2026, 3, 20, 19, tzinfo=datetime.UTC)  # the 21st in Bishkek
    began = datetime.date(2026, 3, 21)
    owner.time_zone, colleague.time_zone = "Asia/Bishkek", "America/New_York"
    addressee = AddresseeFactory(case=case, rule=ResponseRuleFactory(), registered_on=began)
    clock = start_deadline(addressee=addressee, by=owner, at=evening)
    close_case(case=case, close_reason="partly", note="Half.", by=colleague, at=evening)
    clock.refresh_from_db()
    assert (clock.state, clock.ended_on) == ("cancelled", began)


def test_a_closed_case_reopens_into_dialogue_with_a_reason(case, owner):
    close_case(case=case, close_reason=CloseReason.PARTLY, note="Half of it.", by=owner, at=AT)
    with pytest.raises(Refused):
        reopen_case(case=case, reason="", by=owner, at=AT)
    reopen_case(case=case, reason="A new arrest.", by=owner, at=AT)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.phase, stored.closed_at, stored.close_reason) == ("dialogue", None, "")
    assert actions(case) == ["case.closed", "case.reopened"]


def test_whoever_restricts_a_case_still_sees_it(case, owner, stranger):
    case.confidentiality = Confidentiality.TEAM
    edit_case(case=case, by=stranger, at=AT)
    assert team(case) == {owner.name, stranger.name}
    assert Case.objects.visible_to(stranger).filter(pk=case.pk).exists()


def test_a_new_lead_joins_the_team_of_a_restricted_case(team_case, owner, stranger):
    team_case.lead = stranger
    edit_case(case=team_case, by=owner, at=AT)
    assert stranger.name in team(team_case)


def test_joining_twice_is_one_membership(team_case, stranger, owner):
    add_member(case=team_case, user=stranger, by=owner, at=AT)
    add_member(case=team_case, user=stranger, by=owner, at=AT)
    assert actions(team_case) == ["case.member_added"]


def test_somebody_who_left_cannot_join(team_case, stranger, owner):
    stranger.is_active = False
    stranger.save()
    with pytest.raises(Refused):
        add_member(case=team_case, user=stranger, by=owner, at=AT)


def test_a_member_leaves_the_team(team_case, colleague, owner):
    remove_member(case=team_case, user=colleague, by=owner, at=AT)
    assert team(team_case) == {owner.name}
    assert actions(team_case) == ["case.member_removed"]


def test_the_lead_stays_on_the_team(team_case, owner):
    with pytest.raises(Refused, match=r"leads the case\. Choose another lead first\.$"):
        remove_member(case=team_case, user=owner, by=owner, at=AT)
    assert owner.name in team(team_case)


def test_the_last_member_stays_on_the_team(owner):
    case = create_case(
        case=Case(reference="NEW-1", title="New", confidentiality=Confidentiality.TEAM),
        by=owner,
        at=AT,
    )
    with pytest.raises(Refused):
        remove_member(case=case, user=owner, by=owner, at=AT)
    assert team(case) == {owner.name}
