"""Moving open deadlines after a rule or the calendar changed: asked for once, done in steps."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.authorities import Jurisdiction


class RecomputationQuerySet(models.QuerySet["Recomputation"]):
    def visible_to(self, user):
        """Counts only, of no case in particular: for whoever works here."""
        return self if user.is_authenticated and user.works else self.none()

    def unfinished(self):
        return self.filter(state__in=[Recomputation.State.WAITING, Recomputation.State.RUNNING])


class Recomputation(models.Model):
    """One confirmed "move them". `last_pk` is how far it got, so that a killed worker's work
    is taken up where it stopped."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    rule_code = models.CharField(_("rule"), max_length=60, blank=True)
    jurisdiction = models.CharField(
        _("calendar of"), max_length=2, choices=Jurisdiction, blank=True
    )
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    requested_at = models.DateTimeField(_("confirmed at"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(_("deadlines"), default=0)
    done = models.PositiveIntegerField(_("looked at"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    problems = models.JSONField(_("could not be counted"), default=list)
    last_pk = models.BigIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = models.Manager.from_queryset(RecomputationQuerySet)()

    class Meta:
        verbose_name = _("recomputation")
        verbose_name_plural = _("recomputations")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["waiting", "running"], finished_at__isnull=True),
                name="finished_recomputation_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_code or self.jurisdiction} {self.requested_at:%Y-%m-%d %H:%M}"
