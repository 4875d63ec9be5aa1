import datetime

import factory
from factory.django import DjangoModelFactory

from tests.factories.cases import CaseFactory
from tracker.models import Anchor, CalendarDay, Deadline, Jurisdiction, ResponseRule, Unit


class ResponseRuleFactory(DjangoModelFactory):
    """14 working days from registration, both readings held, in force since 2015."""

    class Meta:
        model = ResponseRule

    code = factory.Sequence(lambda n: f"rule-{n}")
    name = "Reply in 14 working days"
    jurisdiction = Jurisdiction.KG
    norm = "Law no. 67"
    quantity = 14
    unit = Unit.WORKING_DAY
    anchor = Anchor.REGISTERED
    first_day = ResponseRule.FirstDay.TWO_READINGS
    roll = ResponseRule.Roll.FORWARD
    standing = ResponseRule.Standing.LAW
    effective_from = datetime.date(2015, 1, 1)


class CalendarDayFactory(DjangoModelFactory):
    class Meta:
        model = CalendarDay

    jurisdiction = Jurisdiction.KG
    day = factory.Sequence(lambda n: datetime.date(2026, 3, 2) + datetime.timedelta(days=n))
    kind = CalendarDay.Kind.OFF
    reason = "Moved by decree"


class DeadlineFactory(DjangoModelFactory):
    """A look-again date of nobody in particular; give `due_on`."""

    class Meta:
        model = Deadline

    case = factory.SubFactory(CaseFactory)
    kind = Deadline.Kind.LOOK_AGAIN
    title = "Look again"
    due_on = datetime.date(2026, 3, 10)
    overdue_after = factory.SelfAttribute("due_on")
    created_at = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)


class StatutoryDeadlineFactory(DeadlineFactory):
    """A legal one, counted from a registration three weeks before."""

    kind = Deadline.Kind.STATUTORY
    title = "Reply"
    rule = factory.SubFactory(ResponseRuleFactory)
    anchor = Anchor.REGISTERED
    anchor_on = factory.LazyAttribute(lambda row: row.due_on - datetime.timedelta(days=21))


class RegistrationDeadlineFactory(StatutoryDeadlineFactory):
    kind = Deadline.Kind.REGISTRATION
    title = "Registration"
