"""What is under way about an account: an invitation, a change that needs a second person."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user):
        """Whoever runs the team."""
        return self if user.is_authenticated and user.coordinates else self.none()

    def open(self):
        """Neither used nor taken back; it may have run out (`expires_at`)."""
        return self.filter(accepted_at=None, taken_back_at=None)


class Invitation(models.Model):
    """A link by mail with which somebody sets their own password, once.

    The account is there before, closed and without a password; using the link opens it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="invitations",
        verbose_name=_("person"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("the link works until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = models.Manager.from_queryset(InvitationQuerySet)()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_at=None, taken_back_at=None),
                name="one_open_invitation_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name} {self.at:%Y-%m-%d}"


class AccountChangeQuerySet(models.QuerySet["AccountChange"]):
    def visible_to(self, user):
        """One's own, and to whoever runs the team everybody's."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self if user.coordinates else self.filter(person=user)

    def open(self):
        return self.filter(applied_at=None, refused_at=None)

    def due(self, at: datetime.datetime):
        return self.open().filter(approved_at__isnull=False, due_at__lte=at)


class AccountChange(models.Model):
    """What would let somebody else into an account: it needs two people, and it waits.

    Its owner is told at once, at the address of before, and may refuse it until `due_at`.
    """

    class Kind(models.TextChoices):
        SECOND_FACTOR = "second_factor", _("remove the second factor")
        ADDRESS = "address", _("another e-mail address")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="account_changes",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    new_address = models.EmailField(_("new address"), blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"))
    due_at = models.DateTimeField(_("not before"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("refused by"),
    )
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    applied_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = models.Manager.from_queryset(AccountChangeQuerySet)()

    class Meta:
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(applied_at=None, refused_at=None),
                name="one_open_change_of_a_kind_per_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("asked_by")) & ~Q(approved_by=F("person"))),
                name="account_change_needs_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(approved_at__isnull=False, refused_at=None),
                name="account_change_is_approved_before_it_is_done",
            ),
            models.CheckConstraint(
                condition=Q(kind="address") & ~Q(new_address="")
                | ~Q(kind="address") & Q(new_address=""),
                name="account_change_names_the_new_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.person.name}"

    @property
    def open(self) -> bool:
        return self.applied_at is None and self.refused_at is None
