"""How much has been tried lately, of each thing that can be guessed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GuessLimit(models.Model):
    """One bucket that empties evenly: each try fills it by a share, and a full one refuses.

    The key is a digest, so that no address and no name stands here. A row in the past is empty.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    empty_at = models.FloatField(_("empty at"), db_index=True, help_text=_("Seconds since 1970."))

    class Meta:
        verbose_name = _("limit on guessing")
        verbose_name_plural = _("limits on guessing")

    def __str__(self) -> str:
        return self.key[:8]
