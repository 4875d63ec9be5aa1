"""Demands, and the append-only record of what became of each (`statuses.py` has the table)."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.authorities import Addressee
from tracker.models.cases import Case, NumberedInCaseManager, OfCaseQuerySet
from tracker.models.statuses import STATUS_FACTS, TERMINAL, Extent, Status, StatusFacts


class DemandQuerySet(OfCaseQuerySet):
    def open(self):
        return self.exclude(status__in=TERMINAL)

    def of_person(self, user):
        """What this person follows: named, or as lead where nobody is named."""
        return self.filter(Q(owner=user) | Q(owner__isnull=True, case__lead=user))

    def waiting_for_grades(self):
        """An answer of one of its addressees has come and nobody has weighed it for this demand."""
        graded = self.model.objects.filter(
            grades__response=models.OuterRef("actions__response"), pk=models.OuterRef("demands")
        )
        answered = Addressee.objects.filter(
            ~models.Exists(graded), actions__response__isnull=False, demands__isnull=False
        )
        return self.filter(pk__in=answered.values("demands"))

    def with_source_count(self):
        """Adds `source_count`: documents weighed as support of the present status."""
        # A source noted and not weighed yet says nothing about the status.
        weighed = Q(
            evidence__stance="supports", evidence__status_change__to_status=models.F("status")
        )
        return self.annotate(
            source_count=models.Count("evidence__document", filter=weighed, distinct=True)
        )

    def review_due(self, on: datetime.date):
        return self.open().filter(review_on__lte=on)

    def without_next_date(self, on: datetime.date):
        """Open demands of running cases with no review day ahead and no open deadline ahead.

        A deadline of the whole case or of one of its addressees counts for each demand.
        """
        ahead = Q(case__deadlines__state="open", case__deadlines__overdue_after__gte=on)
        dated = self.model.objects.filter(
            ahead
            & (Q(case__deadlines__demand=models.F("pk")) | Q(case__deadlines__demand__isnull=True))
        ).values("pk")
        return self.open().in_running_cases().exclude(review_on__gte=on).exclude(pk__in=dated)


class DemandManager(NumberedInCaseManager.from_queryset(DemandQuerySet)):
    pass


class Demand(models.Model):
    """One thing asked. Its status is the last `StatusChange`, kept here for lists."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("individual measure")
        GENERAL = "general", _("general measure")
        PROCEDURAL = "procedural", _("procedural")

    class Basis(models.TextChoices):
        EXPLICIT = "explicit", _("stated")
        IMPLIED = "implied", _("implied, in our reading")

    case = models.ForeignKey(Case, models.CASCADE, related_name="demands", verbose_name=_("case"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("text"), help_text=_("Word for word from the appeal."))
    start = models.PositiveIntegerField(
        _("first character"), null=True, blank=True, help_text=_("Place in the source text.")
    )
    end = models.PositiveIntegerField(_("after the last character"), null=True, blank=True)
    heading = models.CharField(
        _("in short"), max_length=160, blank=True, help_text=_("For lists; ours, not the text's.")
    )
    basis = models.CharField(
        _("basis"),
        max_length=10,
        choices=Basis,
        default=Basis.EXPLICIT,
        help_text=_("Implied: the text expects it without asking in so many words."),
    )
    kind = models.CharField(_("type"), max_length=12, choices=Kind, default=Kind.GENERAL)
    addressees = models.ManyToManyField(
        Addressee,
        blank=True,
        related_name="demands",
        verbose_name=_("addressees"),
        help_text=_("Who can carry it out."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="demands",
        verbose_name=_("owner"),
        help_text=_("Follows this demand; the case's lead where empty."),
    )
    met_when = models.TextField(
        _("met when"), blank=True, help_text=_("What would count as implemented, said beforehand.")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.AWAITING, editable=False
    )
    extent = models.CharField(
        _("extent"), max_length=12, choices=Extent, blank=True, editable=False
    )
    status_on = models.DateField(
        _("status since"), null=True, blank=True, editable=False, help_text=_("Day of the event.")
    )
    status_seq = models.PositiveIntegerField(default=0, editable=False)
    review_on = models.DateField(
        _("review on"), null=True, blank=True, help_text=_("When to look at it again.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DemandManager()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_demand_per_number"),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__isnull=False, end__gt=models.F("start")),
                name="demand_place_is_a_range",
                violation_error_message=_("The place in the text must be a range."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="demand_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.reference} {self.number}. {self.short}"

    def natural_key(self) -> tuple[str, int]:
        return (*self.case.natural_key(), self.number)

    natural_key.dependencies = ["tracker.case", "tracker.addressee"]

    @property
    def short(self) -> str:
        return self.heading or (self.text if len(self.text) <= 120 else f"{self.text[:117]}...")

    @property
    def facts(self) -> StatusFacts:
        return STATUS_FACTS[self.status]


class ChangeFields(models.Model):
    """What a change of status says, proposed or made."""

    from_status = models.CharField(_("from"), max_length=20, choices=Status)
    to_status = models.CharField(_("to"), max_length=20, choices=Status)
    extent = models.CharField(_("extent"), max_length=12, choices=Extent, blank=True)
    happened_on = models.DateField(
        _("date"), help_text=_("When it happened, not when it was entered.")
    )
    reason = models.TextField(_("reason"), help_text=_("One sentence a colleague understands."))
    missing = models.TextField(_("what is missing"), blank=True)

    class Meta:
        abstract = True


class OfDemandQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(demand__case__in=Case.objects.visible_to(user))


class StatusChangeManager(models.Manager.from_queryset(OfDemandQuerySet)):
    def get_by_natural_key(self, reference: str, number: int, seq: int) -> "StatusChange":
        return self.get(demand__case__reference=reference, demand__number=number, seq=seq)


class StatusChange(ChangeFields):
    """One step in the life of a demand. Rows are added and never altered or removed.

    `seq` counts from 1 within the demand. Two people who answer the same state both aim at the
    same `seq`, and the unique constraint lets the database refuse the second.
    """

    demand = models.ForeignKey(
        Demand, models.PROTECT, related_name="changes", verbose_name=_("demand")
    )
    seq = models.PositiveIntegerField(_("step"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="status_changes",
        verbose_name=_("by"),
        help_text=_("Empty when it came with the loaded documents."),
    )
    at = models.DateTimeField(_("entered at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
        help_text=_("The mistaken step this one replaces."),
    )

    objects = StatusChangeManager()

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        constraints = [
            models.UniqueConstraint(fields=["demand", "seq"], name="one_change_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.demand.case.reference} {self.demand.number}: {self.get_to_status_display()}"

    def natural_key(self) -> tuple[str, int, int]:
        return (*self.demand.natural_key(), self.seq)

    natural_key.dependencies = ["tracker.demand"]


class StatusProposalQuerySet(OfDemandQuerySet):
    def waiting(self):
        return self.filter(decision=StatusProposal.Decision.WAITING)


class StatusProposal(ChangeFields):
    """A change that waits for a second person."""

    class Decision(models.TextChoices):
        WAITING = "", _("waiting")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn by its author")

    demand = models.ForeignKey(
        Demand, models.PROTECT, related_name="proposals", verbose_name=_("demand")
    )
    seq = models.PositiveIntegerField(_("step it would be"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    at = models.DateTimeField(_("proposed at"))
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision, blank=True, default=Decision.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.TextField(_("why"), blank=True)

    objects = models.Manager.from_queryset(StatusProposalQuerySet)()

    class Meta:
        verbose_name = _("proposed change of status")
        verbose_name_plural = _("proposed changes of status")
        constraints = [
            models.UniqueConstraint(
                fields=["demand"], condition=Q(decision=""), name="one_waiting_proposal"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(decision="")
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & (
                    Q(decision="withdrawn", decided_by=models.F("by"))
                    | ~Q(decision="withdrawn") & ~Q(decided_by=models.F("by"))
                ),
                name="proposal_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand.case.reference} {self.demand.number}: {self.get_to_status_display()}?"
