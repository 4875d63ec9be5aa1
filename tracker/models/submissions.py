"""Forms that were carried out, with what was answered: so that none is carried out twice."""

from django.contrib.messages.storage.cookie import MessageDecoder, MessageEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class FormSubmission(models.Model):
    """One form, taken in the transaction of the change it asked for.

    The key is a digest of its token, of who sent it, where to and with which words. So it is
    found by nobody else, and by no form but the same one sent again.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    at = models.DateTimeField(_("at"), db_index=True)
    location = models.TextField(_("where the answer led"), blank=True)
    popup = models.TextField(_("what a closing window told"), blank=True)
    messages = models.JSONField(
        _("what the answer said"), default=list, encoder=MessageEncoder, decoder=MessageDecoder
    )

    class Meta:
        verbose_name = _("form taken")
        verbose_name_plural = _("forms taken")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.location}"
