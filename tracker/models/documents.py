"""Papers: what we sent, what came back, what was reported; and what each of them proves."""

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case
from tracker.models.demands import Demand, StatusChange


class Confidence(models.TextChoices):
    HIGH = "high", _("high: official, or two independent sources")
    MEDIUM = "medium", _("medium: one source")
    LOW = "low", _("low: inferred")
    UNVERIFIED = "unverified", _("not verified")


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


def stored_name(document: "Document", filename: str) -> str:
    """A name of ours: the uploader's could carry a path, a script ending or a person's name."""
    return f"documents/{uuid.uuid4().hex}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user):
        """Seen when one of its cases is; a document of no case yet, by those who work."""
        seen = Document.cases.through.objects.filter(case__in=Case.objects.visible_to(user)).values(
            "document"
        )
        if user.is_authenticated and user.works:
            # A join instead would repeat the documents of several cases.
            filed = Document.cases.through.objects.values("document")
            return self.filter(Q(pk__in=seen) | ~Q(pk__in=filed))
        return self.filter(pk__in=seen)


class DocumentManager(models.Manager.from_queryset(DocumentQuerySet)):
    def get_by_natural_key(self, code: str) -> "Document":
        return self.get(code=code)


def new_code() -> str:
    return uuid.uuid4().hex[:12]


class Document(models.Model):
    class Kind(models.TextChoices):
        SOURCE = "source", _("text of an appeal")
        RESPONSE = "response", _("response")
        OFFICIAL_ACT = "official_act", _("official act")
        COURT_DECISION = "court_decision", _("court decision")
        NEWS = "news", _("news report")
        STATEMENT = "statement", _("statement of an organisation or person")
        DISPATCH = "dispatch", _("proof of dispatch or delivery")
        NOTE = "note", _("our own note")

    class Reliability(models.TextChoices):
        HIGH = "high", _("highly reliable")
        LIKELY = "likely", _("likely reliable")
        UNSURE = "unsure", _("unsure")
        UNLIKELY = "unlikely", _("likely unreliable")
        UNRELIABLE = "unreliable", _("highly unreliable")
        UNKNOWN = "unknown", _("unknown")

    class Verification(models.TextChoices):
        UNVERIFIED = "unverified", _("unverified")
        CORROBORATED = "corroborated", _("corroborated")
        CONTRADICTED = "contradicted", _("contradicted")
        OFFICIAL = "official", _("official")

    code = models.SlugField(_("code"), max_length=80, unique=True, default=new_code)
    cases = models.ManyToManyField(Case, related_name="documents", verbose_name=_("cases"))
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    publisher = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Who wrote or published it.")
    )
    url = models.URLField(_("address"), max_length=700, blank=True)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    obtained_on = models.DateField(_("obtained on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Exactly as in the original."))
    file = models.FileField(_("file"), upload_to=stored_name, blank=True, max_length=200)
    filename = models.CharField(_("file name"), max_length=200, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    risks = models.JSONField(
        _("what the file could do"),
        null=True,
        default=None,
        editable=False,
        help_text=_("Codes; empty where nothing was found, and not known for older files."),
    )
    reliability = models.CharField(
        _("reliability"), max_length=12, choices=Reliability, default=Reliability.UNKNOWN
    )
    verification = models.CharField(
        _("verification"), max_length=12, choices=Verification, default=Verification.UNVERIFIED
    )
    by_authority = models.BooleanField(
        _("the authority's own words"),
        default=False,
        help_text=_("An authority's claim alone does not prove that it acted."),
    )
    provenance = models.TextField(_("how it reached us"), blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    # Too long to be kept twice: its digest tells that it changed.
    not_recorded = ("text",)

    objects = DocumentManager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    def save(self, *args, **kwargs) -> None:
        # That of a file is of its bytes, taken while it came in.
        if self.text and not self.file:
            self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        super().save(*args, **kwargs)

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    natural_key.dependencies = ["tracker.case"]


class OfDocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(document__in=Document.objects.visible_to(user))


class DatedFact(models.Model):
    """One thing a document says happened, on a day as exact as the document gives it."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="facts", verbose_name=_("document")
    )
    happened_on = models.DateField(_("happened on"))
    precision = models.CharField(
        _("exact to the"), max_length=5, choices=Precision, default=Precision.DAY
    )
    statement = models.TextField(_("what it says"))
    start = models.PositiveIntegerField(_("first character"), null=True, blank=True)
    end = models.PositiveIntegerField(_("after the last character"), null=True, blank=True)

    objects = models.Manager.from_queryset(OfDocumentQuerySet)()

    class Meta:
        verbose_name = _("dated fact")
        verbose_name_plural = _("dated facts")

    def __str__(self) -> str:
        return f"{self.happened_on}: {self.statement[:60]}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user):
        """A row names its document, which has a gate of its own."""
        return self.filter(
            document__in=Document.objects.visible_to(user),
            demand__case__in=Case.objects.visible_to(user),
        )

    def unassessed(self):
        """Noted for a demand, and not yet weighed in any change of its status."""
        return self.filter(status_change__isnull=True, proposal__isnull=True)


class Evidence(models.Model):
    """What one document says about one demand; conflicting rows stand side by side."""

    class Stance(models.TextChoices):
        SUPPORTS = "supports", _("supports the status")
        CONTRADICTS = "contradicts", _("contradicts the status")
        CONTEXT = "context", _("background")

    demand = models.ForeignKey(
        Demand, models.PROTECT, related_name="evidence", verbose_name=_("demand")
    )
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="evidence", verbose_name=_("document")
    )
    status_change = models.ForeignKey(
        StatusChange,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("change of status"),
        help_text=_("Empty while nobody has weighed it."),
    )
    proposal = models.ForeignKey(
        "tracker.StatusProposal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        editable=False,
    )
    stance = models.CharField(_("stance"), max_length=12, choices=Stance, default=Stance.SUPPORTS)
    claim = models.TextField(_("what it says"), help_text=_("In your own words, one sentence."))
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    precision = models.CharField(
        _("exact to the"), max_length=5, choices=Precision, default=Precision.DAY
    )
    confidence = models.CharField(_("confidence"), max_length=12, choices=Confidence)
    caused_by_appeal = models.BooleanField(
        _("a source credits the appeal"),
        default=False,
        help_text=_("An event after a demand is not yet an outcome of it."),
    )

    objects = models.Manager.from_queryset(EvidenceQuerySet)()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "document", "claim"], name="one_claim_of_a_document_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand}: {self.claim[:60]}"
