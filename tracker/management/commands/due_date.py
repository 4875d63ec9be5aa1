"""`manage.py due_date RULE --anchor DATE [--json]`: each reading's last day, explained."""

import datetime
import json
import re
from typing import Any

from django.core.management.base import CommandError

from tracker.dates.calendars import YearOutOfRangeError
from tracker.dates.explanations import explanation
from tracker.dates.rules import Anchor, AnchorKind
from tracker.management.sentences import SentenceCommand
from tracker.models import ResponseRule
from tracker.services.deadlines.compute import compute_readings
from tracker.services.deadlines.rulebook import Rulebook, rulebook
from tracker.services.refusals import Refused

# Checked here, not by argparse, so that bad input gets one sentence instead of a usage text.
KINDS = [kind.value for kind in AnchorKind]


class BadInput(CommandError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=2)


class Command(SentenceCommand):
    help = "Count a response rule from a day: every reading, each day skipped and why."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("rule", nargs="?", default="", help="code, e.g. kg-67-reply-14")
        parser.add_argument(
            "--anchor", nargs="?", const="", default="", help="the day it runs from, YYYY-MM-DD"
        )
        parser.add_argument(
            "--anchor-kind",
            nargs="?",
            const="",
            default="",
            help=f"what happened on that day: {', '.join(KINDS)} (default: the rule's own event)",
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        book = rulebook()
        day = parsed_day(options["anchor"])
        code = options["rule"]
        if not code or code not in book.versions:
            known = ", ".join(sorted(book.versions))
            raise BadInput(f"There is no rule “{code}”. The known ones are: {known}.")
        newest = book.versions[code][0]
        calendar = book.calendars.get(newest.jurisdiction)
        try:
            calendar.check_year(day.year)
        except YearOutOfRangeError as error:
            raise BadInput(str(error)) from error
        rule = chosen_version(book, code, day)
        kind = options["anchor_kind"] or rule.anchor
        if kind not in KINDS:
            raise BadInput(f"There is no event “{kind}”. Use one of: {', '.join(KINDS)}.")
        try:
            result = compute_readings(rule, Anchor(AnchorKind(kind), day), calendar)
        except Refused as error:
            raise BadInput(str(error)) from error
        if not rule.applies_on(day):
            self.stderr.write(
                f"Note: {code} version {rule.version} is not known to be in force on {day}; "
                "counted because you asked for it."
            )
        told = explanation(result)
        self.stdout.write(as_json(rule, told) if options["json"] else as_text(rule, told))


def parsed_day(text: str) -> datetime.date:
    if not text:
        raise BadInput("Give the day the period runs from: --anchor YYYY-MM-DD.")
    try:
        # Else 2026-W01-1, ten letters too, would be a day of 2025.
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"“{text}” is not a day of the calendar. Write it as YYYY-MM-DD, e.g. 2026-01-20."
        ) from None


def chosen_version(book: Rulebook, code: str, day: datetime.date) -> ResponseRule:
    """The version in force; for a rule without any effective date the newest, as asked."""
    rule = book.in_force(code, day)
    if rule is not None:
        return rule
    versions = book.versions[code]
    known = sorted(
        (version.effective_from, version.effective_to)
        for version in versions
        if version.effective_from and version.standing != ResponseRule.Standing.DORMANT
    )
    if not known:
        return versions[0]
    spans = ", ".join(f"from {first}" + (f" to {last}" if last else "") for first, last in known)
    raise BadInput(
        f"No version of {code} is known to be in force on {day}; known are those {spans}."
    )


def as_json(rule: ResponseRule, told: dict[str, Any]) -> str:
    return json.dumps(
        {
            "rule": rule.code,
            "version": rule.version,
            "anchor": told["anchor"],
            "anchor_kind": told["anchor_kind"],
            "readings": [{key: r[key] for key in ("name", "due_on")} for r in told["readings"]],
            "skipped": [{key: day[key] for key in ("date", "reason")} for day in told["skipped"]],
            "provisional": told["provisional"],
            "source": rule.source_url,
        },
        ensure_ascii=False,
        indent=2,
    )


def as_text(rule: ResponseRule, told: dict[str, Any]) -> str:
    lines = [
        f"{rule.name} ({rule.code}, version {rule.version}, {rule.get_standing_display()})",
        told["norm"],
        rule.source_url or "no source on file",
        "",
        f"{told['anchor_kind']} on {plain(told['anchor'])}:",
    ]
    lines += [
        f"  {plain(reading['due_on'])}  {reading['name']}, from {plain(reading['starts_on'])}"
        for reading in told["readings"]
    ]
    for title, days in (("Not counted", told["skipped"]), ("Worked all the same", told["worked"])):
        if days:
            lines += ["", f"{title}:"]
            lines += [f"  {plain(day['date'])}  {day['reason']}" for day in days]
    if told["provisional"]:
        lines += ["", "Provisional:"]
        lines += [f"  {doubt_line(doubt)}" for doubt in told["doubts"]]
    return "\n".join(lines)


def plain(iso: str) -> str:
    return f"{datetime.date.fromisoformat(iso):%a} {iso}"


def doubt_line(doubt: dict[str, Any]) -> str:
    if doubt["kind"] == "estimated":
        return f"{plain(doubt['date'])}  {doubt['name']}"
    return f"the days off of {doubt['year']} are not confirmed yet"
