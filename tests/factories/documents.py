import factory
from factory.django import DjangoModelFactory

from tests.factories.demands import DemandFactory
from tracker.models import Case, Confidence, Document, Evidence


class DocumentFactory(DjangoModelFactory):
    """A news report; `DocumentFactory(cases=[case])` files it with cases."""

    class Meta:
        model = Document
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"document-{n}")
    title = factory.Sequence(lambda n: f"Report number {n}")
    kind = Document.Kind.NEWS
    text = "What happened."

    @factory.post_generation
    def cases(self: Document, create: bool, extracted: list[Case] | None, **kwargs) -> None:
        if extracted:
            self.cases.set(extracted)


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    demand = factory.SubFactory(DemandFactory)
    document = factory.SubFactory(DocumentFactory)
    claim = factory.Sequence(lambda n: f"It says so, number {n}.")
    confidence = Confidence.MEDIUM
