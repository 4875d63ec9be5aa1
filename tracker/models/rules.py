"""The rules of law that give a time to answer, and the calendar's exceptions."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.dates.calendars import Override
from tracker.models.authorities import Jurisdiction


class Unit(models.TextChoices):
    CALENDAR_DAY = "calendar_day", _("calendar days")
    WORKING_DAY = "working_day", _("working days")
    MONTH = "month", _("months")


class Anchor(models.TextChoices):
    """What starts a clock."""

    DATED = "dated", _("dated")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    RECEIVED = "received", _("received")
    REGISTERED = "registered", _("registered")
    PREVIOUS_REPLY = "previous_reply", _("end of the previous period or reply")


class ResponseRuleQuerySet(models.QuerySet["ResponseRule"]):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_active else self.none()

    def applicable(self):
        """Versions that may start a clock: not dormant, and in force since a known day.

        A version without an effective date never applies by itself, whatever its number says.
        """
        return self.exclude(standing=ResponseRule.Standing.DORMANT).filter(
            effective_from__isnull=False
        )

    def in_force(self, code: str, on: datetime.date):
        """The versions of one rule in force on a day, the newest first."""
        return (
            self.applicable()
            .filter(code=code, effective_from__lte=on)
            .filter(Q(effective_to__isnull=True) | Q(effective_to__gte=on))
            .order_by("-version", "pk")
        )


class ResponseRuleManager(models.Manager.from_queryset(ResponseRuleQuerySet)):
    def get_by_natural_key(self, code: str, version: int) -> "ResponseRule":
        return self.get(code=code, version=version)


class ResponseRule(models.Model):
    """One version of one rule that gives an addressee a time to answer."""

    class FirstDay(models.TextChoices):
        EXCLUDED = "excluded", _("starts the day after")
        COUNTED = "counted", _("the day itself counts")
        TWO_READINGS = "two_readings", _("both readings are held")

    class Roll(models.TextChoices):
        NONE = "none", _("stays where it falls")
        FORWARD = "forward", _("moves to the next working day")

    class Standing(models.TextChoices):
        LAW = "law", _("law")
        SOFT = "soft", _("soft rule")
        PRACTICE = "practice", _("practice")
        ASSUMPTION = "assumption", _("assumption")
        DORMANT = "dormant", _("dormant, never applied by itself")

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    jurisdiction = models.CharField(
        _("calendar of"), max_length=2, choices=Jurisdiction, blank=True
    )
    norm = models.CharField(_("norm"), max_length=300, help_text=_("The law by number and date."))
    article = models.CharField(_("article"), max_length=120, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    source_note = models.TextField(_("what the source shows"), blank=True)
    quantity = models.PositiveSmallIntegerField(_("period"))
    unit = models.CharField(_("unit"), max_length=12, choices=Unit)
    anchor = models.CharField(_("runs from"), max_length=16, choices=Anchor)
    first_day = models.CharField(_("first day"), max_length=14, choices=FirstDay)
    roll = models.CharField(_("last day not worked"), max_length=8, choices=Roll)
    registration = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registration step"),
        help_text=_("The rule that says by when an appeal received must be registered."),
    )
    extension_quantity = models.PositiveSmallIntegerField(
        _("extension allowed"), null=True, blank=True
    )
    extension_unit = models.CharField(
        _("unit of the extension"), max_length=12, choices=Unit, blank=True
    )
    extension_note = models.TextField(_("conditions of the extension"), blank=True)
    standing = models.CharField(_("standing"), max_length=12, choices=Standing)
    effective_from = models.DateField(
        _("in force from"),
        null=True,
        blank=True,
        help_text=_("The first day it is known to apply. Without it the rule never applies."),
    )
    effective_to = models.DateField(_("in force to"), null=True, blank=True)
    verified_by = models.CharField(
        _("verified by"), max_length=120, blank=True, help_text=_("Who read the text of the law.")
    )
    verified_on = models.DateField(_("verified on"), null=True, blank=True)

    objects = ResponseRuleManager()

    class Meta:
        verbose_name = _("response rule")
        verbose_name_plural = _("response rules")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_rule_per_version"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True)
                | Q(effective_from__isnull=False, effective_to__gte=models.F("effective_from")),
                name="rule_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="rule_period_is_positive",
                violation_error_message=_("The period must be at least 1."),
            ),
            models.CheckConstraint(
                condition=Q(verified_by="", verified_on__isnull=True)
                | ~Q(verified_by="") & Q(verified_on__isnull=False),
                name="rule_verified_by_somebody_on_a_day",
                violation_error_message=_("Give both who verified it and when, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}: {self.name}"

    def natural_key(self) -> tuple[str, int]:
        return (self.code, self.version)

    @property
    def verified(self) -> bool:
        return self.verified_on is not None

    def applies_on(self, on: datetime.date) -> bool:
        """One version's answer to `ResponseRule.objects.in_force`."""
        return (
            self.standing != self.Standing.DORMANT
            and self.effective_from is not None
            and self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
        )


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_active else self.none()


class CalendarDayManager(models.Manager.from_queryset(CalendarDayQuerySet)):
    def get_by_natural_key(self, jurisdiction: str, day: str) -> "CalendarDay":
        return self.get(jurisdiction=jurisdiction, day=day)


class CalendarDay(models.Model):
    """A day the published calendar has wrong or not yet: governments move days late."""

    class Kind(models.TextChoices):
        OFF = "off", _("day off")
        WORKED = "worked", _("worked")

    class Scope(models.TextChoices):
        PUBLIC = "public", _("public bodies")
        ALL = "all", _("everybody")

    jurisdiction = models.CharField(_("calendar of"), max_length=2, choices=Jurisdiction)
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    scope = models.CharField(_("for"), max_length=6, choices=Scope, default=Scope.PUBLIC)
    reason = models.CharField(_("reason"), max_length=200)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)

    objects = CalendarDayManager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day"],
                name="one_entry_per_day",
                violation_error_message=_(
                    "This day is entered in this calendar already. Change that entry instead."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.day} {self.get_kind_display()}"

    def natural_key(self) -> tuple[str, str]:
        return (self.jurisdiction, str(self.day))

    def as_override(self) -> Override:
        """The row as the arithmetic takes it."""
        return Override(
            day=self.day,
            off=self.kind == self.Kind.OFF,
            source=self.source_url,
            name=self.reason,
            public_only=self.scope == self.Scope.PUBLIC,
        )
