import factory
from factory.django import DjangoModelFactory

from tests.factories.cases import CaseFactory
from tracker.models import Demand


class DemandFactory(DjangoModelFactory):
    """Awaiting; moves of its status go through the service."""

    class Meta:
        model = Demand

    case = factory.SubFactory(CaseFactory)
    number = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence(lambda n: f"To do thing number {n}.")
