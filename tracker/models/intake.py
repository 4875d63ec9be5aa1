"""Drafts: a pasted text, what was read in it, and what the person corrected."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case
from tracker.models.encrypted import EncryptedJSONField, EncryptedTextField


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user):
        """A draft is its author's until it is a case: nobody else knows who may see it yet."""
        if not (user.is_authenticated and user.works) or user.travelling:
            return self.none()
        return self.filter(by=user)


class Draft(models.Model):
    text = EncryptedTextField(_("text"))
    filename = models.CharField(_("file name"), max_length=200, blank=True)
    source_url = models.URLField(_("address of the text"), max_length=700, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    proposal = EncryptedJSONField(_("proposal"), default=dict)
    corrected = EncryptedJSONField(_("as corrected"), default=dict, blank=True)
    case = models.OneToOneField(
        Case,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="draft",
        verbose_name=_("case"),
        help_text=_("Set when the draft was confirmed."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="drafts", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("entered at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = models.Manager.from_queryset(DraftQuerySet)()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"{self.pk}: {self.text[:60]}"
