"""Authorities: entered with a case, kept inside it while that is restricted, then published."""

import datetime
import hashlib
import secrets
from itertools import count

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tracker.models import Authority, Case, User
from tracker.services.events import record_event
from tracker.services.records import add_row, save_row
from tracker.services.refusals import Refused


def add_authority(
    *, authority: Authority, case: Case, by: User | None, at: datetime.datetime
) -> Authority:
    """A new one (not saved yet) for an addressee of this case, or the one of its name that it may
    use already.

    Of a restricted case it stays inside, under a short name that tells nothing and that nobody
    else can come upon. Raises ValidationError.
    """
    if known := Authority.objects.usable_in(case).filter(name__iexact=authority.name).first():
        return known
    if case.restricted:
        authority.born_in, authority.slug = case, f"office-{secrets.token_hex(6)}"
    return add_row(row=authority, by=by, at=at)


def check_usable(authority: Authority, case: Case) -> None:
    """Raises Refused for an authority that another case keeps inside."""
    if authority.born_in_id not in (None, case.pk):
        raise Refused(
            "authority",
            _("This authority is known in another case alone. Publish it first, or enter it anew."),
        )


@transaction.atomic
def publish_authority(*, authority: Authority, by: User, at: datetime.datetime) -> Authority:
    """Let all staff see and use an authority that was born in a restricted case.

    Its case is told in the log of that case alone. Raises Refused where it was published already,
    and where another of its name is.
    """
    authority = Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    case = authority.born_in
    if case is None:
        raise Refused("", _("It is published already."))
    if Authority.objects.published().filter(name__iexact=authority.name).exists():
        raise Refused(
            "", _("An authority of this name is there already. Rename this one, or use that one.")
        )
    authority.born_in, authority.slug = None, _free_slug(authority)
    save_row(authority, action="authority.published", by=by, at=at, cases=[case])
    record_event(action="authority.added", about=authority, case=None, by=by, at=at)
    return authority


def short_name(name: str) -> str:
    """For addresses; a name without Latin letters gets one that stands for nothing."""
    return slugify(name)[:70] or f"office-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _free_slug(authority: Authority) -> str:
    wish = short_name(authority.name)
    wishes = (wish if number == 1 else f"{wish}-{number}" for number in count(1))
    return next(slug for slug in wishes if not Authority.objects.filter(slug=slug).exists())
