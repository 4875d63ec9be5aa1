"""A real Chromium for the journeys: found on the machine, never downloaded."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

# A page may take its time on a busy machine; what does not come at all still fails.
expect.set_options(timeout=20_000)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# It must not look up or call anybody but the site under test.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find_chromium() -> str | None:
    """TRACKER_CHROMIUM, else the first browser on PATH."""
    named = os.environ.get("TRACKER_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def drawn(page: Page) -> None:
    """Until the loaded page has been drawn, and its scripts have had their turn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


@contextmanager
def launch(missing: Callable[[str], None]) -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        missing("no Chromium: install it, or name one in TRACKER_CHROMIUM")
    # Playwright's event loop lives in this thread, and Django would refuse its database there.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before
