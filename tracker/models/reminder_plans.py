"""When to remind: a plan per kind of deadline, and per case where it has one of its own."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case
from tracker.models.deadlines import Deadline

LONGEST_NOTICE = 365  # days before a deadline
LONGEST_INTERVAL = 365  # days between two repeats
MOST_REPEATS = 100


def default_days_before() -> list[int]:
    return [14, 7, 3, 1, 0]


def whole_days(days: object) -> None:
    """Raise ValidationError unless it is a list of whole days up to LONGEST_NOTICE."""
    if not isinstance(days, list) or not all(
        type(day) is int and 0 <= day <= LONGEST_NOTICE for day in days
    ):
        raise ValidationError(
            _("Write whole days from 0 to 365, for example 14, 7, 3, 1, 0."), code="days"
        )


class OfPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(Q(case__isnull=True) | Q(case__in=Case.objects.visible_to(user)))


class ReminderPlanManager(models.Manager.from_queryset(OfPlanQuerySet)):
    def get_by_natural_key(self, reference: str, kind: str) -> "ReminderPlan":
        """With an empty reference the plan of every case that has none of its own."""
        plans = self.filter(case__reference=reference) if reference else self.filter(case=None)
        return plans.get(kind=kind)


class ReminderPlan(models.Model):
    """When to remind, for a kind of deadline; a case may have its own."""

    case = models.ForeignKey(
        Case,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="reminder_plans",
        verbose_name=_("case"),
        help_text=_("Empty: for every case without a plan of its own."),
    )
    kind = models.CharField(_("for deadlines of kind"), max_length=20, choices=Deadline.Kind)
    days_before = models.JSONField(
        _("days before"),
        default=default_days_before,
        validators=[whole_days],
        help_text=_("A list such as [14, 7, 3, 1, 0]; 0 is the day itself."),
    )
    repeat_every = models.PositiveSmallIntegerField(
        _("then every ... days"),
        default=7,
        validators=[
            MaxValueValidator(LONGEST_INTERVAL, _("Choose 365 days at the most; 0 means never."))
        ],
        help_text=_("While the clock has run out; 0: never."),
    )
    repeat_at_most = models.PositiveSmallIntegerField(
        _("at most ... times"),
        default=8,
        validators=[MaxValueValidator(MOST_REPEATS, _("Repeat it 100 times at the most."))],
    )
    second_person_after = models.PositiveSmallIntegerField(
        _("second person from repeat"),
        default=2,
        validators=[MaxValueValidator(MOST_REPEATS, _("Choose 100 at the most; 0 means never."))],
        help_text=_("From this repeat on the lead, then a coordinator, is told too; 0: never."),
    )

    objects = ReminderPlanManager()

    class Meta:
        verbose_name = _("reminder plan")
        verbose_name_plural = _("reminder plans")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(case__isnull=False),
                name="one_plan_per_case_and_kind",
                violation_error_message=_("This case has a plan of this kind already. Edit it."),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(case__isnull=True),
                name="one_common_plan_per_kind",
                violation_error_message=_(
                    "There is a common plan of this kind already. Edit it, or choose a case."
                ),
            ),
        ]

    def __str__(self) -> str:
        listed = isinstance(self.days_before, list)
        days = ", ".join(map(str, self.days_before)) if listed else self.days_before
        return f"{self.get_kind_display()}: {days}"

    def natural_key(self) -> tuple[str, str]:
        return (self.case.reference if self.case else "", self.kind)

    natural_key.dependencies = ["tracker.case"]
