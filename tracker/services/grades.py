"""Taking grades back: a judgement may be wrong; the history keeps that it was made."""

import datetime

from django.db import transaction

from tracker.models import Addressee, Case, ResponseGrade, User
from tracker.services.events import record_event


@transaction.atomic
def take_back_grade(*, grade: ResponseGrade, by: User, at: datetime.datetime) -> ResponseGrade:
    """The letter counts as not graded for that demand again."""
    case = grade.demand.case
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    record_event(
        action="response.grade_taken_back",
        about=grade.response or grade.addressee,
        case=case,
        by=by,
        at=at,
        details={"demand": grade.demand.number, "grade": grade.grade},
    )
    grade.delete()
    return grade


@transaction.atomic
def take_back_silence(*, addressee: Addressee, by: User, at: datetime.datetime) -> list[int]:
    """Nobody has said any more that this addressee kept silent. Returns the demands' numbers.

    A second click finds nothing to take back and writes nothing.
    """
    Case.objects.select_for_update(no_key=True).get(pk=addressee.case_id)
    rows = ResponseGrade.objects.filter(addressee=addressee, response=None)
    numbers = sorted(set(rows.values_list("demand__number", flat=True)))
    if numbers:
        grades = sorted(set(rows.values_list("grade", flat=True)))
        rows.delete()
        record_event(
            action="addressee.silence_taken_back",
            about=addressee,
            case=addressee.case,
            by=by,
            at=at,
            details={"grades": grades, "demands": numbers},
        )
    return numbers
