"""Today for whoever acts, and how far from it a typed day may lie."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from tracker.models import User

LONGEST = datetime.timedelta(days=3660)  # ten years


def today_of(by: User | None, at: datetime.datetime) -> datetime.date:
    """The day it is where the person is; for the system, where the installation is."""
    return at.astimezone(ZoneInfo(by.time_zone if by else settings.TIME_ZONE)).date()


def too_far(day: datetime.date, today: datetime.date) -> str:
    """The sentence for a day more than ten years ahead, "" for any other."""
    if day - today > LONGEST:
        return _("This is more than ten years away. Check the year.")
    return ""
