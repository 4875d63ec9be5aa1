"""What a person may do to a deadline, and dates set by hand."""

import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.dates.periods import add_months
from tracker.forms.demands import DayField
from tracker.forms.people import PersonField
from tracker.forms.versioned import VERSION, VersionField
from tracker.models import KIND_FACTS, Anchor, Authority, Case, Deadline, Demand, Document, User
from tracker.services.days import too_far
from tracker.services.deadlines.change import end_without_extensions, is_extended
from tracker.services.refusals import Refused


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence a colleague understands."),
        error_messages={"required": _("Say in one sentence why.")},
    )


class ChangeForm(forms.Form):
    """One step of a deadline as the person saw it."""

    shown_version = VersionField()

    def __init__(self, *args: Any, deadline: Deadline, on: datetime.date, **kwargs: Any) -> None:
        kwargs["initial"] = {VERSION: deadline.version, "on": on, **self.first(deadline)}
        super().__init__(*args, **kwargs)
        self.deadline = deadline

    def first(self, deadline: Deadline) -> dict[str, Any]:
        """What the fields show at first."""
        return {}


class EndForm(ChangeForm):
    on = DayField(label=_("On"))
    reason = reason_field()


class ReopenDeadlineForm(ChangeForm):
    reason = reason_field()


class PauseForm(ChangeForm):
    on = DayField(
        label=_("From"), help_text=_("The day they asked us, for example. The days left are kept.")
    )
    reason = reason_field()


class ResumeForm(ChangeForm):
    on = DayField(
        label=_("On"), help_text=_("The days that were left count from the day after it.")
    )
    reason = reason_field()


class ExtendForm(ChangeForm):
    until = DayField(label=_("Until"), help_text=_("The exact day they name in their notice."))
    reason = reason_field()
    norm = forms.CharField(
        label=_("The norm they rely on"),
        max_length=300,
        required=False,
        help_text=_("As cited in the notice."),
    )
    notice = forms.ModelChoiceField(
        label=_("Their notice"),
        queryset=Document.objects.none(),
        required=False,
        empty_label=_("not on file"),
        help_text=_("Add it to the documents of the case first, so that it can be shown later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_extended(self.deadline):
            self.fields["until"].help_text = self.repair()
        papers = Document.objects.filter(cases=self.deadline.case_id).order_by("title", "pk")
        self.fields["notice"].queryset = papers  # type: ignore[attr-defined]

    def repair(self) -> str:
        """How a mistyped extension is put right or taken back."""
        try:
            # The calendar may end before the day does; then nobody can say which one takes it back.
            end = end_without_extensions(self.deadline)
        except Refused:
            return _now("The exact day they name in their notice; an earlier one puts it right.")
        return _now(
            "The exact day they name in their notice. A mistyped extension is put right with an "
            "earlier day; %(day)s takes it back."
        ) % {"day": date_format(end)}


class CorrectForm(ChangeForm):
    anchor = forms.ChoiceField(label=_("What happened on that day"), choices=Anchor.choices)
    anchor_on = DayField(label=_("The day it runs from"))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_extended(self.deadline):
            self.fields["anchor_on"].help_text = _(
                "The extension stands whatever day it runs from; “Extend it” puts that right."
            )

    def first(self, deadline: Deadline) -> dict[str, Any]:
        return {"anchor": deadline.anchor, "anchor_on": deadline.anchor_on}


class MoveForm(ChangeForm):
    due_on = DayField(label=_("New day"))
    reason = reason_field()


class AssignForm(ChangeForm):
    owner = PersonField(
        label=_("Who answers for it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("whoever leads the case"),
    )
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.working().able_to_see(self.deadline.case)
        self.fields["owner"].queryset = able.order_by("name", "pk")  # type: ignore[attr-defined]

    def first(self, deadline: Deadline) -> dict[str, Any]:
        return {"owner": deadline.owner}


class ForwardForm(ChangeForm):
    """Whom the office passed the appeal to."""

    authority = forms.ModelChoiceField(
        label=_("Who has the appeal now"), queryset=Authority.objects.none()
    )
    on = DayField(label=_("Forwarded on"))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Authority.objects.usable_in(self.deadline.case).order_by("name", "pk")
        if self.deadline.addressee is not None:
            others = others.exclude(pk=self.deadline.addressee.authority_id)
        self.fields["authority"].queryset = others  # type: ignore[attr-defined]


class DateForm(forms.Form):
    """ "Wake me in three weeks", an event, or "expected by" of our own."""

    EXACT = "exact"
    WEEK, THREE_WEEKS, THREE_MONTHS = "week", "three_weeks", "three_months"

    kind = forms.ChoiceField(
        label=_("What kind of date"),
        choices=[(kind, facts.choice) for kind, facts in KIND_FACTS.items() if not facts.by_law],
        initial=Deadline.Kind.LOOK_AGAIN,
        widget=forms.RadioSelect,
    )
    when = forms.ChoiceField(label=_("When"), widget=forms.RadioSelect)
    due_on = DayField(label=_("The day"), required=False)
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        initial=_("Look again"),
        help_text=_("Neutral words: it stands in e-mails and calendars."),
        error_messages={"required": _("Give it a few words, or you will not know it again.")},
    )
    demand = forms.ModelChoiceField(
        label=_("About"),
        queryset=Demand.objects.none(),
        required=False,
        empty_label=_("the whole case"),
    )
    owner = PersonField(
        label=_("Who is reminded"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("the case's lead"),
    )

    def __init__(
        self,
        *args: Any,
        case: Case,
        on: datetime.date,
        people: Any,
        demand: Demand | None = None,
        user: User | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"when": self.THREE_WEEKS, "demand": demand, "owner": user}
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (self.WEEK, _("in 1 week")),
            (self.THREE_WEEKS, _("in 3 weeks")),
            (self.THREE_MONTHS, _("in 3 months")),
            (self.EXACT, _("on a day I choose")),
        ]
        self.fields["demand"].queryset = case.demands.order_by("number")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        when, day = data.pop("when", ""), data.get("due_on")
        if not when or "due_on" in self.errors:
            return data
        if day is None and when == self.EXACT:
            self.add_error("due_on", _("Choose the day."))
        elif day is None:
            # A day typed below wins over the button above: somebody meant it.
            data["due_on"] = {
                self.WEEK: self.on + datetime.timedelta(weeks=1),
                self.THREE_WEEKS: self.on + datetime.timedelta(weeks=3),
                self.THREE_MONTHS: add_months(self.on, 3),
            }[when]
        elif day < self.on:
            self.add_error("due_on", _("This day has passed. Choose today or a later one."))
        elif sentence := too_far(day, self.on):
            self.add_error("due_on", sentence)
        return data
