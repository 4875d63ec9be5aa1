"""What a service refuses of a page in the admin, as errors of its form."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms import ModelForm
from django.utils.translation import gettext as _

from tracker.services.refusals import Refused, StaleRecord


class PageRefused(Exception):
    """A service refused a row of the page; the whole page is rolled back and shown again."""

    def __init__(self, form: ModelForm, error: Exception) -> None:
        super().__init__(str(error))
        self.form = form
        self.error = error

    @property
    def is_conflict(self) -> bool:
        return isinstance(self.error, StaleRecord | IntegrityError)

    def for_form(self) -> list[Refused | ValidationError]:
        """What the page's main form is to say."""
        if isinstance(self.error, StaleRecord):
            return []  # read again, the row has a newer version, and its form says what changed
        if isinstance(self.error, IntegrityError):
            return [
                ValidationError(
                    _("Somebody saved the same number or name at this moment. Change yours.")
                )
            ]
        if not self.form.prefix:
            return [self.error]
        return [ValidationError(self._of_row())]

    def _of_row(self) -> list[str]:
        """An inline's refusal, told at the head of the page with the row it is about."""
        error = self.error
        messages = error.messages if isinstance(error, ValidationError) else [str(error)]
        row = self.form.instance
        label = str(row) if row.pk else _("new %(name)s") % {"name": row._meta.verbose_name}
        return [f"{label}: {message}" for message in messages]


@contextmanager
def refusing(form: ModelForm) -> Iterator[None]:
    """Turn what a service refuses into a page that can be shown again."""
    try:
        yield
    except (Refused, ValidationError, StaleRecord, IntegrityError) as error:
        raise PageRefused(form, error) from error
