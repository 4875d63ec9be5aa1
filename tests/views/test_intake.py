"""A new case from a text: paste, correct, confirm; or keep it as a background document."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.authorities import AuthorityFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.pages import actions, errors, find, links, one
from tracker.models import Authority, Case, Deadline, Demand, Document, Draft, Event, Signatory

TITLE = "Open appeal in support of teachers"
OFFICE = "Prosecutor General of the Kyrgyz Republic"
SECOND = "Investigate the threats against them"
REQUEST = "We expect a reply within the period established by law"
APPEAL = f"""{TITLE}

To the {OFFICE}
Mr. A. Example

Teachers were dismissed for joining a union, against Article 31 of the Constitution.

We demand:

1. Reinstate the dismissed teachers.
2. {SECOND}.

{REQUEST}.

15 January 2020

Signatories:
Anna Sidorova, teacher, Osh
Bakyt Asanov, lawyer, Bishkek
"""
NEWS = """Prices rise again

Prices rose in March, the ministry said on Monday. "We expect relief," a spokesman told reporters.
"""


@pytest.fixture
def office(db) -> Authority:
    """Reference data the appeal's words match, with a rule that starts from sending."""
    rule = ResponseRuleFactory(anchor="sent", first_day="excluded")
    return AuthorityFactory(name=OFFICE, default_rule=rule, slug="prosecutor")


@pytest.fixture
def client(signed_in, owner):
    return signed_in(owner)


def paste(client, text: str = APPEAL, **more):
    return client.post(reverse("case_new"), {"text": text, "source_url": ""} | more)


def started(client, text: str = APPEAL) -> Draft:
    paste(client, text)
    return Draft.objects.latest("pk")


def address() -> str:
    """Of the one case there is, whose proposed reference ends in letters that mean nothing."""
    reference = Case.objects.get().reference
    assert re.fullmatch("APPEAL-2020-[2-9A-Z]{3}", reference)
    return f"/cases/{reference}/"


def as_shown(client, draft: Draft, **changed) -> dict:
    """What the browser would send of the review page, with changes."""
    review = client.get(reverse("draft_review", args=[draft.pk])).context["review"]
    data: dict = {
        "addressee_count": len(review.addressees),
        "demand_count": len(review.demands),
        "action": "confirm",
    }
    for form in review.forms:
        for bound in form:
            value = bound.value()
            if value not in (None, "", False, []):
                data[bound.html_name] = value
    return data | changed


def confirm(client, draft: Draft, **changed):
    return client.post(reverse("draft_review", args=[draft.pk]), as_shown(client, draft, **changed))


def test_a_draft_may_hold_any_character(client, office):
    draft = started(client)
    sent = {"action": "save", "title": "A\0 title", "d0-text": "Free\0 them."}
    assert confirm(client, draft, **sent).status_code == 302
    review = client.get(reverse("draft_review", args=[draft.pk])).context["review"]
    assert [form["title"].value() for form in review.forms if "title" in form.fields] == ["A title"]
    assert review.demands[0]["text"].value() == "Free them."


def test_a_pasted_appeal_becomes_a_case_with_all_that_was_read(client, owner, office):
    draft = started(client)
    answer = confirm(client, draft, sent_on="2020-01-15", channel="post")
    assert (answer.status_code, answer.headers["Location"]) == (302, address())
    case = Case.objects.get()
    assert (case.title, case.kind, case.issued_on, case.phase, case.lead) == (
        TITLE,
        "open_appeal",
        datetime.date(2020, 1, 15),
        "sent",
        owner,
    )
    addressee = case.addressees.get()
    assert (addressee.authority, addressee.person, addressee.addressed_as, addressee.rule) == (
        office,
        "A. Example",
        OFFICE,
        office.default_rule,
    )
    assert [
        (d.number, d.text, d.status, list(d.addressees.all()))
        for d in case.demands.order_by("number")
    ] == [
        (1, "Reinstate the dismissed teachers", "awaiting", [addressee]),
        (2, SECOND, "awaiting", [addressee]),
    ]
    for demand in case.demands.all():
        assert case.source.text[demand.start : demand.end] == demand.text
    assert (case.source.text, case.source.kind) == (APPEAL, "source")
    assert [(s.number, s.name, s.role, s.place) for s in case.signatories.order_by("number")] == [
        (1, "Anna Sidorova", "teacher", "Osh"),
        (2, "Bakyt Asanov", "lawyer", "Bishkek"),
    ]
    assert [(n.article, n.instrument) for n in case.norms.all()] == [("Article 31", "Constitution")]
    assert case.response_request == REQUEST
    clock = Deadline.objects.get(addressee=addressee, kind="statutory")
    assert (clock.state, clock.anchor_on) == ("open", datetime.date(2020, 1, 15))


def test_an_appeal_that_is_not_sent_yet_has_no_clock(client, office):
    confirm(client, started(client))
    assert (Case.objects.get().phase, Deadline.objects.count()) == ("preparing", 0)


def test_confirming_twice_makes_one_case(client, office):
    draft = started(client)
    data = as_shown(client, draft)
    url = reverse("draft_review", args=[draft.pk])
    for _ in range(2):
        answer = client.post(url, data)
        assert answer.headers["Location"] == address()
    assert client.get(url).headers["Location"] == address()
    assert (Case.objects.count(), Demand.objects.count(), Document.objects.count()) == (1, 2, 1)


def test_the_same_text_pasted_twice_is_one_draft(client):
    assert paste(client).headers["Location"] == paste(client).headers["Location"]
    assert Draft.objects.count() == 1


def test_the_page_marks_each_proposed_item_in_the_text(client, office):
    text = client.get(reverse("draft_review", args=[started(client).pk])).text
    marks = re.findall(
        r'<mark class="mark--(\w+)" title="[^"]+">(?:<a [^>]+>(\d)</a>)?([^<]+)', text
    )
    assert marks == [
        ("title", "", TITLE),
        ("addressee", "", f"{OFFICE}\nMr. A. Example"),
        ("norm", "", "Article 31 of the Constitution"),
        ("demand", "1", "Reinstate the dismissed teachers"),
        ("demand", "2", SECOND),
        ("reply", "", REQUEST),
        ("date", "", "15 January 2020"),
        ("signatory", "", "Anna Sidorova, teacher, Osh"),
        ("signatory", "", "Bakyt Asanov, lawyer, Bishkek"),
    ]


def test_words_of_the_text_are_escaped(client):
    draft = started(client, APPEAL.replace("teachers.", "<script>alert(1)</script>."))
    text = client.get(reverse("draft_review", args=[draft.pk])).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_bad_value_is_said_and_nothing_typed_is_lost(client, office):
    draft = started(client)
    answer = confirm(client, draft, title="", issued_on="2020-02-31", **{"d0-heading": "Jobs back"})
    assert (answer.status_code, set(errors(answer))) == (422, {"title", "issued_on"})
    again = client.get(reverse("draft_review", args=[draft.pk])).text
    assert ("Jobs back" in again, "2020-02-31" in again) == (True, True)
    assert (Case.objects.count(), Document.objects.count(), Authority.objects.count()) == (0, 0, 1)


def test_a_day_of_sending_that_has_not_come_is_refused(client, office):
    answer = confirm(client, started(client), sent_on="2999-01-01")
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert list(errors(answer)) == ["sent_on"]


def test_a_taken_reference_is_refused_with_one_that_is_free(client, office, case):
    answer = confirm(client, started(client), reference="open-1")
    assert (answer.status_code, Case.objects.count()) == (422, 1)
    assert re.search("OPEN-1-[2-9A-Z]{3}", errors(answer)["reference"])


def test_a_reference_of_other_letters_is_refused_beside_its_field(client, office):
    answer = confirm(client, started(client), reference="адвокаты 2020")
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert list(errors(answer)) == ["reference"]


def test_an_addressee_without_an_office_is_refused_until_one_is_chosen(client):
    draft = started(client)
    gone = confirm(client, draft, **{"a0-new_authority": ""})
    assert (gone.status_code, Case.objects.count()) == (422, 0)
    assert list(errors(gone)) == ["a0-authority"]
    confirm(
        client,
        draft,
        **{"a0-new_authority": "Office of the Prosecutor", "a0-new_kind": "prosecutor"},
    )
    authority = Case.objects.get().addressees.get().authority
    assert (authority.name, authority.kind) == ("Office of the Prosecutor", "prosecutor")


def test_saving_parts_a_demand_at_an_empty_line_and_drops_what_is_left_out(client, office):
    draft = started(client)
    sent = as_shown(
        client,
        draft,
        action="save",
        **{
            "d0-text": "Reinstate the dismissed\r\n\r\nteachers",
            "d1-remove": "on",
            "a0-remove": "on",
        },
    )
    assert client.post(reverse("draft_review", args=[draft.pk]), sent).status_code == 302
    review = client.get(reverse("draft_review", args=[draft.pk])).context["review"]
    assert [form["text"].value() for form in review.demands] == [
        "Reinstate the dismissed",
        "teachers",
    ]
    assert (review.addressees, review.demands[0]["addressees"].value()) == ([], [])


def test_a_demand_added_by_hand_without_its_words_in_the_text_has_no_place(client, office):
    draft = started(client)
    url = reverse("draft_review", args=[draft.pk])
    added = client.post(url, as_shown(client, draft, action="add_demand"))
    assert added.headers["Location"] == f"{url}#demands-end"
    confirm(client, draft, **{"d2-text": "Apologise in public"})
    demand = Demand.objects.get(number=3)
    assert (demand.text, demand.start, demand.end) == ("Apologise in public", None, None)


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1"])
def test_an_altered_number_is_no_number(client, number):
    url = reverse("draft_review", args=[started(client).pk])
    data = {"action": "save", "demand_count": number, "addressee_count": number}
    assert client.post(url, data).status_code == 302
    assert client.get(f"{url}?appeal").status_code == 200
    data |= {"demand_count": "1", "d0-text": "Release them", "d0-at": number}
    assert client.post(url, data).status_code == 302
    assert client.get(f"{url}?appeal").status_code == 200


def test_without_any_demand_there_is_no_case(client, office):
    answer = confirm(client, started(client), **{"d0-remove": "on", "d1-remove": "on"})
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert list(errors(answer)) == ["__all__"]


def test_a_case_for_its_team_only_leaves_no_word_of_it_to_others(
    client, office, stranger, coordinator, signed_in
):
    confirm(client, started(client), confidentiality="team")
    for person in (stranger, coordinator):
        assert signed_in(person).get(address()).status_code == 404
        seen = Event.objects.visible_to(person)
        assert not [e.label for e in seen if "teachers" in e.label or "APPEAL" in e.label]
        assert list(Document.objects.visible_to(person)) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scan.txt", b"%PDF-1.7 ..."),
        ("letter.docx", b"PK\x03\x04rest"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
        ("empty.txt", b"  \n "),
    ],
)
def test_a_file_that_is_no_text_is_refused_and_makes_nothing(client, name, content):
    answer = paste(client, "", file=SimpleUploadedFile(name, content))
    assert (answer.status_code, Draft.objects.count(), Document.objects.count()) == (422, 0, 0)
    assert list(errors(answer)) == ["file"]


def test_a_text_file_is_read_in_the_encoding_it_has(client):
    content = "Требуем:\n1. Освободить задержанных.\n2. Наказать виновных.\n".encode("cp1251")
    answer = paste(client, "", file=SimpleUploadedFile("обращение.txt", content))
    draft = Draft.objects.get()
    assert (answer.status_code, draft.filename, draft.proposal["language"]) == (
        302,
        "обращение.txt",
        "ru",
    )


def test_an_empty_paste_is_refused(client):
    answer = paste(client, "   ")
    assert (answer.status_code, Draft.objects.count()) == (422, 0)


def test_a_report_is_said_to_be_none_and_kept_as_a_document_of_a_case(client, case):
    draft = started(client, NEWS)
    page = client.get(reverse("draft_review", args=[draft.pk]))
    assert find(page, "button", name="action", value="confirm") == []
    assert reverse("draft_background", args=[draft.pk]) in actions(page)
    assert f"{reverse('draft_review', args=[draft.pk])}?appeal" in links(page)
    url = reverse("draft_background", args=[draft.pk])
    sent = {"background-title": "Prices", "background-kind": "news", "background-cases": [case.pk]}
    for _ in range(2):
        answer = client.post(url, sent)
        document = Document.objects.get()
        assert answer.headers["Location"] == f"/documents/{document.code}/"
    assert (document.title, document.text, list(document.cases.all())) == ("Prices", NEWS, [case])
    assert Case.objects.count() == 1


def test_a_document_is_not_filed_under_a_case_one_may_not_see(signed_in, stranger, team_case):
    client = signed_in(stranger)
    draft = started(client, NEWS)
    answer = client.post(
        reverse("draft_background", args=[draft.pk]),
        {
            "background-title": "Prices",
            "background-kind": "news",
            "background-cases": [team_case.pk],
        },
    )
    assert (answer.status_code, Document.objects.count(), "TEAM-1" in answer.text) == (
        422,
        0,
        False,
    )


def test_a_report_can_still_be_made_a_case(client):
    draft = started(client, NEWS)
    page = client.get(reverse("draft_review", args=[draft.pk]), {"appeal": ""})
    assert one(page, "button", name="action", value="confirm") is not None


def test_a_draft_is_its_authors_alone(client, signed_in, owner, colleague, administrator):
    draft = started(client)
    for name in ("draft_review", "draft_background", "draft_discard"):
        for person in (colleague, administrator):
            url = reverse(name, args=[draft.pk])
            assert signed_in(person).post(url, {"action": "confirm"}).status_code == 404
    assert client.get(reverse("draft_review", args=[draft.pk + 1])).status_code == 404
    assert Draft.objects.filter(case=None).count() == 1


def test_viewers_have_no_such_page(signed_in, viewer):
    client = signed_in(viewer)
    assert client.get(reverse("case_new")).status_code == 403
    assert paste(client).status_code == 403
    assert Draft.objects.count() == 0


def test_whoever_is_not_signed_in_is_asked_to(db):
    answer = Client().get(reverse("case_new"))
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_the_address_of_a_background_document_opened_again_leads_to_the_draft(client):
    draft = started(client, NEWS)
    address = reverse("draft_background", args=[draft.pk])
    assert client.post(address, {"background-title": ""}).status_code == 422
    answer = client.get(address)
    review = reverse("draft_review", args=[draft.pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, review)
    assert Draft.objects.filter(confirmed_at=None).count() == 1


def test_what_changes_something_is_not_done_by_a_link(client):
    draft = started(client)
    assert client.get(reverse("draft_discard", args=[draft.pk])).status_code == 405
    assert client.delete(reverse("draft_review", args=[draft.pk])).status_code == 405


def test_an_unfinished_draft_can_be_discarded_and_a_case_cannot(client, office):
    draft = started(client)
    assert TITLE in client.get(reverse("case_new")).text
    client.post(reverse("draft_discard", args=[draft.pk]))
    assert Draft.objects.count() == 0
    made = started(client)
    confirm(client, made)
    client.post(reverse("draft_discard", args=[made.pk]))
    assert (Draft.objects.count(), Case.objects.count(), Signatory.objects.count()) == (1, 1, 2)


def test_the_page_asks_as_many_questions_for_one_demand_and_addressee_as_for_three(client, office):
    one = started(client, APPEAL.replace(f"2. {SECOND}.\n", ""))
    more = APPEAL.replace("2. ", "2. Pay them.\n3. ").replace(
        "\nTeachers were", "To the Mayor of Osh\n\nTo the Ombudsman\n\nTeachers were"
    )
    three = started(client, more)
    assert len(three.proposal["addressees"]) == 3
    asked = []
    for draft in (one, one, three):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("draft_review", args=[draft.pk]))
        asked.append(len(queries))
    assert asked[1] == asked[2]


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({"issued_on": "2999-01-01"}, "issued_on"),
        ({"issued_on": "2020-01-15", "sent_on": "2020-01-14"}, "sent_on"),
    ],
)
def test_an_appeal_is_dated_and_sent_in_that_order_and_not_ahead(client, office, days, wrong):
    answer = confirm(client, started(client), **days)
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert list(errors(answer)) == [wrong]


def test_a_text_that_is_a_case_already_says_so_and_may_go_on(client, office):
    confirm(client, started(client))
    again = started(client)
    page = client.get(reverse("draft_review", args=[again.pk]))
    assert links(one(page, "status", class_="conflict")) == {address()}
    assert confirm(client, again, reference="TWICE-2020").status_code == 302
    assert Case.objects.count() == 2


def test_the_same_text_of_a_case_one_may_not_see_is_not_mentioned(
    client, signed_in, stranger, office
):
    confirm(client, started(client), confidentiality="team")
    elsewhere = signed_in(stranger)
    page = elsewhere.get(reverse("draft_review", args=[started(elsewhere).pk]))
    assert find(page, class_="conflict") == []
    assert address() not in page.text
