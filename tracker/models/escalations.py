"""What can follow when an answer does not come or is a refusal: a ladder of steps, as data.

A step is proposed by `reports/escalations.py` and taken or declined by a person, never by itself.
"""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.dates.periods import add_months
from tracker.models.authorities import Authority, Jurisdiction
from tracker.models.cases import Case
from tracker.models.correspondence import Action
from tracker.models.deadlines import Deadline


class EscalationStepQuerySet(models.QuerySet["EscalationStep"]):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_active else self.none()


class EscalationStepManager(models.Manager.from_queryset(EscalationStepQuerySet)):
    def get_by_natural_key(self, code: str) -> "EscalationStep":
        return self.get(code=code)


class EscalationStep(models.Model):
    """One of a jurisdiction's next steps, in order; the empty jurisdiction serves everybody."""

    class OpenedBy(models.TextChoices):
        SILENCE = "silence", _("silence")
        REFUSAL = "refusal", _("a refusal")
        BOTH = "both", _("silence or a refusal")

    class WindowUnit(models.TextChoices):
        CALENDAR_DAY = "calendar_day", _("calendar days")
        MONTH = "month", _("months")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, choices=Jurisdiction, blank=True
    )
    number = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=200, help_text=_("Neutral: stands in e-mails."))
    advice = models.TextField(_("what to do"), help_text=_("Two sentences for the officer."))
    opened_by = models.CharField(_("opened by"), max_length=8, choices=OpenedBy)
    forum = models.ForeignKey(
        Authority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("where it goes"),
        help_text=_("Empty: back to the same addressee."),
    )
    logged_as = models.CharField(_("logged as"), max_length=30, choices=Action.Kind)
    window = models.PositiveSmallIntegerField(
        _("open for"), null=True, blank=True, help_text=_("Empty: no limit is known.")
    )
    window_unit = models.CharField(_("unit"), max_length=12, choices=WindowUnit, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    source_note = models.TextField(_("what the source shows"), blank=True)

    objects = EscalationStepManager()

    class Meta:
        verbose_name = _("next step")
        verbose_name_plural = _("next steps")
        constraints = [
            models.CheckConstraint(
                condition=Q(window__isnull=True, window_unit="")
                | Q(window__gte=1) & ~Q(window_unit=""),
                name="step_window_has_number_and_unit",
                violation_error_message=_("Give both the number and the unit, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    natural_key.dependencies = ["tracker.authority"]

    def open_until(self, opened_on: datetime.date) -> datetime.date | None:
        """The last day of the step's window, counted from the day after it opened."""
        if self.window is None:
            return None
        if self.window_unit == self.WindowUnit.MONTH:
            return add_months(opened_on, self.window)
        return opened_on + datetime.timedelta(days=self.window)


class EscalationChoiceQuerySet(models.QuerySet["EscalationChoice"]):
    def visible_to(self, user):
        return self.filter(deadline__case__in=Case.objects.visible_to(user))


class EscalationChoice(models.Model):
    """What a person decided about a proposed step, once per run-out clock."""

    class Decision(models.TextChoices):
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("not now")

    deadline = models.ForeignKey(
        Deadline, models.PROTECT, related_name="choices", verbose_name=_("deadline")
    )
    step = models.ForeignKey(
        EscalationStep, models.PROTECT, related_name="choices", verbose_name=_("step")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    own_date = models.ForeignKey(
        Deadline,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opened_by_choice",
        verbose_name=_("our date"),
    )
    reason = models.TextField(_("why"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    objects = models.Manager.from_queryset(EscalationChoiceQuerySet)()

    class Meta:
        verbose_name = _("decision about a next step")
        verbose_name_plural = _("decisions about next steps")
        constraints = [
            models.UniqueConstraint(fields=["deadline", "step"], name="each_step_decided_once"),
            models.CheckConstraint(
                condition=Q(decision="taken", own_date__isnull=False)
                | Q(decision="declined", own_date__isnull=True),
                name="taken_step_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step.code} {self.get_decision_display()}"
