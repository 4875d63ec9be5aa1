"""Days and moments in the reader's language, and how near or late a day is."""

import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()


def parsed(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


# One form per language, those of tracker/formats: the months decline there where they must.


@register.filter
def short_date(day: datetime.date | str | None) -> str:
    """12 Feb 2020, in the reader's language."""
    if not day:
        return ""
    return date_format(parsed(day) if isinstance(day, str) else day)


@register.filter
def moment(at: datetime.datetime | None) -> str:
    """12 Feb 2020, 14:05, by the reader's clock."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


@register.filter
def month_name(day: datetime.date) -> str:
    """November 2026, standing alone."""
    return date_format(day, "YEAR_MONTH_FORMAT")


def weekday(day: datetime.date) -> str:
    """Thu: only English writes it with a capital within a sentence."""
    name = date_format(day, "D")
    return name if (get_language() or "en").startswith("en") else name.lower()


@register.filter
def week_date(day: datetime.date | None) -> str:
    """Thu 26 Nov 2026: where the weekday matters."""
    return f"{weekday(day)} {date_format(day)}" if day else ""


@register.filter
def day_heading(day: datetime.date) -> str:
    """Thursday, 26 Nov 2026: above the dates of that day."""
    return f"{date_format(day, 'l')}, {date_format(day)}"


@register.filter
def month_word(day: datetime.date) -> str:
    """The month as it stands after the number of a day: November, ноября, ноябрь."""
    month = date_format(day, "E")
    # Django's Kyrgyz months begin with a capital, which is wrong within a date.
    return month.lower() if get_language() == "ky" else month


@register.filter
def today_heading(day: datetime.date) -> str:
    """Thursday, 26 November: nobody has to be told the year of today."""
    between = "-" if get_language() == "ky" else " "
    return f"{date_format(day, 'l')}, {day.day}{between}{month_word(day)}"


@register.simple_tag
def near_date(day: datetime.date, on: datetime.date) -> str:
    """The weekday for dates within a few months; the year unless it is the year of `on`."""
    if abs((day - on).days) >= 100:
        return short_date(day)
    if day.year != on.year:
        return week_date(day)
    return f"{weekday(day)} {date_format(day, 'MONTH_DAY_FORMAT')}"


@register.simple_tag
def distance(day: datetime.date, on: datetime.date) -> str:
    """How far `day` is from `on`, as a colleague would say it."""
    days = (day - on).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if abs(days) < 60:
        if days > 0:
            return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
        return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}
    # 30.44 days: a twelfth of a year.
    months = round(abs(days) / 30.44)
    if months < 24:
        if days > 0:
            return ngettext("in %(n)d month", "in %(n)d months", months) % {"n": months}
        return ngettext("%(n)d month ago", "%(n)d months ago", months) % {"n": months}
    years = abs(days) // 365
    if days > 0:
        return ngettext("in %(n)d year", "in %(n)d years", years) % {"n": years}
    return ngettext("%(n)d year ago", "%(n)d years ago", years) % {"n": years}


@register.simple_tag
def lateness(overdue_after: datetime.date, on: datetime.date) -> str:
    """4 days late; years rather than thousands of days."""
    days = (on - overdue_after).days
    if days < 60:
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    months = round(days / 30.44)
    if months < 24:
        return ngettext("%(n)d month late", "%(n)d months late", months) % {"n": months}
    return ngettext("%(n)d year late", "%(n)d years late", days // 365) % {"n": days // 365}
