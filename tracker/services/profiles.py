"""What people set for themselves: language, clock, hour of the digest, who stands in."""

import datetime

from django.db import transaction

from tracker.models import User
from tracker.services.records import save_row

OWN_FIELDS = (
    "name",
    "language",
    "time_zone",
    "digest_hour",
    "mail_at_once",
    "away_until",
    "deputy",
)


def update_profile(*, user: User, values: dict, by: User, at: datetime.datetime) -> User:
    """Change a person's own settings. Raises ValidationError; other fields are out of reach."""
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        changed = [f for f in OWN_FIELDS if f in values and getattr(user, f) != values[f]]
        for field in changed:
            setattr(user, field, values[field])
        user.full_clean(exclude=["password"])
        if changed:
            save_row(user, action="person.profile", update_fields=changed, by=by, at=at)
    return user
