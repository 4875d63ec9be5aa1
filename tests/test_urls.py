"""The addresses: what no text of ours can hold leads nowhere, whatever the database."""

import re

import pytest
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.urls.converters import IntConverter

ROUTES = [route for route in get_resolver().url_patterns if isinstance(route, URLPattern)]
TAKING_TEXT = [
    (str(route.pattern), name)
    for route in ROUTES
    for name, converter in route.pattern.converters.items()
    if not isinstance(converter, IntConverter)
]


def address(route: str, name: str, text: str) -> str:
    """With `text` in the one place, and in the others what every kind takes."""
    route = re.sub(rf"<\w+:{name}>", lambda _: text, route)
    return "/" + re.sub(r"<\w+:\w+>", "1", route)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\n", "\x1f", "\x7f"])
@pytest.mark.parametrize(("route", "name"), TAKING_TEXT)
def test_an_address_with_a_control_character_is_of_no_page(route, name, character):
    assert resolve(address(route, name, "word"))
    with pytest.raises(Resolver404):
        resolve(address(route, name, f"a{character}b"))


@pytest.mark.django_db
def test_a_page_of_such_an_address_is_not_found(signed_in, coordinator):
    assert signed_in(coordinator).get("/cases/a%00b/").status_code == 404
