import factory
from factory.django import DjangoModelFactory

from tests.factories.cases import CaseFactory
from tracker.models import Addressee, Authority, Jurisdiction


class AuthorityFactory(DjangoModelFactory):
    class Meta:
        model = Authority

    slug = factory.Sequence(lambda n: f"office-{n}")
    name = factory.Sequence(lambda n: f"Office {n}")
    kind = Authority.Kind.PROSECUTOR
    jurisdiction = Jurisdiction.KG


class AddresseeFactory(DjangoModelFactory):
    """Without a rule: nothing binds it to answer."""

    class Meta:
        model = Addressee

    case = factory.SubFactory(CaseFactory)
    number = factory.Sequence(lambda n: n + 1)
    authority = factory.SubFactory(AuthorityFactory)
