"""Saving at the desk: one service call per row, one transaction per page, refusals as errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.admin.forms import VersionedForm, rebase, told_apart
from tracker.services.addressees import AddresseeRefused
from tracker.services.cases import CaseRefused
from tracker.services.clocks import ClockError
from tracker.services.correspondence import CorrespondenceRefused
from tracker.services.documents import FileRefused
from tracker.services.people import PersonRefused
from tracker.services.records import StaleRecord
from tracker.services.reference import ReferenceRefused

SERVICE_REFUSALS = (
    AddresseeRefused,
    CaseRefused,
    ClockError,
    CorrespondenceRefused,
    FileRefused,
    PersonRefused,
    ReferenceRefused,
    ValidationError,
)
CONFLICT = 409


class Refused(Exception):
    """A service refused a row of the page; the whole page is rolled back and shown again."""

    def __init__(self, form: ModelForm, error: Exception) -> None:
        super().__init__(str(error))
        self.form = form
        self.error = error

    @property
    def status(self) -> int:
        return CONFLICT if isinstance(self.error, StaleRecord | IntegrityError) else 200

    def show_again(self, request: HttpRequest) -> list[Exception]:
        """Prepare the request for another pass, and say what stands at the head of the form."""
        if isinstance(self.error, StaleRecord) and isinstance(self.form, VersionedForm):
            stored = type(self.form.instance)._default_manager.get(pk=self.form.instance.pk)
            sentences = told_apart(request.POST, self.form, stored, request.user)
            request.POST = rebase(request.POST, self.form, stored)
            return [ValidationError(sentences)]
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
    except (*SERVICE_REFUSALS, StaleRecord, IntegrityError) as error:
        raise Refused(form, error) from error


def moment(request: HttpRequest):
    """When this request acts: read from the clock once, so that all its rows agree."""
    if not hasattr(request, "desk_moment"):
        request.desk_moment = timezone.now()
    return request.desk_moment
