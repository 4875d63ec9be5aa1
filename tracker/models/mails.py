"""E-mails on their way: each is a row, and the rows are the queue.

`Mail`: one e-mail, with the state machine of its delivery.
`MailTransition`: what happened to a mail, append-only.
`Outage`: the mail server is away; nobody tries for a while.
`SweepRun`: the heartbeat.
"""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user):
        """One's own mails; a coordinator sees everybody's (restricted ones are references).

        Who travels sees none: they tell of all one may see otherwise.
        """
        if not (user.is_authenticated and user.is_active) or user.travelling:
            return self.none()
        if user.coordinates:
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
    """One e-mail to one person: written once, kept as it was sent (but for a secret link in it).

    Whenever a row is added or its `state` changes, a trigger of the database adds the
    `MailTransition`, with the `reason` and `worker` of the same statement.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", _("daily digest")
        AT_ONCE = "at_once", _("at once")
        NOTICE = "notice", _("about the account")

    class SecretLink(models.TextChoices):
        RESET = "reset", _("to a new password")
        INVITATION = "invitation", _("to the first password")

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
    secret_link = models.CharField(
        _("secret link"),
        max_length=10,
        choices=SecretLink,
        blank=True,
        editable=False,
        help_text=_("Made when the mail is sent, and kept nowhere."),
    )
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
