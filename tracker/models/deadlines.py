"""Clocks: the dates that follow from a rule, and those we set ourselves.

"Overdue" is never stored; it is asked with a day: `Deadline.objects.overdue(on=...)`.
"""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tracker.models.authorities import Addressee
from tracker.models.cases import Case, OfCaseQuerySet
from tracker.models.deadline_kinds import (
    BY_LAW,
    KIND_FACTS,
    SILENT_WHEN_LATE,
    DeadlineKind,
    KindFacts,
)
from tracker.models.demands import Demand
from tracker.models.documents import Document
from tracker.models.rules import Anchor, ResponseRule


class DeadlineQuerySet(OfCaseQuerySet):
    def open(self):
        return self.filter(state=Deadline.State.OPEN)

    def running(self):
        """Open, or paused for a while."""
        return self.filter(state__in=[Deadline.State.OPEN, Deadline.State.PAUSED])

    def by_law(self):
        return self.filter(kind__in=BY_LAW)

    def legal_of(self, addressee):
        """The open legal deadlines of one addressee, the nearest first; none of nobody."""
        found = self.open().by_law().filter(addressee=addressee)
        return found.exclude(addressee=None).order_by("due_on", "pk")

    def overdue(self, on: datetime.date):
        """Legal deadlines whose latest reading has passed; no other kind can be overdue."""
        return self.open().by_law().filter(overdue_after__lt=on)

    def unanswered(self, on: datetime.date):
        """Overdue where that is silence; to register late is not."""
        return self.overdue(on).filter(kind__in=SILENT_WHEN_LATE)

    def standing_between(self, first: datetime.date, last: datetime.date, on: datetime.date):
        """Open dates that stand on a day of this span: see `Deadline.stands_on`."""
        return self.open().with_standing_day(on).filter(standing_day__range=(first, last))

    def with_standing_day(self, on: datetime.date):
        """Adds `standing_day`, which is `Deadline.stands_on` in a query."""
        strict_passed = Q(kind__in=BY_LAW, due_on__lt=on)
        return self.annotate(
            standing_day=models.Case(
                models.When(strict_passed, then=F("overdue_after")), default=F("due_on")
            )
        )

    def ended_late(self):
        """Legal deadlines closed after their latest reading had passed."""
        return self.by_law().filter(state=Deadline.State.CLOSED, ended_on__gt=F("overdue_after"))

    def for_today(self, on: datetime.date):
        """Due on this day, or between the two readings of a law: see `Deadline.is_for_today`."""
        return self.open().filter(
            Q(due_on=on) | Q(kind__in=BY_LAW, due_on__lt=on, overdue_after__gte=on)
        )

    def due_soon(self, days: int, on: datetime.date):
        """Due from `on` itself up to `days` days after it."""
        return self.standing_between(on, on + datetime.timedelta(days=days), on)

    def passed(self, on: datetime.date):
        """Dates of ours (not of law) that are behind us and still open."""
        return self.open().exclude(kind__in=BY_LAW).filter(due_on__lt=on)

    def of_person(self, user):
        """What this person answers for: named, or as lead where nobody is named."""
        return self.filter(Q(owner=user) | Q(owner__isnull=True, case__lead=user))


class Deadline(models.Model):
    """One date somebody must keep, with the arithmetic that led to it.

    `due_on` is the strict reading and `overdue_after` the latest; both are the last days in
    time, in the calendar of the addressee's country. `generation` counts restarts: what was
    planned for an older one no longer holds.
    """

    Kind = DeadlineKind

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines", verbose_name=_("case"))
    addressee = models.ForeignKey(
        Addressee,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deadlines",
        verbose_name=_("addressee"),
    )
    demand = models.ForeignKey(
        Demand,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deadlines",
        verbose_name=_("demand"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(
        _("title"), max_length=200, help_text=_("Neutral words: it stands in e-mails.")
    )
    rule = models.ForeignKey(
        ResponseRule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deadlines",
        verbose_name=_("rule version"),
    )
    anchor = models.CharField(_("runs from"), max_length=16, choices=Anchor, blank=True)
    anchor_on = models.DateField(_("runs from the day"), null=True, blank=True)
    due_on = models.DateField(_("due on"))
    overdue_after = models.DateField(_("latest reading"))
    provisional = models.BooleanField(
        _("provisional"), default=False, help_text=_("A feast in between is only estimated.")
    )
    explanation = models.JSONField(_("explanation"), default=dict, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deadlines",
        verbose_name=_("owner"),
        help_text=_("Who is reminded; the case's lead where empty."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    ended_on = models.DateField(_("ended on"), null=True, blank=True, editable=False)
    generation = models.PositiveIntegerField(_("generation"), default=1, editable=False)
    paused_on = models.DateField(_("paused on"), null=True, blank=True, editable=False)
    days_left = models.PositiveIntegerField(
        _("days left at the pause"), null=True, blank=True, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("set by"),
    )
    created_at = models.DateTimeField(_("set at"), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Long, and each DeadlineChange says what it was made of.
    not_recorded = ("explanation",)

    objects = models.Manager.from_queryset(DeadlineQuerySet)()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes = [models.Index(fields=["state", "due_on"], name="deadline_by_state_and_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(overdue_after__gte=F("due_on")),
                name="latest_reading_not_before_strict",
            ),
            models.CheckConstraint(
                condition=Q(anchor_on__isnull=True) | Q(due_on__gte=F("anchor_on")),
                name="deadline_not_before_its_anchor",
                violation_error_message=_("A deadline cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=BY_LAW)
                | Q(rule__isnull=False, anchor_on__isnull=False) & ~Q(anchor=""),
                name="legal_deadline_has_rule_and_anchor",
                violation_error_message=_("A legal deadline needs its rule and its first day."),
            ),
            models.CheckConstraint(
                condition=Q(state="paused", paused_on__isnull=False, days_left__isnull=False)
                | ~Q(state="paused") & Q(paused_on__isnull=True, days_left__isnull=True),
                name="paused_deadline_keeps_its_days",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "cancelled"], ended_on__isnull=False)
                | Q(state__in=["open", "paused"], ended_on__isnull=True),
                name="ended_deadline_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.title}, {self.case.reference}"

    @property
    def facts(self) -> KindFacts:
        return KIND_FACTS[self.kind]

    @property
    def by_law(self) -> bool:
        return self.facts.by_law

    def stands_on(self, on: datetime.date) -> datetime.date:
        """The day to look at as of `on`: the last legal day once the strict reading has passed."""
        if self.by_law and self.due_on < on:
            return self.overdue_after
        return self.due_on

    def is_for_today(self, on: datetime.date) -> bool:
        """Due today; between the two readings of a law every day is the day."""
        return self.due_on <= on <= self.stands_on(on)

    @property
    def ended_late(self) -> bool:
        """Closed only after its latest reading had passed."""
        return (
            self.by_law
            and self.state == self.State.CLOSED
            and self.ended_on is not None
            and self.ended_on > self.overdue_after
        )

    def is_overdue(self, on: datetime.date) -> bool:
        return self.state == self.State.OPEN and self.by_law and self.overdue_after < on

    def is_unanswered(self, on: datetime.date) -> bool:
        """Overdue where that is silence."""
        return self.facts.silent_when_late and self.is_overdue(on)


class DeadlineChange(models.Model):
    """One event in the life of a deadline. Rows are added and never altered or removed.

    The columns from `until` to `cause` are what later computations read; `before` and `after` are
    for display alone.
    """

    class Kind(models.TextChoices):
        STARTED = "started", _("started")
        EXTENDED = "extended", _("extended")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("resumed")
        FORWARDED = "forwarded", _("forwarded")
        CORRECTED = "corrected", _("corrected")
        RECOMPUTED = "recomputed", _("recomputed")
        ASSIGNED = "assigned", _("given to somebody else")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")
        REOPENED = "reopened", _("reopened")

    class Cause(models.TextChoices):
        """Why the program itself ended a deadline, which then runs again by itself."""

        OUT_OF_STEP = "out_of_step", _("its rule or its day was taken back")
        REGISTERED = "registered", _("registered")

    ENDS = (Kind.CLOSED, Kind.CANCELLED, Kind.FORWARDED)

    deadline = models.ForeignKey(
        Deadline, models.PROTECT, related_name="changes", verbose_name=_("deadline")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    reason = models.TextField(_("reason"), blank=True)
    norm = models.CharField(_("norm"), max_length=300, blank=True)
    notice = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("notice"),
    )
    beyond_rule = models.BooleanField(_("more than the rule allows"), default=False)
    until = models.DateField(
        _("extended until"),
        null=True,
        blank=True,
        help_text=_("Of an extension; empty where it takes the earlier ones back."),
    )
    allowed_until = models.DateField(_("allowed until"), null=True, blank=True)
    paused_on = models.DateField(
        _("paused on"),
        null=True,
        blank=True,
        help_text=_("Of a pause, of its end, and of a deadline that ended while paused."),
    )
    days_left = models.PositiveIntegerField(_("days left at the pause"), null=True, blank=True)
    resumed_on = models.DateField(_("resumed on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class QuerySet(models.QuerySet["DeadlineChange"]):
        def visible_to(self, user):
            return self.filter(deadline__case__in=Case.objects.visible_to(user))

    objects = models.Manager.from_queryset(QuerySet)()

    class Meta:
        verbose_name = _("change of a deadline")
        verbose_name_plural = _("changes of deadlines")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="extended") | Q(until__isnull=True, allowed_until__isnull=True),
                name="only_an_extension_has_its_last_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="paused", paused_on__isnull=False, days_left__isnull=False)
                | ~Q(kind="paused"),
                name="pause_keeps_its_days",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="resumed",
                    paused_on__isnull=False,
                    resumed_on__isnull=False,
                    resumed_on__gte=F("paused_on"),
                )
                | ~Q(kind="resumed") & Q(resumed_on__isnull=True),
                name="resumption_has_its_pause",
            ),
            models.CheckConstraint(
                condition=Q(paused_on__isnull=True, days_left__isnull=True)
                | Q(kind="resumed", days_left__isnull=True)
                | Q(
                    kind__in=["paused", "closed", "cancelled", "forwarded"],
                    paused_on__isnull=False,
                    days_left__isnull=False,
                ),
                name="only_a_pause_leaves_days",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["closed", "cancelled", "forwarded"],
                    ended_on__isnull=False,
                    cause__in=["", "out_of_step", "registered"],
                )
                | ~Q(kind__in=["closed", "cancelled", "forwarded"])
                & Q(ended_on__isnull=True, cause=""),
                name="end_has_its_day_and_nothing_else_a_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.deadline}"
