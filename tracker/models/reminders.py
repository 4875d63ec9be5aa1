"""The ledger of reminders: rows are the queue, so that losing the broker loses nothing.

`Reminder`: one rung of one clock for one person, once, by a unique key.
`Mail`: one e-mail, with the state machine of its delivery.
`MailTransition`: what happened to a mail, append-only.
`Quiet`: "I have it", "snooze".
`Outage`: the mail server is away; nobody tries for a while.
`SweepRun`: the heartbeat.
"""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case
from tracker.models.deadlines import Deadline, DeadlineChange

LONGEST_NOTICE = 365  # days before a deadline
LONGEST_PAUSE = 365  # days between two repeats
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
    kind = models.CharField(_("for deadlines of kind"), max_length=10, choices=Deadline.Kind)
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
            MaxValueValidator(LONGEST_PAUSE, _("Choose 365 days at the most; 0 means never."))
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


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user):
        """One's own mails; a coordinator sees everybody's (restricted ones are references)."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        if user.role in ("coordinator", "administrator"):
            return self
        return self.filter(person=user)

    def to_send(self, at: datetime.datetime):
        return self.filter(state__in=Mail.WAITING, next_attempt_at__lte=at)

    def growing(self):
        """Digests that no worker holds and that certainly nobody has received."""
        return self.filter(
            kind=Mail.Kind.DIGEST,
            state__in=[Mail.State.PLANNED, Mail.State.RETRYING],
            unknown_count=0,
        )


class Mail(models.Model):
    """One e-mail to one person: written once, kept as it was sent.

    Whenever a row is added or its `state` changes, a trigger of the database adds the
    `MailTransition`, with the `reason` and `worker` of the same statement.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", _("daily digest")
        AT_ONCE = "at_once", _("at once")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CLAIMED = "claimed", _("being sent")
        HANDOVER = "handover", _("handed to the mail server")
        SENT = "sent", _("sent")
        RETRYING = "retrying", _("will be tried again")
        UNKNOWN = "unknown", _("outcome unknown")
        HELD = "held", _("held for a person")
        DEAD = "dead", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    WAITING = (State.PLANNED, State.RETRYING, State.UNKNOWN)
    UNFINISHED = (*WAITING, State.CLAIMED, State.HANDOVER)

    key = models.CharField(_("key"), max_length=120, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mails", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.DIGEST)
    local_day = models.DateField(_("day"), help_text=_("By the person's own calendar."))
    to_address = models.EmailField(_("to"), blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body_text = models.TextField(_("text"), blank=True)
    body_html = models.TextField(_("HTML"), blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unknown_count = models.PositiveSmallIntegerField(_("times unknown"), default=0)
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Of its last step.")
    )
    worker = models.CharField(
        _("worker"), max_length=120, blank=True, help_text=_("That took its last step.")
    )
    smtp_reply = models.CharField(_("server's reply"), max_length=300, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    created_at = models.DateTimeField(_("planned at"))

    objects = models.Manager.from_queryset(MailQuerySet)()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="mail_waiting_by_time",
                condition=Q(state__in=["planned", "retrying", "unknown"]),
            ),
            models.Index(
                fields=["lease_until"],
                name="mail_leased_by_time",
                condition=Q(state__in=["claimed", "handover"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="sent_mail_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "handover"],
                    token__isnull=False,
                    lease_until__isnull=False,
                )
                | ~Q(state__in=["claimed", "handover"]) & Q(token__isnull=True),
                name="claimed_mail_has_its_claimant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.local_day}, {self.person.name}"


class MailTransition(models.Model):
    """One step of one mail. The database adds the rows; they are never altered or removed."""

    mail = models.ForeignKey(
        Mail, models.PROTECT, related_name="transitions", verbose_name=_("e-mail")
    )
    from_state = models.CharField(_("from"), max_length=10, choices=Mail.State, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=Mail.State)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    worker = models.CharField(_("worker"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of an e-mail")
        verbose_name_plural = _("steps of e-mails")

    def __str__(self) -> str:
        return f"{self.mail_id}: {self.from_state} -> {self.to_state}"


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
            clock=F("deadline__clock"),
        )

    def stale(self):
        """Of a clock that was restarted, or of a deadline no longer open."""
        return self.filter(~Q(deadline__state=Deadline.State.OPEN) | ~Q(clock=F("deadline__clock")))

    def nearest_first(self, on: datetime.date):
        """Today and the days to come, the soonest first; then the past, the newest first."""
        to_come = models.Case(models.When(fire_on__gte=on, then=F("send_at")))
        return self.order_by(to_come.asc(nulls_last=True), "-send_at", "-pk")

    def cancel(self, reason: str) -> int:
        """Take back what is planned or waits in an e-mail; returns how many.

        What is being sent at this moment stays: its sender checks it once more itself.
        """
        waiting = Q(state=Reminder.State.PLANNED) | Q(
            state=Reminder.State.IN_MAIL, mail__state__in=Mail.WAITING, mail__unknown_count=0
        )
        # In two steps, because an UPDATE cannot join.
        found = list(self.filter(waiting).values_list("pk", flat=True))
        return Reminder.objects.filter(
            pk__in=found,
            state__in=[Reminder.State.PLANNED, Reminder.State.IN_MAIL],
        ).update(state=Reminder.State.CANCELLED, reason=reason)


class Reminder(models.Model):
    """One rung: this clock, this person, so many days before or after.

    `rung` is in days relative to the deadline: -14 is two weeks before, 0 the day itself,
    7 the first weekly repeat.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_MAIL = "in_mail", _("in an e-mail")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")

    class Reason(models.TextChoices):
        """Why a rung was not sent. Services that end a clock give a sentence of their own."""

        TOO_OLD = "too_old", _("its day was too long ago")
        SUPERSEDED = "superseded", _("a later one took its place")
        QUIET = "quiet", _("the person asked for quiet")
        NOT_CONCERNED = "not_concerned", _("no longer theirs")
        NOT_VISIBLE = "not_visible", _("the person may not see the case any more")
        ENDED = "ended", _("the date has ended or moved")
        DISCARDED = "discarded", _("a person decided not to send it")

    deadline = models.ForeignKey(
        Deadline, models.CASCADE, related_name="reminders", verbose_name=_("deadline")
    )
    clock = models.PositiveIntegerField(_("clock"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reminders",
        verbose_name=_("person"),
    )
    rung = models.SmallIntegerField(_("rung"), help_text=_("Days before (-) or after (+)."))
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
                fields=["deadline", "clock", "person", "rung"], name="each_rung_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["in_mail", "sent"], mail__isnull=False)
                | ~Q(state__in=["in_mail", "sent"]),
                name="mailed_reminder_has_its_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline} {self.rung:+d}, {self.person.name}"

    @property
    def why(self) -> str:
        """In words; a clock that ended or moved left the kind of its change."""
        kind, _dot, change = self.reason.partition(".")
        if kind == "deadline":
            known = dict(DeadlineChange.Kind.choices)
            return _now("deadline: %(change)s") % {"change": known.get(change, change)}
        return str(dict(self.Reason.choices).get(self.reason, self.reason))


class Quiet(models.Model):
    """ "I have it" or "snooze": no reminders of this clock to this person until a day."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("I have it")
        SNOOZED = "snoozed", _("snoozed")

    deadline = models.ForeignKey(
        Deadline, models.CASCADE, related_name="quiets", verbose_name=_("deadline")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="quiets", verbose_name=_("person")
    )
    clock = models.PositiveIntegerField(_("clock"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    until = models.DateField(_("until"))
    at = models.DateTimeField(_("at"))

    class QuerySet(models.QuerySet["Quiet"]):
        def visible_to(self, user):
            return self.filter(deadline__case__in=Case.objects.visible_to(user))

    objects = models.Manager.from_queryset(QuerySet)()

    class Meta:
        verbose_name = _("quiet time")
        verbose_name_plural = _("quiet times")

    def __str__(self) -> str:
        return f"{self.person.name}: {self.deadline} {self.until}"


class Outage(models.Model):
    """One row for everybody: the mail server's failures in a row, and until when nobody tries."""

    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    pause_until = models.DateTimeField(_("nobody tries until"), null=True, blank=True)

    class Meta:
        verbose_name = _("outage of the mail server")
        verbose_name_plural = _("outages of the mail server")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_outage_row_for_everybody"),
        ]

    def __str__(self) -> str:
        return f"{self.failures}"


class SweepRun(models.Model):
    """One sweep, begun and (unless it was killed) ended: what health is judged by."""

    started_at = models.DateTimeField(_("started at"), db_index=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True, db_index=True)
    planned = models.PositiveIntegerField(_("reminders planned"), default=0)
    mails = models.PositiveIntegerField(_("e-mails written"), default=0)
    sent = models.PositiveIntegerField(_("e-mails sent"), default=0)
    failed = models.PositiveIntegerField(_("e-mails failed"), default=0)
    worker = models.CharField(_("worker"), max_length=120, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
