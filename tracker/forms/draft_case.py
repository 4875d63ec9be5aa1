"""The parts of a case to be: its facts, its addressees, its demands, as read and corrected."""

import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.demands import DayField
from tracker.forms.people import PersonField
from tracker.models import (
    Addressee,
    Authority,
    Case,
    Jurisdiction,
    ResponseRule,
    Role,
    Signatory,
    User,
)
from tracker.services.authorities import short_name
from tracker.services.intake import free_reference

USUAL_RULE = "usual"

LANGUAGES = [("en", _("English")), ("ru", _("Russian")), ("ky", _("Kyrgyz"))]


class NotAhead:
    """For forms with the day of an appeal, which cannot lie ahead of the day it is (`on`)."""

    def clean_issued_on(self) -> datetime.date | None:
        issued_on = self.cleaned_data["issued_on"]
        if issued_on and issued_on > self.on:
            raise forms.ValidationError(
                _now("This day has not come yet. Leave it empty if the appeal has no date.")
            )
        return issued_on


# What a person enters about a case: at intake, on the page of its facts, in the admin. A new
# field is added here once; a test fails for a column of Case that is nowhere.
HEAD = ("title", "kind", "summary")
APPEAL = ("issuer", "issued_on", "place", "language")
REPLY = ("response_request", "reply_address", "contacts")
WORK = ("track",)
FACTS = (*HEAD, *APPEAL, *REPLY, *WORK)

# Beside each other on the page of a draft; the rest stand alone below them.
SIDE_BY_SIDE = (
    ("title",),
    ("reference", "kind", "issued_on"),
    ("issuer",),
    ("place", "language"),
    ("sent_on", "channel"),
    ("lead", "confidentiality", "track"),
)
LAST = (*REPLY, "signatories", "norms")


def another_than_taken(reference: str, *, of: Case) -> str:
    """The reference, unless another case has it, be it one that the reader may not see.

    References are addresses, so two cases cannot share one; that one is refused cannot be hidden.
    Nothing is said of the case that has it.
    """
    if Case.objects.filter(reference=reference).exclude(pk=of.pk).exists():
        raise forms.ValidationError(
            _now("Choose another reference, such as %(free)s."),
            params={"free": free_reference(reference)},
            code="unique",
        )
    return reference


class DraftFactsForm(NotAhead, forms.ModelForm):
    """The case itself, and how the appeal went out."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        error_messages={"required": _("Give the case a reference, such as APPEAL-2026.")},
        help_text=_("Short and neutral: it stands in e-mails and calendar entries."),
    )
    issued_on = DayField(label=_("Dated"), required=False)
    language = forms.ChoiceField(label=_("Language of the text"), choices=LANGUAGES)
    lead = PersonField(
        label=_("Lead"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody yet"),
        help_text=_("Answers for the case; gets its reminders when nobody else is named."),
    )
    sent_on = DayField(
        label=_("Sent on"),
        required=False,
        help_text=_("The clocks start from it. Leave it empty while nothing has been sent."),
    )
    channel = forms.ChoiceField(
        label=_("Sent by"),
        choices=[("", _("not known")), *Addressee.Channel.choices],
        required=False,
    )
    signatories = forms.CharField(
        label=_("Signatories"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        help_text=_("One a line: name | role | place. With ! before a name at risk: it is masked."),
    )
    norms = forms.CharField(
        label=_("Norms the text rests on"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=_("One a line, as cited."),
    )

    class Meta:
        model = Case
        fields = ["reference", *FACTS, "lead", "confidentiality"]
        labels = {
            "issuer": _("Issued by"),
            "response_request": _("The sentence that asks for an answer"),
            "contacts": _("Contacts printed in the text"),
        }
        help_texts = dict.fromkeys(["response_request", "contacts"], "")
        widgets = dict.fromkeys(["summary", *REPLY], forms.Textarea(attrs={"rows": 2}))
        error_messages = {
            "title": {"required": _("Give the case a title; the first words of the text will do.")}
        }

    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["lead"].queryset = (
            User.objects.active().exclude(role=Role.VIEWER).order_by("name", "pk")
        )

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields at the head of the page, in the rows it shows."""
        placed = {*LAST, *(name for row in SIDE_BY_SIDE for name in row)}
        others = [(name,) for name in self.fields if name not in placed]
        return [[self[name] for name in row] for row in (*SIDE_BY_SIDE, *others)]

    @property
    def last_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in LAST]

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"].strip().upper()
        Case._meta.get_field("reference").run_validators(reference)
        return another_than_taken(reference, of=self.instance)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        issued_on, sent_on = data.get("issued_on"), data.get("sent_on")
        if issued_on and sent_on and sent_on < issued_on:
            self.add_error(
                "sent_on",
                _now("It was sent before the day it is dated (%(day)s). Correct one of the two.")
                % {"day": date_format(issued_on)},
            )
        return data

    def clean_sent_on(self) -> datetime.date | None:
        sent_on = self.cleaned_data["sent_on"]
        if sent_on and sent_on > self.on:
            raise forms.ValidationError(
                _now("This day has not come yet. Leave it empty until the appeal is sent.")
            )
        return sent_on

    def clean_signatories(self) -> list[Signatory]:
        signatories = []
        for line in filter(str.strip, self.cleaned_data["signatories"].splitlines()):
            parts = [part.strip() for part in line.split("|")]
            if not parts[0].lstrip("! ") or len(parts) > 3:
                raise forms.ValidationError(
                    _now("Write each line as name | role | place: “%(line)s”."),
                    params={"line": line.strip()[:60]},
                )
            name, role, place = [*parts, "", ""][:3]
            signatories.append(
                Signatory(
                    name=name.lstrip("! ")[:200],
                    role=role[:300],
                    place=place[:200],
                    at_risk=name.startswith("!"),
                )
            )
        return signatories


class AddresseeForm(forms.Form):
    """Whom the appeal addresses: the words of the text, and the office meant by them."""

    without_office = _("Choose the office, write a new one, or leave the addressee out.")

    addressed_as = forms.CharField(label=_("In the text"), max_length=300, required=False)
    person = forms.CharField(label=_("Person"), max_length=200, required=False)
    authority = forms.ModelChoiceField(
        label=_("Office"),
        queryset=Authority.objects.none(),
        required=False,
        empty_label=_("a new one:"),
    )
    new_authority = forms.CharField(label=_("New office"), max_length=200, required=False)
    new_kind = forms.ChoiceField(
        label=_("Its kind"), choices=Authority.Kind.choices, initial=Authority.Kind.GOVERNMENT
    )
    new_jurisdiction = forms.ChoiceField(
        label=_("Its law and calendar"), choices=Jurisdiction.choices, required=False
    )
    rule = forms.ChoiceField(label=_("Time to answer"), required=False)
    remove = forms.BooleanField(label=_("Leave this addressee out"), required=False)

    def __init__(
        self,
        *args: Any,
        authorities: Any,
        offices: list[tuple[int, str]],
        rules: list[ResponseRule],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {str(rule.pk): rule for rule in rules}
        self.fields["authority"].queryset = authorities
        # Listed once for the page; the field itself would ask the database for each addressee.
        self.fields["authority"].widget.choices = [("", _("a new one:")), *offices]
        self.fields["rule"].choices = [
            (USUAL_RULE, _("the usual rule of this office")),
            ("", _("no law sets a time")),
            *(
                (key, f"{rule.get_jurisdiction_display()}: {rule.name}")
                for key, rule in self.rules.items()
            ),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("remove") and not data.get("authority") and not data.get("new_authority"):
            self.add_error("authority", self.without_office)
        return data

    def new_addressee(self, sent_on: datetime.date | None, channel: str) -> Addressee:
        data = self.cleaned_data
        authority = data["authority"] or Authority(
            slug=short_name(data["new_authority"]),
            name=data["new_authority"],
            kind=data["new_kind"],
            jurisdiction=data["new_jurisdiction"],
        )
        usual = data["rule"] == USUAL_RULE
        return Addressee(
            authority=authority,
            person=data["person"],
            addressed_as=data["addressed_as"],
            channel=channel,
            sent_on=sent_on,
            rule=authority.default_rule if usual else self.rules.get(data["rule"]),
        )


def office_choices(user: User, case: Case | None = None) -> dict[str, Any]:
    """What the form of an addressee is made of, read once for all addressees of a page.

    `case` is theirs, `None` while it does not stand yet.
    """
    authorities = (
        Authority.objects.visible_to(user)
        .usable_in(case)
        .select_related("default_rule")
        .order_by("name", "pk")
    )
    steps = ResponseRule.objects.exclude(registration=None).values("registration")
    rules = ResponseRule.objects.applicable().exclude(pk__in=steps)
    return {
        "authorities": authorities,
        "offices": [(office.pk, office.name) for office in authorities],
        "rules": list(rules.order_by("jurisdiction", "name", "pk")),
    }


class DraftDemandForm(forms.Form):
    """One demand, word for word, and who is asked."""

    text = forms.CharField(
        label=_("Word for word"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the demand, or leave it out.")},
    )
    heading = forms.CharField(label=_("In short"), max_length=160, required=False)
    addressees = forms.MultipleChoiceField(
        label=_("Asked of"), widget=forms.CheckboxSelectMultiple, required=False
    )
    at = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    remove = forms.BooleanField(label=_("Leave this demand out"), required=False)

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["addressees"].choices = parties
        if self.data.get(self.add_prefix("remove")):
            self.fields["text"].required = False
