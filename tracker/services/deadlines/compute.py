"""From the tables to the pure arithmetic: which rule version, which day, over which calendar.

Nothing here writes. `tracker.dates` computes; the steps of this package keep what comes out.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.dates import rules
from tracker.dates.calendars import ONE_DAY, Override, WorkingCalendar, YearOutOfRangeError
from tracker.dates.courses import Course, Extension, run_through
from tracker.dates.explanations import explanation
from tracker.dates.periods import Hold, remaining
from tracker.dates.readings import DRAWN_AT_MOST, AnchorMismatchError, Result, compute
from tracker.dates.rules import AnchorKind, RuleSpec
from tracker.models import (
    Addressee,
    Authority,
    CalendarDay,
    CalendarYear,
    Deadline,
    DeadlineChange,
    ResponseRule,
)
from tracker.services.refusals import Refused

# Decisions about days off often bind state and municipal bodies only.
NOT_PUBLIC_BODIES = frozenset(
    {Authority.Kind.POLITICAL, Authority.Kind.PERSON, Authority.Kind.PUBLIC}
)

# The days an addressee may have, the last on the way first.
_EVENTS = (
    (AnchorKind.REGISTERED, "registered_on"),
    (AnchorKind.RECEIVED, "received_on"),
    (AnchorKind.DELIVERED, "delivered_on"),
    (AnchorKind.SENT, "sent_on"),
)


class Calendars:
    """The calendars of one computation, each read from the database once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], WorkingCalendar] = {}

    def get(self, code: str, *, public_body: bool = True) -> WorkingCalendar:
        key = (code, public_body)
        if key not in self._known:
            self._known[key] = WorkingCalendar(
                code,
                self.overrides(code),
                confirmed_years=self.confirmed_years(code),
                public_body=public_body,
            )
        return self._known[key]

    def of(self, rule: ResponseRule, addressee: Addressee | None) -> WorkingCalendar:
        """The calendar a rule is counted over for this addressee."""
        public = addressee is None or addressee.authority.kind not in NOT_PUBLIC_BODIES
        return self.get(rule.jurisdiction, public_body=public)

    def overrides(self, code: str) -> list[Override]:
        """The days decided by hand for one jurisdiction."""
        return [day.as_override() for day in CalendarDay.objects.filter(jurisdiction=code)]

    def confirmed_years(self, code: str) -> list[int]:
        """The years whose days off a person has checked."""
        return list(CalendarYear.objects.filter(jurisdiction=code).values_list("year", flat=True))


def rule_spec(rule: ResponseRule) -> RuleSpec:
    """The rule version as the arithmetic takes it."""
    step = rule.registration
    extension = None
    if rule.extension_quantity and rule.extension_unit:
        extension = rules.Period(rule.extension_quantity, rules.Unit(rule.extension_unit))
    return RuleSpec(
        code=rule.code,
        version=str(rule.version),
        period=rules.Period(rule.quantity, rules.Unit(rule.unit)),
        anchor=AnchorKind(rule.anchor),
        first_day=rules.FirstDay(rule.first_day),
        roll=rules.Roll(rule.roll),
        calendar=rule.jurisdiction,
        # The time to register is counted by its own rule, in the same law but another article:
        # its first day and roll are not those of the answer.
        registration=rules.Period(step.quantity, rules.Unit(step.unit)) if step else None,
        registration_first_day=rules.FirstDay((step or rule).first_day),
        registration_roll=rules.Roll((step or rule).roll),
        extension=extension,
        norm=f"{rule.norm}, {rule.article}" if rule.article else rule.norm,
        source=rule.source_url,
    )


def _in_force(code: str, on: datetime.date) -> ResponseRule | None:
    return ResponseRule.objects.in_force(code, on).select_related("registration").first()


def rule_in_force(*, code: str, on: datetime.date) -> ResponseRule:
    """The newest version of the rule in force on a day.

    Raises Refused; a version without an effective date is never found.
    """
    rule = _in_force(code, on)
    if rule is None:
        raise Refused(
            "anchor_on",
            _("No version of the rule %(code)s is known to be in force on %(day)s.")
            % {"code": code, "day": date_format(on)},
        )
    return rule


def known_anchor(*, addressee: Addressee, runs_from: str) -> rules.Anchor:
    """The event nearest to the one the rule runs from, not after it.

    What was never sent has no clock, so the date of the text alone counts only for a rule
    that runs from it. Raises Refused.
    """
    wanted = AnchorKind(runs_from)
    if wanted is AnchorKind.DATED and addressee.case.issued_on:
        return rules.Anchor(wanted, addressee.case.issued_on)
    passed = False
    for kind, field in _EVENTS:
        passed = passed or kind is wanted
        day = getattr(addressee, field)
        if passed and day:
            return rules.Anchor(kind, day)
    raise Refused("", _nothing_to_count_from(wanted))


def _nothing_to_count_from(wanted: AnchorKind) -> str:
    if wanted is AnchorKind.REGISTERED:
        return _("Say when the appeal was sent or registered: the time to answer runs from there.")
    if wanted is AnchorKind.DATED:
        return _("Say which day the appeal is dated: the time to answer runs from there.")
    if wanted is AnchorKind.PREVIOUS_REPLY:
        return _("This rule runs from an earlier reply, so it starts no clock of an addressee.")
    # A later day, of registration say, does not tell when it came.
    return _("Say when the appeal was sent or received: the time to answer runs from there.")


@contextmanager
def refusing_unknown_years(field: str = "") -> Iterator[None]:
    """Say it as a Refused where the arithmetic leaves the years its calendar covers."""
    try:
        yield
    except YearOutOfRangeError as error:
        raise Refused(
            field,
            _(
                "The calendar knows the years %(first)s to %(last)s; %(year)s is outside it. "
                "Check the date."
            )
            % {"first": error.first_year, "last": error.last_year, "year": error.year},
        ) from error


@refusing_unknown_years("anchor_on")
def compute_readings(rule: ResponseRule, anchor: rules.Anchor, calendar: WorkingCalendar) -> Result:
    """Every reading. Raises Refused with a sentence for the person."""
    try:
        return compute(rule_spec(rule), anchor, calendar)
    except AnchorMismatchError as error:
        raise Refused(
            "anchor",
            _("The rule %(code)s cannot be counted from this kind of day.") % {"code": rule.code},
        ) from error


@refusing_unknown_years()
def computed_fields(
    *,
    rule: ResponseRule,
    anchor: rules.Anchor,
    calendar: WorkingCalendar,
    changes: Iterable[DeadlineChange] = (),
    in_force: Callable[[str, datetime.date], ResponseRule | None] | None = None,
) -> dict[str, Any]:
    """What a deadline holds after the computation and every later extension and hold.

    An extension is a day somebody notified, so it stands whatever the calendar does, until a
    later one puts it right or takes it back, and unless the law itself gives a later day; a
    hold is counted again. Where the event it runs from may fall under the next version of the
    rule, the range covers that one too; `in_force` finds it without a query. Raises Refused.
    """
    result = compute_readings(rule, anchor, calendar)
    steps = steps_of(list(changes))
    courses, doubts = [run_through(result, steps, calendar)], []
    if following := _next_version(rule, result, in_force or _in_force):
        first = max(result.anchor_first, following.effective_from or result.anchor_first)
        # Sent on the last day of one version, an appeal may be registered under the next, whose
        # shorter time is then the strict reading.
        for day in sorted({first, result.anchor_last}):
            event = rules.Anchor(AnchorKind(following.anchor), day)
            further = compute_readings(following, event, calendar)
            courses.append(run_through(further, steps, calendar))
        doubts = [{"kind": "version", "date": first.isoformat(), "version": following.version}]
    latest = max(courses, key=lambda way: way.latest.last)
    stored = _explanation(courses, latest)
    stored["doubts"] += doubts
    if rule.unit == rules.Unit.WORKING_DAY and (
        off := _extension_days_off(stored["days"], latest.latest.last, calendar)
    ):
        stored["won_off"] = off
    return {
        "due_on": min(way.strict.last for way in courses),
        "overdue_after": latest.latest.last,
        "provisional": any(way.result.provisional for way in courses),
        "explanation": stored,
    }


def _explanation(courses: list[Course], latest: Course) -> dict[str, Any]:
    """That of the first, with the readings of all and the days drawn to the latest end."""
    course, *others = courses
    stored = explanation(course.result)
    for other in others:
        stored["readings"] += explanation(other.result)["readings"]
    stored["readings"].sort(key=lambda reading: reading["due_on"])
    stored["due_on"] = stored["readings"][0]["due_on"]
    stored["overdue_after"] = stored["readings"][-1]["due_on"]
    if latest is not course:
        stored["days"] = explanation(latest.result)["days"]
    stored["changes"] = [_step_data(step) for step in course.steps]
    stored["ends_on"] = latest.latest.counted.isoformat()
    return stored


def _extension_days_off(
    drawn: list[dict[str, Any]], last: datetime.date, calendar: WorkingCalendar
) -> list[str]:
    """The days off that an extension adds behind the days drawn; none where nobody draws them."""
    end = datetime.date.fromisoformat(drawn[-1]["date"])
    if not 0 < (last - end).days <= DRAWN_AT_MOST:
        return []
    behind = calendar.days(end + ONE_DAY, last)
    return [status.day.isoformat() for status in behind if not status.working]


def _next_version(
    rule: ResponseRule,
    result: Result,
    in_force: Callable[[str, datetime.date], ResponseRule | None],
) -> ResponseRule | None:
    """The version in force by the last day on which the event may be, where that is another.

    Only a day that is not known can fall under two of them.
    """
    if result.anchor_first == result.anchor_last:
        return None
    following = in_force(rule.code, result.anchor_last)
    if following is None or following.pk == rule.pk or following.anchor != rule.anchor:
        return None
    return following


def days_left(
    *,
    on: datetime.date,
    rule: ResponseRule,
    overdue_after: datetime.date,
    stored: dict[str, Any],
    calendar: WorkingCalendar,
) -> int:
    """Under the latest reading, in the unit of the rule. Raises Refused."""
    # To where the count ended, not to the day it rolled to: the days won by the roll would be
    # given twice. Rows from before that was stored have the last day alone.
    end = datetime.date.fromisoformat(stored.get("ends_on") or overdue_after.isoformat())
    with refusing_unknown_years():
        left = remaining(on, end if on < end else overdue_after, rules.Unit(rule.unit), calendar)
    return left.days


def steps_of(changes: Sequence[DeadlineChange]) -> list[Extension | Hold]:
    """Extensions that still stand, and holds, as the arithmetic takes them."""
    steps: list[Extension | Hold] = []
    for number, change in enumerate(changes):
        # A pause that lasts is no hold yet: how long it was, its end will tell.
        if change.paused_on and change.resumed_on:
            steps.append(Hold(change.paused_on, change.resumed_on))
        elif change.until and not replaced(change.until, changes[number + 1 :]):
            steps.append(Extension(change.until))
    return steps


def _step_data(step: Extension | Hold) -> dict[str, str]:
    if isinstance(step, Extension):
        return {"kind": "extended", "until": step.until.isoformat()}
    return {
        "kind": "held",
        "paused": step.paused_on.isoformat(),
        "resumed": step.resumed_on.isoformat(),
    }


def replaced(until: datetime.date, later: Iterable[DeadlineChange]) -> bool:
    """Taken back, or put right by a later extension to an earlier day: kept on record only."""
    return any(
        change.kind == DeadlineChange.Kind.EXTENDED
        and (change.until is None or change.until < until)
        for change in later
    )


def rule_and_first_day(deadline: Deadline) -> tuple[ResponseRule, datetime.date]:
    """The rule and first day every legal deadline has. Raises Refused for others."""
    if deadline.rule is None or deadline.anchor_on is None:
        raise Refused("", _("This is a date of our own, not of law; move it instead."))
    return deadline.rule, deadline.anchor_on


def recompute_fields(deadline: Deadline, changes: Iterable[DeadlineChange]) -> dict[str, Any]:
    """What a legal deadline holds when it is counted again now. Raises Refused."""
    rule, anchor_on = rule_and_first_day(deadline)
    return computed_fields(
        rule=rule,
        anchor=rules.Anchor(rules.AnchorKind(deadline.anchor), anchor_on),
        calendar=Calendars().of(rule, deadline.addressee),
        changes=changes,
    )


def count_again(deadline: Deadline, changes: Iterable[DeadlineChange]) -> None:
    for name, value in recompute_fields(deadline, changes).items():
        setattr(deadline, name, value)
