"""The demonstration: people to sign in as, the real documents, and follow-ups dated from today.

The documents and what became of them are facts; the follow-ups are not, and each says so.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction

from tracker.dates.rules import Anchor, AnchorKind
from tracker.models import Action, Case, Deadline, DeadlineChange, Phase, Role, User
from tracker.services.cases import add_member, edit_case
from tracker.services.correspondence import log_action
from tracker.services.days import today_of
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.compute import Calendars, computed_fields, rule_in_force
from tracker.services.deadlines.history import write_change
from tracker.services.deadlines.start import set_date
from tracker.services.loading import CASE_FILES, Loaded, load_case_file, load_reference
from tracker.services.records import save_row

PEOPLE = {
    "coordinator@demo.test": ("Demo coordinator", Role.COORDINATOR),
    "officer@demo.test": ("Demo officer", Role.OFFICER),
    "viewer@demo.test": ("Demo viewer", Role.VIEWER),
    "administrator@demo.test": ("Demo administrator", Role.ADMINISTRATOR),
}
COORDINATOR, OFFICER, VIEWER, ADMINISTRATOR = PEOPLE

LAWYERS = "LAWYERS-2020"
REPLY_RULE = "kg-67-reply-14"
SAID = "Demonstration: made up so that the clocks have something to show. No such step was taken."

# Reminder letters: kind, number of the addressee, days since it was sent and registered, text.
LETTERS = (
    (Action.Kind.REMINDER_1, 2, 45, "Reminder letter to the Prosecutor General"),
    (Action.Kind.REMINDER_1, 1, 9, "Reminder letter to the President"),
)

# Dates of ours: case, kind, days from today, number of the demand (None: the whole case), title.
LOOK_AGAIN, EVENT = Deadline.Kind.LOOK_AGAIN, Deadline.Kind.EVENT
DATES = (
    (LAWYERS, LOOK_AGAIN, 0, None, "Ask the Prosecutor General for the letter's number"),
    (LAWYERS, EVENT, 10, None, "Team meeting: what follows the silence"),
    ("SI-2022", LOOK_AGAIN, 2, 2, "See whether the site of Azattyk can be reached"),
    ("SI-2022", LOOK_AGAIN, 3, 1, "See whether the city court has set a hearing"),
    ("SI-2022", LOOK_AGAIN, 24, 6, "Look for a decision on the harm to civilians"),
    ("BIRDUINO-2020", LOOK_AGAIN, 6, 12, "Look for later rulings on those who left prison"),
    ("BIRDUINO-2020", LOOK_AGAIN, 40, 10, "Look for the result of an investigation of the death"),
)

# Review days of demands that are not at an end, in days from today. Two demands are left
# without any date, to show what the list “nothing scheduled” is for.
FIRST_REVIEW = {(LAWYERS, 1): 0, ("SI-2022", 1): 5, ("BIRDUINO-2020", 12): 4}
WITHOUT_REVIEW = frozenset({("EXPERTS-2020", 5), ("EXPERTS-2020", 8)})


@dataclass(frozen=True)
class Demonstration:
    """What loading came to: an entry per file, the people added, those with a new password."""

    files: list[Loaded]
    people: list[User]
    renewed: list[User]


@transaction.atomic
def load_demo(*, password: str, at: datetime.datetime) -> Demonstration:
    """Reference data, people, the five documents, and for new cases follow-ups from today.

    Repeating it changes nothing, on whatever later day. Only another `password` than before
    becomes that of the demo people, who exist to be signed in as: what is printed must open.
    """
    reference = load_reference(at=at)
    added, renewed = _add_people(password, at)
    people = {email: User.objects.get_by_natural_key(email) for email in PEOPLE}
    loaded = [load_case_file(name=name, at=at) for name in CASE_FILES]
    today = today_of(people[OFFICER], at)
    for file in loaded:
        if file.case is not None:
            _put_to_work(file.case, people, today, at)
    return Demonstration([reference, *loaded], added, renewed)


def _add_people(password: str, at: datetime.datetime) -> tuple[list[User], list[User]]:
    added, renewed = [], []
    for email, (name, role) in PEOPLE.items():
        if person := User.objects.filter(email__iexact=email).first():
            if not person.check_password(password):
                person.set_password(password)
                save_row(person, action="person.edited", update_fields=["password"], by=None, at=at)
                renewed.append(person)
            continue
        person = User(email=email, name=name, role=role)
        person.set_password(password)
        save_row(person, action="person.created", by=None, at=at)
        added.append(person)
    return added, renewed


def _put_to_work(
    case: Case, people: dict[str, User], today: datetime.date, at: datetime.datetime
) -> None:
    officer = people[OFFICER]
    case.lead = officer
    if case.reference == LAWYERS:
        case.phase = Phase.DIALOGUE
    edit_case(case=case, by=None, at=at, reason="demonstration")
    for email in (OFFICER, COORDINATOR):
        add_member(case=case, user=people[email], by=None, at=at)
    for addressee in case.addressees.select_related("authority", "rule__registration"):
        sync_deadlines(addressee=addressee, by=None, at=at)
    if case.reference == LAWYERS:
        _write_letters(case, officer, today, at)
    _set_dates(case, today, at)
    _set_reviews(case, today, at)


def _write_letters(case: Case, officer: User, today: datetime.date, at: datetime.datetime) -> None:
    """A reminder letter is an appeal of its own, so each starts a legal clock beside the first.

    The clock names no addressee: that one's clock is the first appeal's, and runs on.
    """
    for kind, number, days, title in LETTERS:
        addressee = case.addressees.get(number=number)
        sent_on = today - datetime.timedelta(days=days)
        rule = rule_in_force(code=REPLY_RULE, on=sent_on)
        calendar = Calendars().of(rule, addressee)
        while not calendar.status(sent_on).working:
            sent_on -= datetime.timedelta(days=1)
        log_action(
            case=case,
            kind=kind,
            happened_on=sent_on,
            by=officer,
            at=at,
            note=f"{title}. {SAID}",
            addressee=addressee,
        )
        anchor = Anchor(AnchorKind.REGISTERED, sent_on)
        deadline = Deadline(
            case=case,
            kind=Deadline.Kind.STATUTORY,
            title=f"{title}: reply (demonstration)",
            rule=rule,
            anchor=anchor.kind.value,
            anchor_on=anchor.day,
            created_at=at,
            **computed_fields(rule=rule, anchor=anchor, calendar=calendar),
        )
        write_change(deadline, DeadlineChange.Kind.STARTED, before={}, by=None, at=at, reason=SAID)


def _set_dates(case: Case, today: datetime.date, at: datetime.datetime) -> None:
    for reference, kind, days, number, title in DATES:
        if reference == case.reference:
            set_date(
                case=case,
                kind=kind,
                due_on=today + datetime.timedelta(days=days),
                title=f"{title} (demonstration)",
                demand=case.demands.get(number=number) if number else None,
                by=None,
                at=at,
            )


def _set_reviews(case: Case, today: datetime.date, at: datetime.datetime) -> None:
    for demand in case.demands.open().order_by("number"):
        place = (case.reference, demand.number)
        if place in WITHOUT_REVIEW:
            continue
        days = FIRST_REVIEW.get(place, 14 + 3 * demand.number)
        demand.review_on = today + datetime.timedelta(days=days)
        save_row(demand, action="demand.review_date", reason="demonstration", by=None, at=at)
