"""What a person may do to a deadline: where each step is offered, and why not elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.forms import deadlines as forms
from tracker.models import Deadline
from tracker.services.addressees import correct_first_day
from tracker.services.deadlines import assign, change, end
from tracker.services.deadlines.forward import forward_addressee

State = Deadline.State


@dataclass(frozen=True)
class Action:
    """One thing a person may do, and where it is offered.

    `by_law`: of legal deadlines only, of dates set by hand only, or (None) of both.
    """

    title: str
    button: str
    done: str
    form: type[forms.ChangeForm]
    service: Callable
    cannot: str
    states: frozenset[str]
    by_law: bool | None = None
    of_addressee: bool = False

    def offered(self, deadline: Deadline) -> bool:
        return (
            deadline.state in self.states
            and self.by_law in (None, deadline.by_law)
            and not (self.of_addressee and deadline.addressee is None)
        )


OPEN = frozenset({State.OPEN})
RUNNING = frozenset({State.OPEN, State.PAUSED})
ENDED = frozenset({State.CLOSED, State.CANCELLED})

ACTIONS = {
    "close": Action(
        gettext_lazy("Close it"),
        gettext_lazy("Close it"),
        gettext_lazy("Closed. Its reminders are taken back."),
        forms.EndForm,
        end.close_deadline,
        gettext_lazy("it cannot be closed"),
        RUNNING,
    ),
    "extend": Action(
        gettext_lazy("Extend it"),
        gettext_lazy("Extend to this day"),
        gettext_lazy("Extended."),
        forms.ExtendForm,
        change.extend_deadline,
        gettext_lazy("it cannot be extended"),
        OPEN,
        by_law=True,
    ),
    "pause": Action(
        gettext_lazy("Pause it"),
        gettext_lazy("Pause the clock"),
        gettext_lazy("Paused. The days left are kept."),
        forms.PauseForm,
        change.pause_deadline,
        gettext_lazy("it cannot be paused"),
        OPEN,
        by_law=True,
    ),
    "resume": Action(
        gettext_lazy("Let it run on"),
        gettext_lazy("Let it run on"),
        gettext_lazy("It runs on."),
        forms.ResumeForm,
        change.resume_deadline,
        gettext_lazy("it cannot run on"),
        frozenset({State.PAUSED}),
        by_law=True,
    ),
    "correct": Action(
        gettext_lazy("Correct the day it runs from"),
        gettext_lazy("Count again from this day"),
        gettext_lazy("Counted again. The old day is kept in the history."),
        forms.CorrectForm,
        correct_first_day,
        gettext_lazy("it cannot be counted from another day"),
        RUNNING,
        by_law=True,
    ),
    "forward": Action(
        gettext_lazy("They forwarded it"),
        gettext_lazy("Record the forwarding"),
        gettext_lazy("Forwarded. The new body has its own clock if a rule binds it."),
        forms.ForwardForm,
        forward_addressee,
        gettext_lazy("it cannot be forwarded"),
        RUNNING,
        by_law=True,
        of_addressee=True,
    ),
    "move": Action(
        gettext_lazy("Move it"),
        gettext_lazy("Move to this day"),
        gettext_lazy("Moved."),
        forms.MoveForm,
        change.move_date,
        gettext_lazy("it cannot be moved"),
        OPEN,
        by_law=False,
    ),
    "assign": Action(
        gettext_lazy("Give it to somebody else"),
        gettext_lazy("Give it to them"),
        gettext_lazy("It is theirs now. They hear of it at once, if they want that."),
        forms.AssignForm,
        assign.assign_deadline,
        gettext_lazy("it cannot be given to somebody else"),
        RUNNING,
    ),
    "cancel": Action(
        gettext_lazy("Cancel it"),
        gettext_lazy("Cancel it"),
        gettext_lazy("Cancelled. Its reminders are taken back."),
        forms.EndForm,
        end.cancel_deadline,
        gettext_lazy("it cannot be cancelled"),
        RUNNING,
    ),
    "reopen": Action(
        gettext_lazy("Reopen it"),
        gettext_lazy("Reopen it"),
        gettext_lazy("It runs again."),
        forms.ReopenDeadlineForm,
        end.reopen_deadline,
        gettext_lazy("it cannot be reopened"),
        ENDED,
    ),
}

ALREADY = {
    ("close", State.CLOSED): gettext_lazy("This deadline is closed already."),
    ("cancel", State.CANCELLED): gettext_lazy("This deadline is cancelled already."),
    ("pause", State.PAUSED): gettext_lazy("This deadline is paused already."),
    ("resume", State.OPEN): gettext_lazy("This deadline is not paused; it runs."),
    ("reopen", State.OPEN): gettext_lazy("This deadline has not ended; it runs."),
    ("reopen", State.PAUSED): gettext_lazy(
        "This deadline has not ended, it is paused. Let it run on instead."
    ),
}
INSTEAD = {
    State.CLOSED: gettext_lazy("This deadline is closed, so %(cannot)s. Reopen it first."),
    State.CANCELLED: gettext_lazy("This deadline is cancelled, so %(cannot)s. Reopen it first."),
    State.PAUSED: gettext_lazy("This deadline is paused, so %(cannot)s. Let it run on first."),
}


def why_not(name: str, deadline: Deadline) -> str:
    """Why a step that is not offered for this deadline cannot be done, and what can instead."""
    action = ACTIONS[name]
    if action.by_law not in (None, deadline.by_law):
        if not deadline.by_law:
            return _("This is a date of our own, so %(cannot)s; it can be moved.") % {
                "cannot": action.cannot
            }
        return _("The law sets this day, so %(cannot)s. Extend it, or correct its first day.") % {
            "cannot": action.cannot
        }
    if action.of_addressee and deadline.addressee is None:
        return _("This clock has no addressee, so %(cannot)s.") % {"cannot": action.cannot}
    state = State(deadline.state)
    if (name, state) in ALREADY:
        return str(ALREADY[name, state])
    return INSTEAD[state] % {"cannot": action.cannot}
