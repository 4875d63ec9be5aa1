"""Making a calendar address."""

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from tracker.models import FeedToken, User
from tracker.services.feeds import new_secret

SALT = "tracker.feeds"
PAGE_LIVES = 12 * 3600  # seconds in which a page once opened may still be sent


class FeedForm(forms.ModelForm):
    """`ticket` carries the secret-to-be, signed for one person.

    Made with the page rather than with the click, so that a double click or a reload comes to
    the same address, and no copy of it has to be kept to be shown.
    """

    # Without one, too, a new one is made: it is not kept while somebody is asked who they are.
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = FeedToken
        fields = ["name", "everything"]
        help_texts = {
            "everything": _(
                "Unticked, it shows what you answer for, as owner or as lead where nobody is named."
            )
        }

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial["ticket"] = self.new_ticket()

    def new_ticket(self) -> str:
        return signing.dumps([self.user.pk, new_secret()], salt=SALT)

    def renew(self) -> None:
        """Let what was typed be sent again, for a new address."""
        self.data = self.data.copy()
        self.data["ticket"] = self.new_ticket()

    def clean_ticket(self) -> str:
        """The secret inside."""
        try:
            person, secret = signing.loads(
                self.cleaned_data["ticket"], salt=SALT, max_age=PAGE_LIVES
            )
        except (signing.BadSignature, ValueError):
            person, secret = None, ""
        if person != self.user.pk:
            self.renew()
            raise forms.ValidationError(_("This page was open for too long. Send it once more."))
        return secret
