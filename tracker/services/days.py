"""Today for whoever acts, and how far from it a typed day may lie."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import User

LONGEST = datetime.timedelta(days=3660)  # ten years


def today_of(by: User | None, at: datetime.datetime) -> datetime.date:
    """The day it is where the person is; for the system, where the installation is."""
    return at.astimezone(by.zone if by else timezone.get_default_timezone()).date()


def too_far(day: datetime.date, today: datetime.date) -> str:
    """The sentence for a day more than ten years ahead, "" for any other."""
    if day - today > LONGEST:
        return _("This is more than ten years away. Check the year.")
    return ""
