"""What a backup brings back opens no account and no case by itself."""

from tests.now import NOW
from tracker.models import AccountChange, Event, Role
from tracker.reports.emergency_access import read_in_an_emergency
from tracker.services.emergency_access import open_in_emergency
from tracker.services.people.account_changes import ask_change
from tracker.services.people.invitations import invite
from tracker.services.people.restore import refuse_after_restore
from tracker.services.secret_links import invitation_of, invitation_secret


def test_nothing_that_was_under_way_goes_on(stranger, coordinator, team_case):
    ask_change(
        person=stranger,
        kind=AccountChange.Kind.ADDRESS,
        new_address="new@example.org",
        reason="I moved.",
        by=stranger,
        at=NOW,
    )
    invited = invite(
        name="New", email="n@example.org", role=Role.VIEWER, language="en", by=None, at=NOW
    )
    secret = invitation_secret(invited.person)
    open_in_emergency(reference="TEAM-1", reason="Nobody answers.", by=coordinator, at=NOW)
    assert refuse_after_restore(at=NOW) == 1
    assert AccountChange.objects.get().refused_at == NOW
    assert invitation_of(secret, at=NOW) is None
    assert not read_in_an_emergency(coordinator, at=NOW)
    told = Event.objects.filter(by_id=None, action="person.invitation_taken_back")
    assert told.get().object_id == invited.pk
