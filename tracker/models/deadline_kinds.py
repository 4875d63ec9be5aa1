"""The kinds of deadline: what each is, how it ends, and the words it is told in.

To add one: a member of `DeadlineKind`, its line in `KIND_FACTS`, a migration, and a common
reminder plan in `fixtures/reference.json`. Nothing else in the code lists kinds.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeadlineKind(models.TextChoices):
    STATUTORY = "statutory", _("legal deadline")
    REGISTRATION = "registration", _("time to register")
    EXPECTED = "expected", _("expected by, set by us")
    LOOK_AGAIN = "look_again", _("look again")
    EVENT = "event", _("event")


@dataclass(frozen=True)
class KindFacts:
    """What a kind of deadline is, and its words.

    `by_law`: counted from a rule, never set by hand, and the only kind that can be overdue.
    `silent_when_late`: to miss it is to leave an answer out, which opens the next steps and counts
    against an authority; to register late is not. `ended_by_answer`: an answer of its addressee
    ends it. `repeat_at_most`: reminders after the day, where no plan says otherwise.

    `symbol` and `tint` while it runs. `late_tint`, `late` and `late_short` once it is overdue, on
    pages; `mail_late` in an e-mail ("": how many days ago). `next_step` in an e-mail, and
    `next_step_late` once overdue. `feed_title` in a calendar; `choice` where people set one.
    """

    symbol: str
    tint: str
    feed_title: str
    next_step: str
    choice: str = ""
    by_law: bool = False
    silent_when_late: bool = False
    ended_by_answer: bool = False
    late_tint: str = ""
    late: str = ""
    late_short: str = ""
    mail_late: str = ""
    next_step_late: str = ""
    repeat_at_most: int = 8


KIND_FACTS: dict[str, KindFacts] = {
    DeadlineKind.STATUTORY: KindFacts(
        "◷",
        "slate",
        by_law=True,
        silent_when_late=True,
        ended_by_answer=True,
        late_tint="red",
        late=_("no answer since %(day)s"),
        late_short=_("no answer"),
        feed_title=_("Deadline: %(reference)s"),
        next_step=_("Record the answer when it comes; keep the reminder letter ready."),
        next_step_late=_(
            "Record the answer if it came; if not, choose the next step on the case page."
        ),
    ),
    DeadlineKind.REGISTRATION: KindFacts(
        "◷",
        "slate",
        by_law=True,
        ended_by_answer=True,
        late_tint="amber",
        late=_("not registered in time; ask for the registration number"),
        late_short=_("not registered"),
        mail_late=_("Not registered in time: the last day was %(day)s."),
        feed_title=_("Deadline: %(reference)s"),
        next_step=_("Record the answer when it comes; keep the reminder letter ready."),
        next_step_late=_("Ask for the registration number, and enter the day on the case page."),
    ),
    DeadlineKind.LOOK_AGAIN: KindFacts(
        "→",
        "blue",
        choice=_("look at it again"),
        feed_title=_("Look again: %(reference)s"),
        next_step=_("Look again, note what changed, and choose the next date."),
    ),
    DeadlineKind.EVENT: KindFacts(
        "●",
        "blue",
        choice=_("something takes place: a hearing, a meeting"),
        feed_title=_("Event: %(reference)s"),
        next_step=_("Get ready for it, or cancel the date if it no longer holds."),
        # Once it has taken place there is nothing left to repeat.
        repeat_at_most=0,
    ),
    DeadlineKind.EXPECTED: KindFacts(
        "→",
        "blue",
        choice=_("we expect an answer by then, though no law says so"),
        ended_by_answer=True,
        feed_title=_("Expected: %(reference)s"),
        next_step=_("Ask whether an answer is under way, and record what you hear."),
    ),
}

BY_LAW = tuple(kind for kind, facts in KIND_FACTS.items() if facts.by_law)
SILENT_WHEN_LATE = tuple(kind for kind, facts in KIND_FACTS.items() if facts.silent_when_late)
ENDED_BY_ANSWER = tuple(kind for kind, facts in KIND_FACTS.items() if facts.ended_by_answer)
