"""The one place where a request's readings are noted, and what it was refused."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, models
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, reverse
from django.utils import timezone

from tracker.models import Authority, Case, Deadline, Demand, Document, Mail, Response, User
from tracker.services.access import collecting, note_read, note_refused

log = logging.getLogger("tracker.access")

FORBIDDEN, NOT_FOUND = 403, 404
# What an address below these names, and the part of the address that names it.
ADDRESSED: dict[str, tuple[type[models.Model], str, str]] = {
    "cases": (Case, "reference", "reference"),
    "demands": (Demand, "pk", "pk"),
    "deadlines": (Deadline, "pk", "pk"),
    "responses": (Response, "pk", "pk"),
    "documents": (Document, "code", "code"),
    "reminders": (Mail, "pk", "pk"),  # of each case it tells of
    "authorities": (Authority, "slug", "slug"),  # one born in a case is of that case
}
# Parts of an address that may stand in the log: numbers and codes, no secret of a feed.
TOLD = ("pk", "number", "proposal", "code", "change", "action", "choice", "object_id")


def reading_middleware(get_response: Callable[[HttpRequest], HttpResponse]):
    """Notes whatever rows of restricted cases went into a page that was shown.

    Where the trace cannot be written, there is no page either. Of a refused try the person
    learns nothing, neither by words nor by time: it is noted when the answer has left, as is
    whatever else a view puts into `request.afterwards`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with collecting() as shown:
            request.shown, request.afterwards = shown, []
            response = get_response(request)
        response._resource_closers.extend(request.afterwards)
        match = request.resolver_match
        reader = shown.by or request.user
        if match is None or not reader.is_authenticated:
            return response
        if turned_away(response):
            if named := row_of(match):
                forbidden = response.status_code != NOT_FOUND
                response._resource_closers.append(lambda: refuse(named, match, forbidden, reader))
        elif not 300 <= response.status_code < 400 and response.status_code < 500:
            note_read(
                shown=shown,
                page=page_of(match),
                names_a_row=bool(words_of(match)),
                by=reader,
                at=timezone.now(),
            )
        return response

    return middleware


def turned_away(response: HttpResponse) -> bool:
    """The desk sends whoever may not enter it to its sign-in, the rest of the site refuses."""
    to_the_door = response.status_code == 302 and response.url.startswith(reverse("admin:login"))
    return to_the_door or response.status_code in (FORBIDDEN, NOT_FOUND)


def refuse(
    named: tuple[type[models.Model], dict[str, Any]],
    match: ResolverMatch,
    forbidden: bool,
    by: User,
) -> None:
    table, row = named
    try:
        note_refused(
            table=table,
            row=row,
            page=match.view_name,
            forbidden=forbidden,
            by=by,
            at=timezone.now(),
        )
    except DatabaseError:  # the answer has left; only the operator can still be told
        log.exception("person=%s a refused try could not be noted", by.pk)


def row_of(match: ResolverMatch) -> tuple[type[models.Model], dict[str, Any]] | None:
    """The table and the row an address names, whether there is such a row or not."""
    desk = getattr(match.func, "model_admin", None)
    if desk is not None:
        number = str(match.kwargs.get("object_id", ""))
        return (desk.model, {"pk": int(number)}) if number.isascii() and number.isdigit() else None
    table, column, part = ADDRESSED.get(match.route.split("/")[0], (None, "", ""))
    if table is None or part not in match.kwargs:
        return None
    return table, {column: match.kwargs[part]}


def words_of(match: ResolverMatch) -> list[str]:
    return [str(match.kwargs[part]) for part in TOLD if part in match.kwargs]


def page_of(match: ResolverMatch) -> str:
    """The route's name, and which row: “demand_status 12”."""
    return " ".join([match.view_name, *words_of(match)])
