"""Who did what to which record, and which values it changed: one event per change.

Append-only, and without foreign keys to the rows it tells of: it outlives them. Why it is laid
out so: `docs/decisions/0007-one-event-per-change.md`.

`Event`: who, when, what, to which row. Codes and numbers only, no words of people.
`EventValue`: one changed value, or one word of the event; may lawfully be erased.
`EventChain`: the last link of the chain of a case, or of what has no case.
"""

from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tracker.models.accounts import User
from tracker.models.cases import Case

# Words of an event that are no column of the row: how the row was called then, and why. Why stands
# under WHY where the row's own column of the name REASON changed too, as that of a calendar day.
LABEL, REASON, WHY = "label", "reason", "why"


READINGS = ("case.read", "case.refused")


class ReadableJSON(DjangoJSONEncoder):
    """Leaves letters as they are, so that a search finds Cyrillic words on SQLite too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "ensure_ascii": False})


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user):
        """Events of cases one may see; those of no case, by whoever runs the team."""
        of_cases = Q(case_id__in=Case.objects.visible_to(user).values("pk"))
        if user.is_authenticated and user.coordinates and not user.travelling:
            return self.filter(of_cases | Q(case_id__isnull=True))
        return self.filter(of_cases)

    def about(self, instance: models.Model):
        return self.filter(model=instance._meta.model_name, object_id=instance.pk)

    def of_changes(self):
        """Without who read what, which is looked up by itself: there is far more of it."""
        return self.exclude(action__in=READINGS)

    def in_words(self):
        """With what a page shows of them: the name of who did it, and their values."""
        return self.annotate(
            by_name=Coalesce(
                Subquery(User.objects.filter(pk=OuterRef("by_id")).values("name")[:1]), Value("")
            )
        ).prefetch_related(models.Prefetch("values", EventValue.objects.order_by("pk")))


class Event(models.Model):
    at = models.DateTimeField(_("at"), db_index=True)
    by_id = models.BigIntegerField(
        _("person's number"), null=True, help_text=_("Empty for the program itself.")
    )
    action = models.CharField(
        _("action"), max_length=60, help_text=_("For example “demand.status”.")
    )
    model = models.CharField(_("table"), max_length=60)
    object_id = models.BigIntegerField(_("row"))
    case_id = models.BigIntegerField(_("case's number"), null=True, db_index=True)
    digest = models.CharField(
        _("digest"), max_length=64, help_text=_("Of this row and its values' commitments.")
    )
    # The database itself sets these three when the transaction ends (migration `chain_events`).
    seq = models.PositiveBigIntegerField(_("place in its chain"), null=True, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = models.Manager.from_queryset(EventQuerySet)()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["model", "object_id"], name="event_by_record"),
            models.Index(fields=["id"], condition=Q(seq=None), name="event_not_in_its_chain_yet"),
        ]
        constraints = [
            models.UniqueConstraint(
                Coalesce(F("case_id"), 0), F("seq"), name="one_event_per_place_of_a_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.model} {self.object_id}"

    @cached_property
    def by_field(self) -> "dict[str, EventValue]":
        return {value.field: value for value in self.values.all()}

    @property
    def label(self) -> str:
        return self.new(LABEL)

    @property
    def reason(self) -> str:
        return self.new(WHY if WHY in self.by_field else REASON)

    def old(self, field: str) -> Any:
        return self._word(field, "old")

    def new(self, field: str) -> Any:
        return self._word(field, "new")

    def _word(self, field: str, side: str) -> Any:
        """ "" too where the value was erased."""
        value = getattr(self.by_field.get(field), side, None)
        return "" if value is None else value


class EventValueQuerySet(models.QuerySet["EventValue"]):
    def visible_to(self, user):
        return self.filter(event__in=Event.objects.visible_to(user))


class EventValue(models.Model):
    """A value as it was and as it became. `commitment` stays when the value is erased."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="values", verbose_name=_("event"))
    field = models.CharField(
        _("field"), max_length=60, help_text=_("A column of the row, or a word of the event.")
    )
    old = models.JSONField(_("before"), null=True, encoder=ReadableJSON)
    new = models.JSONField(_("after"), null=True, encoder=ReadableJSON)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    commitment = models.CharField(max_length=64, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)

    objects = models.Manager.from_queryset(EventValueQuerySet)()

    class Meta:
        verbose_name = _("value of an event")
        verbose_name_plural = _("values of events")

    def __str__(self) -> str:
        return f"{self.event_id} {self.field}"


class EventChainQuerySet(models.QuerySet["EventChain"]):
    def visible_to(self, user):
        """As of the events themselves."""
        of_cases = Q(case_id__in=Case.objects.visible_to(user).values("pk"))
        coordinates = user.is_authenticated and user.coordinates
        return self.filter(of_cases | Q(case_id=0) if coordinates else of_cases)


class EventChain(models.Model):
    """The last link; `case_id` is 0 for what has no case."""

    case_id = models.BigIntegerField(_("case's number"), primary_key=True)
    seq = models.PositiveBigIntegerField(_("events"))
    hash = models.CharField(_("last hash"), max_length=64)

    objects = models.Manager.from_queryset(EventChainQuerySet)()

    class Meta:
        verbose_name = _("chain of events")
        verbose_name_plural = _("chains of events")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.seq}"
