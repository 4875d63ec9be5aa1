"""Breaking the glass: somebody outside the team reads one restricted case for a few hours."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    def visible_to(self, user):
        """Whoever is on the team: it is their case. The others know of their own by its end."""
        if not (user.is_authenticated and user.is_active) or user.travelling:
            return self.none()
        return self.filter(case__memberships__user=user)

    def running(self, at: datetime.datetime):
        return self.filter(ended_at=None, at__lte=at, ends_at__gt=at)


class EmergencyAccess(models.Model):
    """To read alone, and on the pages alone: see `User.read_in_an_emergency`."""

    case = models.ForeignKey(
        "tracker.Case",
        models.PROTECT,
        related_name="emergency_accesses",
        verbose_name=_("case"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="emergency_accesses",
        verbose_name=_("person"),
    )
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("opened at"))
    ends_at = models.DateTimeField(_("ends at"))
    ended_at = models.DateTimeField(_("ended before at"), null=True, blank=True)

    objects = models.Manager.from_queryset(EmergencyAccessQuerySet)()

    class Meta:
        verbose_name = _("opening in an emergency")
        verbose_name_plural = _("openings in an emergency")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("at")), name="emergency_access_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user.name}"
