"""Reminders as rows: the rows are the queue, so that losing the broker loses nothing.

`Reminder`: one day of a deadline's schedule for one person, once, by a unique key.
`Mute`: "I have it", "snooze".
"""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case
from tracker.models.deadlines import Deadline, DeadlineChange
from tracker.models.mails import Mail

# The steps of a date that ended what was planned for it.
STEPS = {
    DeadlineChange.Kind.STARTED: _("the date was set"),
    DeadlineChange.Kind.EXTENDED: _("the date was extended"),
    DeadlineChange.Kind.PAUSED: _("the date was paused"),
    DeadlineChange.Kind.RESUMED: _("the date runs again"),
    DeadlineChange.Kind.FORWARDED: _("the appeal was forwarded"),
    DeadlineChange.Kind.CORRECTED: _("the date was corrected"),
    DeadlineChange.Kind.RECOMPUTED: _("the date was counted again"),
    DeadlineChange.Kind.ASSIGNED: _("the date was given to somebody else"),
    DeadlineChange.Kind.CLOSED: _("the date was closed"),
    DeadlineChange.Kind.CANCELLED: _("the date was cancelled"),
    DeadlineChange.Kind.REOPENED: _("the date was reopened"),
}


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user):
        return self.filter(deadline__case__in=Case.objects.visible_to(user))

    def pending(self):
        return self.filter(state__in=[Reminder.State.PLANNED, Reminder.State.IN_MAIL])

    def due(self, at: datetime.datetime):
        return self.filter(
            state=Reminder.State.PLANNED,
            send_at__lte=at,
            deadline__state=Deadline.State.OPEN,
            generation=F("deadline__generation"),
        )

    def stale(self):
        """Of a clock that was restarted, or of a deadline no longer open."""
        return self.filter(
            ~Q(deadline__state=Deadline.State.OPEN) | ~Q(generation=F("deadline__generation"))
        )

    def nearest_first(self, on: datetime.date):
        """Today and the days to come, the soonest first; then the past, the newest first."""
        to_come = models.Case(models.When(fire_on__gte=on, then=F("send_at")))
        return self.order_by(to_come.asc(nulls_last=True), "-send_at", "-pk")

    def cancel(self, reason: str) -> int:
        """Take back what is planned or waits in an e-mail; returns how many.

        What is being sent at this moment stays: its sender checks it once more itself.
        """
        waiting = Q(state=Reminder.State.PLANNED) | Q(
            # What may have arrived cannot be taken back.
            state=Reminder.State.IN_MAIL,
            mail__state__in=Mail.WAITING,
            mail__unknown_count=0,
        )
        # In two steps, because an UPDATE cannot join.
        found = list(self.filter(waiting).values_list("pk", flat=True))
        return Reminder.objects.filter(
            pk__in=found,
            state__in=[Reminder.State.PLANNED, Reminder.State.IN_MAIL],
        ).update(state=Reminder.State.CANCELLED, reason=reason)


class Reminder(models.Model):
    """This deadline as it runs now, this person, so many days before or after.

    `offset_days` is relative to the deadline: -14 is two weeks before the strict day, 0 that day
    itself, 7 the first weekly repeat, which counts from the latest reading.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_MAIL = "in_mail", _("in an e-mail")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")

    class Reason(models.TextChoices):
        """Why one was not sent; of a clock that moved or ended, a code: "deadline.paused"."""

        TOO_OLD = "too_old", _("its day was too long ago")
        SUPERSEDED = "superseded", _("a later one took its place")
        MUTED = "muted", _("the person muted it")
        NOT_CONCERNED = "not_concerned", _("no longer theirs")
        NOT_VISIBLE = "not_visible", _("the person may not see the case any more")
        ENDED = "ended", _("the date has ended or moved")
        DISCARDED = "discarded", _("a person decided not to send it")

    deadline = models.ForeignKey(
        Deadline, models.CASCADE, related_name="reminders", verbose_name=_("deadline")
    )
    generation = models.PositiveIntegerField(_("generation"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reminders",
        verbose_name=_("person"),
    )
    offset_days = models.SmallIntegerField(
        _("offset"), help_text=_("Days before (-) or after (+).")
    )
    due_on = models.DateField(_("of the deadline on"))
    fire_on = models.DateField(_("day"), help_text=_("By the person's own calendar."))
    send_at = models.DateTimeField(_("not before"))
    at_once = models.BooleanField(
        _("told at once"),
        default=False,
        help_text=_("Goes in an e-mail of its own when the day's digest has left already."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    mail = models.ForeignKey(
        Mail,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
        verbose_name=_("e-mail"),
    )
    created_at = models.DateTimeField(_("planned at"))

    objects = models.Manager.from_queryset(ReminderQuerySet)()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(
                fields=["send_at"], name="reminder_planned_by_time", condition=Q(state="planned")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "generation", "person", "offset_days"],
                name="each_reminder_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["in_mail", "sent"], mail__isnull=False)
                | ~Q(state__in=["in_mail", "sent"]),
                name="mailed_reminder_has_its_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline} {self.offset_days:+d}, {self.person.name}"

    @property
    def why(self) -> str:
        """In words; a clock that ended or moved left the kind of its change."""
        kind, _dot, change = self.reason.partition(".")
        if kind == "deadline":
            return str(STEPS.get(change, change))
        return str(dict(self.Reason.choices).get(self.reason, self.reason))


class Mute(models.Model):
    """ "I have it" or "snooze": no reminders of this date to this person until a day."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("I have it")
        SNOOZED = "snoozed", _("snoozed")

    deadline = models.ForeignKey(
        Deadline, models.CASCADE, related_name="mutes", verbose_name=_("deadline")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mutes", verbose_name=_("person")
    )
    generation = models.PositiveIntegerField(_("generation"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    until = models.DateField(_("until"))
    at = models.DateTimeField(_("at"))

    class QuerySet(models.QuerySet["Mute"]):
        def visible_to(self, user):
            return self.filter(deadline__case__in=Case.objects.visible_to(user))

    objects = models.Manager.from_queryset(QuerySet)()

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")

    def __str__(self) -> str:
        return f"{self.person.name}: {self.deadline} {self.until}"
