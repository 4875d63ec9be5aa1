"""What an address may ask of a list of the site: odd values, and the numbers of hidden rows."""

import re

import pytest

from tests.factories.demands import DemandFactory
from tests.walk import ABSENT, MARKER, OUTSIDE, Asker, world
from tracker.filters.cases import CaseFilter
from tracker.filters.deadlines import DeadlineFilter
from tracker.filters.demands import DemandFilter
from tracker.filters.reminders import ReminderFilter
from tracker.forms.agenda import AgendaForm, UnscheduledForm

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ASKED = {
    "": ["of", "page"],
    "agenda/": AgendaForm.base_fields,
    "agenda/unscheduled/": UnscheduledForm.base_fields,
    "authorities/": ["page", "q"],
    "calendars/KG/": ["year"],
    "cases/": [*CaseFilter.base_filters, "page"],
    "cases/OPEN-1/dates/new/": ["demand", "addressee"],
    "cases/OPEN-1/responses/new/": ["addressee"],
    "deadlines/": [*DeadlineFilter.base_filters, "page"],
    "demands/": [*DemandFilter.base_filters, "page"],
    "demands/export/": [*DemandFilter.base_filters, "page"],
    "recomputations/new/": ["calendar", "rule"],
    "reminders/": [*ReminderFilter.base_filters, "page"],
    "reports/": DemandFilter.base_filters,
}
ODD = {
    "nothing": "",
    "a NUL": "%00",
    "no UTF-8": "%FF%FE",
    "a great number": "9" * 20,
    "more digits than Python reads": "9" * 5000,
    "less than nothing": "-1",
    "a picture": "%F0%9F%98%80",
    "right to left": "%E2%80%AE%D8%A7",
    "300 letters": "a" * 300,
    "200 words": "a%20" * 100,
    "a quotation mark": "%27%22",
    "a pattern": "(a%2B)%2B%24",
    "a list": "[1,2]",
    "a far day": "0001-01-01",
    "no day": "2026-02-30",
}


def test_no_odd_value_is_an_error_of_the_server(signed_in):
    here, wrong = world(), []
    asker = Asker(here, signed_in(here.people["lead"]))
    for page, names in ASKED.items():
        for what, value in ODD.items():
            pairs = [f"{name}={value}" for name in [*names, *names, "unknown", "a" * 300, "%00"]]
            code = asker.ask("GET", f"{page}?{'&'.join(pairs)}").code
            if code not in ("200", "302", "400", "404"):
                wrong.append((page, what, code))
    assert wrong == []


@pytest.mark.parametrize("who", OUTSIDE[1:])
def test_a_hidden_row_asks_for_as_much_as_none(who, signed_in):
    here = world()
    asker = Asker(here, signed_in(here.people[who]))
    case = here.hidden["case"]
    # A number that stands nowhere else on a page.
    demand = DemandFactory(pk=case.pk + 1, case=case, number=2, text=MARKER)
    pairs = {
        "case": (case.pk, case.pk + ABSENT),
        "demand": (demand.pk, demand.pk + ABSENT),
        "issuer": (MARKER, "ZQXNONE"),
        "q": (MARKER, "ZQXNONE"),
    }
    asked = [(page, name) for page in ASKED for name in ASKED[page] if name in pairs]
    assert len(asked) > 10

    def said(page: str, name: str, value: object) -> str:
        answer = asker.ask("GET", f"{page}?{name}={value}")
        return re.sub(rf"\b{value}\b", "IT", answer.code + answer.said)

    for page, name in asked:
        there, absent = (said(page, name, value) for value in pairs[name])
        assert MARKER not in there
        assert there == absent, (page, name)
