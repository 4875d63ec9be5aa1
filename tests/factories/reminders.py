import datetime

import factory
from factory.django import DjangoModelFactory

from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Mail, Reminder

AT = datetime.datetime(2026, 3, 9, 3, tzinfo=datetime.UTC)


class ReminderFactory(DjangoModelFactory):
    """The day before, planned and due; give `deadline` and `person`."""

    class Meta:
        model = Reminder

    deadline = factory.SubFactory(DeadlineFactory)
    generation = factory.SelfAttribute("deadline.generation")
    person = factory.SubFactory(UserFactory)
    offset_days = -1
    due_on = factory.SelfAttribute("deadline.due_on")
    fire_on = factory.LazyAttribute(
        lambda row: row.due_on + datetime.timedelta(days=row.offset_days)
    )
    send_at = AT
    created_at = AT


class MailFactory(DjangoModelFactory):
    """A digest that is due; give `person` and, for other states, `state`."""

    class Meta:
        model = Mail

    key = factory.Sequence(lambda n: f"digest:{n}")
    message_id = factory.Sequence(lambda n: f"<{n}@tracker.test>")
    person = factory.SubFactory(UserFactory)
    local_day = AT.date()
    next_attempt_at = AT
    created_at = AT
    sent_at = factory.LazyAttribute(lambda row: AT if row.state == "sent" else None)
    state = Mail.State.PLANNED
