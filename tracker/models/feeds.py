"""Private calendar feeds: an address that only its owner knows, and can take back."""

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    def visible_to(self, user):
        """One's own only: the list of a person's devices is nobody else's business."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(user=user)

    def valid(self):
        return self.filter(revoked_at__isnull=True, user__is_active=True)

    def of_secret(self, secret: str):
        return self.valid().filter(digest=FeedToken.digest_of(secret))


class FeedToken(models.Model):
    """One feed address of one person. The secret itself is shown once and never stored."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="feed_tokens",
        verbose_name=_("person"),
    )
    name = models.CharField(
        _("name"), max_length=60, help_text=_("Where you use it, for example: phone.")
    )
    everything = models.BooleanField(
        _("all dates I may see"),
        default=False,
        help_text=_("Otherwise only those I own, or lead where nobody is named."),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"))
    last_used_at = models.DateTimeField(_("last read at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = models.Manager.from_queryset(FeedTokenQuerySet)()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.name}, {self.user.name}"

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 in hex: enough for 256 random bits, which nobody can guess through a list."""
        return hashlib.sha256(secret.encode()).hexdigest()
