import factory
from factory.django import DjangoModelFactory

from tests.factories.people import UserFactory
from tracker.models import Case, CitedNorm, Membership, Signatory


class CaseFactory(DjangoModelFactory):
    """Open to all staff, led by nobody."""

    class Meta:
        model = Case

    reference = factory.Sequence(lambda n: f"CASE-{n}")
    title = factory.Sequence(lambda n: f"Appeal number {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(UserFactory)


class SignatoryFactory(DjangoModelFactory):
    class Meta:
        model = Signatory

    case = factory.SubFactory(CaseFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Signatory {n}")


class CitedNormFactory(DjangoModelFactory):
    class Meta:
        model = CitedNorm

    case = factory.SubFactory(CaseFactory)
    number = factory.Sequence(lambda n: n + 1)
    instrument = "Law on Something"
    text = "as the law says"
