"""What beat has done about accounts, by the clock of the day."""

import datetime

from time_machine import travel

from tests.now import NOW, TODAY
from tracker.models import AccountChange, User
from tracker.services.people.account_changes import approve_change, ask_change
from tracker.services.people.travel import start_travel
from tracker.tasks.people import do_what_is_due

DAY = datetime.timedelta(days=1)


def test_journeys_end_and_changes_are_made_when_their_time_has_come(
    stranger, colleague, coordinator
):
    start_travel(person=colleague, until=TODAY, by=colleague, at=NOW)
    change = ask_change(
        person=stranger,
        kind=AccountChange.Kind.ADDRESS,
        new_address="new@example.org",
        reason="I moved.",
        by=stranger,
        at=NOW,
    )
    approve_change(change=change, by=coordinator, at=NOW)
    do_what_is_due()
    assert User.objects.get(pk=colleague.pk).travelling
    assert User.objects.get(pk=stranger.pk).email == stranger.email
    with travel((NOW + DAY).timestamp()):
        do_what_is_due()
    assert not User.objects.get(pk=colleague.pk).travelling
    assert User.objects.get(pk=stranger.pk).email == "new@example.org"
