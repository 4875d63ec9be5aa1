"""Who did what to which record. Append-only, and without foreign keys: it outlives the rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user):
        """Events of cases one may see; those of no case, by coordinators and administrators."""
        of_cases = Q(case_id__in=Case.objects.visible_to(user).values("pk"))
        if (
            user.is_authenticated
            and user.is_active
            and user.role
            in (
                "coordinator",
                "administrator",
            )
        ):
            return self.filter(of_cases | Q(case_id__isnull=True))
        return self.filter(of_cases)

    def about(self, instance: models.Model):
        return self.filter(model=instance._meta.model_name, object_id=instance.pk)


class Event(models.Model):
    at = models.DateTimeField(_("at"), db_index=True)
    by_id = models.BigIntegerField(_("person's number"), null=True)
    by_name = models.CharField(_("by"), max_length=120, blank=True)
    action = models.CharField(
        _("action"), max_length=60, help_text=_("For example “demand.status”.")
    )
    model = models.CharField(_("table"), max_length=60)
    object_id = models.BigIntegerField(_("row"))
    label = models.CharField(_("record"), max_length=200)
    case_id = models.BigIntegerField(_("case's number"), null=True, db_index=True)
    details = models.JSONField(_("details"), default=dict)

    objects = models.Manager.from_queryset(EventQuerySet)()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["model", "object_id"], name="event_by_record")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.label}"
