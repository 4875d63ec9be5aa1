"""Letters and contacts: recording them, grading what an answer does to each demand."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import (
    Action,
    Addressee,
    Case,
    Deadline,
    Demand,
    Grade,
    Response,
    ResponseGrade,
    User,
)
from tracker.services.days import today_of
from tracker.services.deadlines.end import close_answered
from tracker.services.documents import NewDocument, add_document
from tracker.services.events import record_event
from tracker.services.grades import take_back_grade
from tracker.services.records import save_row
from tracker.services.refusals import Refused, StaleRecord

INCOMING = frozenset(
    {
        Action.Kind.RESPONSE,
        Action.Kind.ACKNOWLEDGEMENT,
        Action.Kind.FORWARDING_NOTICE,
        Action.Kind.EXTENSION_NOTICE,
        Action.Kind.INFO_REQUEST,
        Action.Kind.MEDIA_ITEM,
        Action.Kind.OFFICIAL_ACT,
        Action.Kind.COURT_DECISION,
        Action.Kind.REPRISAL,
    }
)
INTERNAL = frozenset({Action.Kind.TRIAL_OBSERVATION, Action.Kind.ASSESSMENT, Action.Kind.REVIEW})
SILENCE = (Grade.D1, Grade.D2)


@dataclass(frozen=True)
class NewGrade:
    """How an answer treats one demand.

    `grade` is "" to take the grade back. `seen` is the one the person's page showed, "" for none;
    None does not ask. Nor does None touch what was said of an earlier grade.
    """

    demand: Demand
    grade: str
    reasoned: bool | None = None
    note: str | None = None
    seen: str | None = None


def direction_of(kind: str) -> str:
    """Out, in or internal: it follows from what kind of step it is."""
    if kind in INCOMING:
        return Action.Direction.IN
    if kind in INTERNAL:
        return Action.Direction.INTERNAL
    return Action.Direction.OUT


def log_action(
    *,
    case: Case,
    kind: str,
    happened_on: datetime.date,
    by: User,
    at: datetime.datetime,
    note: str = "",
    addressee: Addressee | None = None,
    document: NewDocument | None = None,
) -> Action:
    """Note one contact or step of a case.

    `happened_on` is a day in the person's own time zone. Raises Refused for a day that has not
    come, an addressee of another case or a file that cannot be taken.
    """
    if kind not in Action.Kind.values:
        raise Refused("kind", _("Choose what kind of contact it was."))
    _check_day(case, addressee, happened_on, by, at)
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        action = _write_action(case, addressee, kind, happened_on, note, by, at)
        if document:
            action.documents.add(add_document(new=document, cases=[case], by=by, at=at))
    return action


def record_response(
    *,
    addressee: Addressee,
    received_on: datetime.date,
    by: User,
    at: datetime.datetime,
    incoming_number: str = "",
    dated_on: datetime.date | None = None,
    note: str = "",
    confidential: bool = False,
    document: NewDocument | None = None,
    grades: Iterable[NewGrade] = (),
    closes_clocks: bool = True,
) -> Response:
    """Record an answer of one addressee, grade it per demand, and close the clocks it answers.

    Closing a clock cancels its pending reminders. Days are in the person's own time zone.
    Raises Refused; then nothing was written.
    """
    case = addressee.case
    _check_day(case, addressee, received_on, by, at, field="received_on")
    if dated_on and dated_on > received_on:
        raise Refused("dated_on", _("The letter cannot be dated after the day it reached us."))
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        action = _write_action(case, addressee, Action.Kind.RESPONSE, received_on, note, by, at)
        response = Response.objects.create(
            action=action,
            incoming_number=incoming_number,
            dated_on=dated_on,
            confidential=confidential,
        )
        if document:
            action.documents.add(add_document(new=document, cases=[case], by=by, at=at))
        grade_response(response=response, grades=grades, by=by, at=at)
        if closes_clocks:
            close_answered(addressee=addressee, reason=_("Answered."), on=received_on, by=by, at=at)
    return response


def grade_response(
    *, response: Response, grades: Iterable[NewGrade], by: User, at: datetime.datetime
) -> list[ResponseGrade]:
    """Say how an answer treats each demand; a later grade of the same demand replaces the first,
    and an empty one takes it back.

    Raises Refused for a demand of another case and for the grades of silence,
    StaleRecord where a demand has another grade by now than the one `seen`.
    """
    case = response.action.case
    written = []
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        for new in _still_to_write(response, list(grades)):
            if new.demand.case_id != case.pk or response.action.addressee is None:
                raise Refused("", _("Choose demands of the same case."))
            if not new.grade:
                for row in response.grades.filter(demand=new.demand).select_related("demand__case"):
                    take_back_grade(grade=row, by=by, at=at)
                continue
            if new.grade not in Grade.values or new.grade in SILENCE:
                raise Refused("", _("A letter that came cannot be graded as silence."))
            said = {"reasoned": new.reasoned, "note": new.note}
            row, created = ResponseGrade.objects.update_or_create(
                response=response,
                demand=new.demand,
                defaults={
                    "addressee": response.action.addressee,
                    "grade": new.grade,
                    "graded_on": today_of(by, at),
                    "by": by,
                    **{name: value for name, value in said.items() if value is not None},
                },
            )
            record_event(
                action="response.graded" if created else "response.regraded",
                about=response,
                case=case,
                by=by,
                at=at,
                details={
                    "demand": new.demand.number,
                    "grade": new.grade,
                    "reasoned": row.reasoned,
                    "note": row.note,
                },
            )
            written.append(row)
    return written


def _still_to_write(response: Response, grades: list[NewGrade]) -> list[NewGrade]:
    """Without those a double click would repeat. Call it with the case locked."""
    now = {row.demand_id: row for row in response.grades.select_related("demand", "by")}
    theirs: list[int] = []
    left: list[NewGrade] = []
    for new in grades:
        row = now.get(new.demand.pk)
        if new.seen is not None and row is not None and row.grade == new.grade:
            continue
        if row is None and not new.grade:
            continue
        if new.seen is not None and (row.grade if row else "") != new.seen:
            theirs.append(new.demand.number)
        left.append(new)
    if theirs:
        raise StaleRecord(response, parts=theirs)
    return left


def note_silence(
    *, addressee: Addressee, grade: str, by: User, at: datetime.datetime
) -> list[ResponseGrade]:
    """Put on record that an addressee did not answer: D1 in time, D2 after a reminder.

    Only while a legal clock of this addressee has run out, and once per demand and grade.
    Raises Refused.
    """
    today = today_of(by, at)
    if grade not in SILENCE:
        raise Refused("grade", _("Only D1 and D2 say that no answer came."))
    late = Deadline.objects.filter(addressee=addressee).unanswered(today)
    if not late.exists():
        raise Refused("", _("No clock of this addressee has run out."))
    if grade == Grade.D2 and not addressee.actions.reminder_letters().exists():
        raise Refused("grade", _("Log the reminder letter first."))
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=addressee.case_id)
        rows = [
            ResponseGrade.objects.create(
                demand=demand, addressee=addressee, grade=grade, graded_on=today, by=by
            )
            # By a subquery: `exclude` would take its conditions from different grades of a demand.
            for demand in addressee.demands.exclude(
                pk__in=ResponseGrade.objects.filter(
                    addressee=addressee, response=None, grade=grade
                ).values("demand")
            ).order_by("number")
        ]
        if rows:
            record_event(
                action="addressee.silent",
                about=addressee,
                case=addressee.case,
                by=by,
                at=at,
                details={"grade": grade, "demands": [row.demand.number for row in rows]},
            )
    return rows


def unanswered_demands(response: Response) -> list[Demand]:
    """Demands put to this addressee that the letter passes over, or that nobody has graded yet."""
    addressee = response.action.addressee
    if addressee is None:
        return []
    spoken_to = response.grades.exclude(grade=Grade.C2).values("demand")
    return list(addressee.demands.exclude(pk__in=spoken_to).order_by("number", "pk"))


def _check_day(
    case: Case,
    addressee: Addressee | None,
    day: datetime.date,
    by: User,
    at: datetime.datetime,
    field: str = "happened_on",
) -> None:
    if addressee is not None and addressee.case_id != case.pk:
        raise Refused("addressee", _("Choose an addressee of the same case."))
    if day > today_of(by, at):
        raise Refused(field, _("This day has not come yet. Enter the day it happened."))
    sent = addressee.sent_on if addressee else None
    earliest = sent or case.issued_on
    if addressee is not None and earliest and day < earliest:
        raise Refused(
            field,
            _("The appeal went out on %(day)s; this cannot be earlier. Check the year.")
            % {"day": date_format(earliest)},
        )


def _write_action(
    case: Case,
    addressee: Addressee | None,
    kind: str,
    day: datetime.date,
    note: str,
    by: User,
    at: datetime.datetime,
) -> Action:
    action = Action(
        case=case,
        addressee=addressee,
        direction=direction_of(kind),
        kind=kind,
        happened_on=day,
        note=note,
        by=by,
        at=at,
    )
    return save_row(action, action=f"action.{kind}", by=by, at=at)
