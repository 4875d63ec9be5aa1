"""Years of a calendar that a person has checked against what was published."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.models.authorities import Jurisdiction


class CalendarYearQuerySet(models.QuerySet["CalendarYear"]):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_active else self.none()


class CalendarYear(models.Model):
    """ "The days off of this year are decided and entered": dates in it are provisional no more."""

    jurisdiction = models.CharField(_("calendar of"), max_length=2, choices=Jurisdiction)
    year = models.PositiveSmallIntegerField(_("year"))
    source_url = models.URLField(
        _("address of the source"),
        max_length=500,
        blank=True,
        help_text=_("Where the days off of this year were published."),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))

    objects = models.Manager.from_queryset(CalendarYearQuerySet)()

    class Meta:
        verbose_name = _("confirmed year")
        verbose_name_plural = _("confirmed years")
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "year"], name="year_confirmed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.year}"
