"""A new user: one command, the printed sign-in, and the first reminder to read."""

import re
from email import message_from_bytes
from email.policy import default as modern

import pytest
from playwright.sync_api import expect

from tests.servers import wait_until
from tests.site import Site

# Its data is a SQLite file of its own, whichever database the run is on.
pytestmark = pytest.mark.once


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "var")
    site.start()
    yield site
    site.end_by_force()


def test_the_officer_signs_in_as_told_and_reads_the_first_digest(site, chromium):
    password = re.search(r"^Password of each: +(\S+)$", site.said(), re.MULTILINE)[1]
    page = chromium.new_context(base_url=site.url, locale="en-GB").new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))

    page.goto("/")
    page.locator("input[name=login]").fill("officer@demo.test")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.url}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for reference in ("LAWYERS-2020", "BIRDUINO-2020", "EXPERTS-2020", "SI-2022"):
        assert page.goto(f"/cases/{reference}/").ok

    mails = wait_until(lambda: list((site.var / "mailbox").glob("*.eml")), what="a mail is kept")
    kept = [message_from_bytes(mail.read_bytes(), policy=modern) for mail in mails]
    [digest] = [mail for mail in kept if mail["X-Envelope-To"] == "officer@demo.test"]
    page.goto("/reminders/")
    page.get_by_role("link", name="The e-mail").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(digest["Subject"])
    for line in digest.get_body(("plain",)).get_content().splitlines():
        if "LAWYERS-2020" in line:
            expect(page.locator("body")).to_contain_text(line.strip())

    # The links of a mail lead to this very site, after an ordinary sign-in.
    addresses = set(re.findall(r"https?://[^\s>]+", digest.get_body(("plain",)).get_content()))
    assert addresses
    assert {address for address in addresses if not address.startswith(f"{site.url}/")} == set()
    for address in addresses:
        assert page.goto(address).ok
    assert problems == []
