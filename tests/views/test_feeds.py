import datetime
import html
import logging
import re

import pytest
from django.urls import reverse
from icalendar import Calendar

from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.now import NOW
from tests.pages import errors, find, one, text
from tracker.models import Event, FeedToken
from tracker.services.feeds import MOST, make_feed, new_secret
from tracker.templatetags.dates import moment
from tracker.views.redaction import WithoutSecrets

DAY = datetime.date(2026, 3, 20)


def feed_address(user, everything=False) -> str:
    secret = new_secret()
    make_feed(
        user=user,
        name="phone",
        secret=secret,
        everything=everything,
        by=user,
        at=NOW,
    )
    return reverse("feed", args=[secret])


def make(client, **data):
    """Fill in the form of the page as it is shown."""
    page = client.get(reverse("feed_list")).content.decode()
    ticket = html.unescape(re.search(r'name="ticket" value="([^"]+)"', page)[1])
    return client.post(reverse("feed_list"), {"ticket": ticket, "name": "phone", **data})


def shown_address(response) -> str:
    found = re.search(r'id="feed-address"[^>]* value="([^"]+)"', response.content.decode())
    return html.unescape(found[1]).removeprefix("http://127.0.0.1:8000")


# The file


def test_a_calendar_reads_the_feed_without_signing_in(client, owner, case):
    DeadlineFactory(case=case, due_on=DAY)
    response = client.get(feed_address(owner))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Content-Disposition"] == 'inline; filename="tracker.ics"'
    assert "sessionid" not in response.cookies
    [entry] = Calendar.from_ical(response.content).events
    assert entry["summary"] == "Look again: OPEN-1"


def test_the_reader_s_own_language(client, owner, case):
    DeadlineFactory(case=case, due_on=DAY)
    owner.language = "ru"
    owner.save()
    response = client.get(feed_address(owner))
    assert "OPEN-1" in response.content.decode()
    assert Calendar.from_ical(response.content).events[0]["dtstart"].dt == DAY


@pytest.mark.parametrize("secret", ["x", "A" * 43, "....", "%00"])
def test_an_unknown_address_is_not_found(client, db, secret):
    assert client.get(f"/feeds/{secret}.ics").status_code == 404


def test_one_taken_back_is_not_found(client, signed_in, owner):
    address = feed_address(owner)
    assert client.get(address).status_code == 200
    feed = FeedToken.objects.get()
    answer = signed_in(owner).post(reverse("feed_revoke", args=[feed.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("feed_list"))
    assert client.get(address).status_code == 404


def test_one_of_somebody_who_left_is_not_found(client, owner):
    address = feed_address(owner)
    owner.is_active = False
    owner.save()
    assert client.get(address).status_code == 404


def test_a_hidden_case_is_not_in_it(client, owner, stranger, team_case):
    DeadlineFactory(case=team_case, due_on=DAY, owner=stranger)
    assert b"TEAM-1" not in client.get(feed_address(stranger)).content
    assert b"TEAM-1" not in client.get(feed_address(stranger, everything=True)).content
    assert b"TEAM-1" in client.get(feed_address(owner, everything=True)).content


def test_it_is_read_and_nothing_else(client, owner):
    address = feed_address(owner)
    assert client.head(address).status_code == 200
    for method in (client.post, client.put, client.delete):
        assert method(address).status_code == 405


def test_it_is_sent_again_only_when_something_changed(client, owner, case):
    deadline = DeadlineFactory(case=case, due_on=DAY)
    address = feed_address(owner)
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    deadline.delete()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_reading_asks_as_often_for_three_dates_as_for_one(
    client, owner, case, django_assert_num_queries
):
    address = feed_address(owner)
    client.get(address)
    for _ in range(3):
        DeadlineFactory(case=case, due_on=DAY)
        DemandFactory(case=case, review_on=DAY)
        with django_assert_num_queries(4):
            client.get(address)


def test_no_log_line_holds_the_address(client, owner, caplog):
    address = feed_address(owner)
    secret = address.removeprefix("/feeds/").removesuffix(".ics")
    FeedToken.objects.update(revoked_at=NOW)
    with caplog.at_level(logging.DEBUG):
        client.get(address)
        client.post(address)
        logging.getLogger("django.server").info('"%s" %s', f"GET {address} HTTP/1.1", "404")
    written = WithoutSecrets()
    lines = [
        written.format(record) for record in caplog.records if "/feeds/" in record.getMessage()
    ]
    assert len(lines) >= 2
    assert not any(secret in line for line in lines)
    assert all("/feeds/..." in line for line in lines)


# The page


def test_a_person_makes_an_address_and_sees_it_once(client, signed_in, owner, case):
    DeadlineFactory(case=case, due_on=DAY)
    browser = signed_in(owner)
    made = make(browser, name="Phone of Aigul")
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    address = shown_address(made)
    assert b"OPEN-1" in client.get(address).content
    again = browser.get(reverse("feed_list"))
    assert address not in again.text
    row = one(again, "row", words="Phone of Aigul")
    read = FeedToken.objects.get().last_used_at
    assert moment(read) in text(find(row, tag="td")[2])


def test_a_second_click_shows_the_same_address(signed_in, owner):
    browser = signed_in(owner)
    page = browser.get(reverse("feed_list")).content.decode()
    ticket = html.unescape(re.search(r'name="ticket" value="([^"]+)"', page)[1])
    answers = [
        browser.post(reverse("feed_list"), {"ticket": ticket, "name": "phone"}) for _ in range(2)
    ]
    assert shown_address(answers[0]) == shown_address(answers[1])
    assert FeedToken.objects.count() == 1


def test_all_dates_one_may_see_when_asked_for(client, signed_in, stranger, case):
    DeadlineFactory(case=case, due_on=DAY)
    browser = signed_in(stranger)
    narrow = shown_address(make(browser))
    wide = shown_address(make(browser, everything="on"))
    assert b"OPEN-1" not in client.get(narrow).content
    assert b"OPEN-1" in client.get(wide).content


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "  "}, "This field is required"),
        ({"name": "x" * 61}, "at most 60"),
        ({"ticket": "made up", "name": "Kept"}, "open for too long"),
        ({"ticket": "", "name": "Kept"}, "open for too long"),
    ],
)
def test_bad_input_makes_nothing_and_loses_nothing(signed_in, owner, data, words):
    answer = make(signed_in(owner), **data)
    page = answer.content.decode()
    assert (answer.status_code, FeedToken.objects.count()) == (422, 0)
    assert words in page
    assert data["name"].strip() in page


def test_a_page_left_open_for_long_can_be_sent_again(signed_in, owner):
    browser = signed_in(owner)
    stale = make(browser, ticket="made up", name="Kept").content.decode()
    ticket = html.unescape(re.search(r'name="ticket" value="([^"]+)"', stale)[1])
    answer = browser.post(reverse("feed_list"), {"ticket": ticket, "name": "Kept"})
    assert shown_address(answer).startswith("/feeds/")


def test_a_ticket_of_somebody_else_makes_nothing(signed_in, owner, stranger):
    page = signed_in(owner).get(reverse("feed_list")).content.decode()
    ticket = html.unescape(re.search(r'name="ticket" value="([^"]+)"', page)[1])
    answer = make(signed_in(stranger), ticket=ticket)
    assert (answer.status_code, FeedToken.objects.count()) == (422, 0)


def test_more_than_enough_addresses_are_refused(signed_in, owner):
    for _ in range(MOST):
        feed_address(owner)
    answer = make(signed_in(owner))
    assert (answer.status_code, FeedToken.objects.count()) == (422, MOST)
    assert list(errors(answer)) == ["__all__"]


def test_a_viewer_may_have_a_feed(client, signed_in, viewer):
    assert client.get(shown_address(make(signed_in(viewer)))).status_code == 200


def test_a_person_sees_and_takes_back_only_their_own(signed_in, owner, stranger, coordinator):
    feed_address(owner)
    feed = FeedToken.objects.get()
    for other in (stranger, coordinator):
        assert list(signed_in(other).get(reverse("feed_list")).context["feeds"]) == []
        assert signed_in(other).post(reverse("feed_revoke", args=[feed.pk])).status_code == 404
    feed.refresh_from_db()
    assert feed.revoked_at is None


def test_taking_back_twice_is_harmless(signed_in, owner):
    feed_address(owner)
    browser = signed_in(owner)
    for _ in range(2):
        answer = browser.post(reverse("feed_revoke", args=[FeedToken.objects.get().pk]))
        assert answer.status_code == 302
    assert Event.objects.filter(action="feed.revoked").count() == 1


def test_the_pages_need_a_sign_in_and_the_right_method(client, signed_in, owner):
    feed_address(owner)
    revoke = reverse("feed_revoke", args=[FeedToken.objects.get().pk])
    for address in (reverse("feed_list"), revoke):
        answer = client.post(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")
    browser = signed_in(owner)
    assert browser.get(revoke).status_code == 405
    assert browser.put(reverse("feed_list")).status_code == 405
    assert browser.post(reverse("feed_revoke", args=[999_999])).status_code == 404


def test_the_page_asks_as_often_for_three_addresses_as_for_one(
    signed_in, owner, django_assert_num_queries, django_assert_max_num_queries
):
    browser = signed_in(owner)
    feed_address(owner)
    browser.get(reverse("feed_list"))
    with django_assert_max_num_queries(30) as first:
        browser.get(reverse("feed_list"))
    feed_address(owner), feed_address(owner)
    with django_assert_num_queries(len(first)):
        browser.get(reverse("feed_list"))
