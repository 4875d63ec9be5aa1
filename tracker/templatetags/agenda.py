"""One date of the agenda as a symbol, a word and a tint."""

import datetime

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.reports.agenda import AgendaItem, Span
from tracker.templatetags.dates import day_heading, month_name, short_date

register = template.Library()

NEAR = datetime.timedelta(days=7)


@register.simple_tag
def agenda_mark(item: AgendaItem, on: datetime.date) -> dict[str, str]:
    """Only a legal clock runs out; other days merely pass."""
    if item.overdue:
        return mark("red", "▲", _("clock has run out"))
    if item.deadline and item.deadline.by_law:
        if item.strict_passed:
            return mark("amber", "◷", _("last legal day"))
        tint = "amber" if item.day - on <= NEAR else item.deadline.facts.tint
        return mark(tint, item.deadline.facts.symbol, item.deadline.get_kind_display())
    if item.day < on:
        return mark("amber", "○", _("day has passed"))
    if item.deadline:
        facts = item.deadline.facts
        return mark(facts.tint, facts.symbol, item.deadline.get_kind_display())
    return mark("blue", "→", _("review day"))


def mark(tint: str, symbol: str, words: str) -> dict[str, str]:
    return {"tint": tint, "symbol": symbol, "words": words}


@register.simple_tag
def period_name(span: str, first: datetime.date, last: datetime.date) -> str:
    """November 2026; 23 Nov to 29 Nov 2026; Sunday, 22 Nov 2026."""
    if span == Span.DAY:
        return day_heading(first)
    if span == Span.WEEK:
        same_year = first.year == last.year
        begins = date_format(first, "MONTH_DAY_FORMAT") if same_year else short_date(first)
        return _("%(first)s to %(last)s") % {"first": begins, "last": short_date(last)}
    return month_name(first)
