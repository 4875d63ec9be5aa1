"""What every list filter shares: its error words, chips for what is active, the search."""

import datetime
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Parameters of the page itself, not of its filter.
NOT_FILTERS = frozenset({"page"})
LONGEST_SEARCH = 200  # letters; each word costs a comparison with every row


class PersonChoiceField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class PersonFilter(django_filters.ModelChoiceFilter):
    """People by name; their e-mail addresses stay out of the page."""

    field_class = PersonChoiceField


class CaseChoiceField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.reference


class CaseChoiceFilter(django_filters.ModelChoiceFilter):
    field_class = CaseChoiceField


def containing(text: str, fields: Iterable[str]) -> Q:
    """Rows with `text` in any of `fields`, whatever the case of its letters.

    SQLite folds only Latin letters, so that a search for a Cyrillic word also asks for its
    capitalised, upper and lower forms.
    """
    forms_of_text = {text, text.lower(), text.upper(), text.capitalize()}
    return reduce(
        or_, (Q(**{f"{field}__icontains": form}) for field in fields for form in forms_of_text)
    )


class ListFilter(django_filters.FilterSet):
    """A filter that narrows by what it understands and says what it does not.

    A value that does not exist never narrows and never passes in silence: the page shows
    `problems` above the list, and an export refuses.
    """

    search_fields: tuple[str, ...] = ()

    q = django_filters.CharFilter(
        label=gettext_lazy("Words"), method="search", max_length=LONGEST_SEARCH
    )

    def __init__(
        self, data: Any, queryset: QuerySet, *, request: HttpRequest, on: datetime.date
    ) -> None:
        """`on`: the day that "overdue" and "this week" are asked for."""
        super().__init__(data, queryset, request=request)
        self.on = on

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(containing(value, self.search_fields))

    def of_person(self, queryset: Any, name: str, value: Any) -> QuerySet:
        return queryset.of_person(value)

    @property
    def problems(self) -> list[str]:
        """One sentence for each parameter that was left out of the filter."""
        sentences = []
        for name, field in self.form.fields.items():
            if name in self.form.errors:
                sentences.append(
                    _("“%(value)s” is not a choice of “%(filter)s”, so this filter was left out.")
                    % {"value": self.data.get(name, "")[:60], "filter": field.label}
                )
        for name in self.data:
            if name not in self.form.fields and name not in NOT_FILTERS:
                sentences.append(
                    _("There is no filter named “%(name)s” here, so it was left out.")
                    % {"name": name[:60]}
                )
        return sentences

    @property
    def active(self) -> list[dict[str, str]]:
        """Each filter in force: its name, its value in words, and the query without it."""
        if not self.is_bound:
            return []
        self.form.is_valid()
        chips = []
        for name, value in self.form.cleaned_data.items():
            if value in (None, "", []):
                continue
            rest = self.data.copy()
            rest.pop(name, None)
            rest.pop("page", None)
            chips.append(
                {
                    "name": self.form.fields[name].label,
                    "value": self._in_words(name, value),
                    "without": rest.urlencode(),
                }
            )
        return chips

    def _in_words(self, name: str, value: Any) -> str:
        field = self.form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return field.label_from_instance(value)
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))
        return str(value)

    @property
    def main_field(self) -> forms.BoundField:
        return self.form["q"]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form if field.name != "q"]

    @property
    def more_in_use(self) -> bool:
        return any(chip["name"] != self.form.fields["q"].label for chip in self.active)

    @property
    def query(self) -> str:
        """The filter as a query string, for links to the same rows elsewhere."""
        rest = self.data.copy()
        rest.pop("page", None)
        return rest.urlencode()
