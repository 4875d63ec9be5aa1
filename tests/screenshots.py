"""`python -m tests.screenshots FOLDER`: the README's pictures, made from the running program.

A fresh site with the five documents is started on a port of its own and ended afterwards.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import launch
from tests.site import Site

DESKTOP = (1280, 800)
PHONE = (360, 740)
PASSWORD = "a password for pictures"


@dataclass(frozen=True)
class Picture:
    name: str
    address: str
    scheme: str = "light"
    size: tuple[int, int] = DESKTOP


PICTURES = [
    Picture("desk-light", "/"),
    Picture("desk-dark", "/", scheme="dark"),
    Picture("desk-phone", "/", size=PHONE),
    Picture("case-light", "/cases/LAWYERS-2020/"),
    Picture("case-dark", "/cases/LAWYERS-2020/", scheme="dark"),
    Picture("case-phone", "/cases/LAWYERS-2020/", size=PHONE),
    Picture("cases-light", "/cases/"),
    Picture("demands-light", "/demands/"),
    Picture("deadlines-light", "/deadlines/"),
    Picture("reminders-light", "/reminders/"),
    Picture("admin-case-light", "/admin/tracker/case/"),
]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tracker-pictures-") as data:
        site = Site(Path(data) / "var", DEMO_PASSWORD=PASSWORD)
        try:
            site.start()
            with launch(sys.exit) as browser:
                for picture in PICTURES:
                    take(browser, site, picture, folder / f"{picture.name}.png")
        finally:
            site.end_by_force()


def take(browser: Browser, site: Site, picture: Picture, path: Path) -> None:
    width, height = picture.size
    context = browser.new_context(
        base_url=site.url,
        color_scheme=picture.scheme,
        viewport={"width": width, "height": height},
        device_scale_factor=1 if width > 600 else 2,
        locale="en-GB",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "officer@demo.test")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site.url}/")
    answer = page.goto(picture.address)
    if answer is None or not answer.ok:
        raise SystemExit(f"{picture.address} does not answer: {answer and answer.status}")
    page.screenshot(path=path)
    context.close()
    print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
