import datetime

import factory
from factory.django import DjangoModelFactory

from tests.factories.authorities import AddresseeFactory
from tracker.models import Action, Response


class ActionFactory(DjangoModelFactory):
    """A telephone call of nobody in particular."""

    class Meta:
        model = Action

    case = factory.SelfAttribute("addressee.case")
    addressee = factory.SubFactory(AddresseeFactory)
    direction = Action.Direction.OUT
    kind = Action.Kind.PHONE_CALL
    happened_on = datetime.date(2026, 2, 2)
    at = datetime.datetime(2026, 2, 2, 9, tzinfo=datetime.UTC)


class ResponseFactory(DjangoModelFactory):
    """An answer nobody has graded."""

    class Meta:
        model = Response

    action = factory.SubFactory(
        ActionFactory, direction=Action.Direction.IN, kind=Action.Kind.RESPONSE
    )
