"""A form that was sent and not taken comes back on its own page, filled as it was typed.

The page is asked for as if it were opened, with what was typed in `request.POST`: so its form is
bound and shown, and nothing is done. `request.unsent` says so to the page around it.
"""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms.tokens import CARRIED, PAGE, TOKEN
from tracker.forms.versioned import VERSION
from tracker.services.people.kept_words import KEPT

SHOWS_FORM = (200, 422)
# Passwords, one-time addresses, and pages that are not ours to repeat.
NEVER_KEPT = ("/accounts/", "/admin/", "/feeds/", "/unsent/")


@dataclass
class Unsent:
    """A form that was sent to `path` from the page `page`; of its files only the names."""

    path: str
    page: str
    fields: list[tuple[str, list[str]]]
    files: list[str]
    kept: bool = False  # in the session, until it is sent or thrown away

    @classmethod
    def of(cls, request: HttpRequest) -> "Unsent":
        data = request.POST.copy()
        if not data.get(TOKEN):
            data[TOKEN] = str(uuid.uuid4())
        return cls(
            path=request.path,
            page=page_of_form(request),
            fields=[(name, values) for name, values in data.lists() if name != CARRIED[0]],
            files=[file.name for _name, files in request.FILES.lists() for file in files],
        )

    @property
    def data(self) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, values in self.fields:
            data.setlist(name, values)
        return data

    @property
    def words(self) -> list[tuple[str, str]]:
        """What was typed, for a page that has lost its form meanwhile."""
        return [
            (name.replace("_", " ").capitalize(), value)
            for name, values in self.fields
            for value in values
            if name not in (*CARRIED, VERSION)
            and not name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS", "_NUM_FORMS"))
            and value.strip()
        ]


def page_of_form(request: HttpRequest) -> str:
    """The page a form was sent from, if it is one of ours; else the address it was sent to."""
    page = request.POST.get(PAGE, "")
    # The address that leads to a page cannot be the page.
    if is_ours(request, page) and not page.startswith(reverse("unsent")):
        return page
    return request.get_full_path()


def is_ours(request: HttpRequest, page: str) -> bool:
    """Whether it is the path of a page here; `redirect` would take a bare word for a route."""
    return page.startswith("/") and url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def typed_for(request: HttpRequest, address: str) -> QueryDict | None:
    """What was typed into the form of this address, for a page on which it stands among others."""
    unsent = request.unsent
    return unsent.data if unsent and unsent.path == address else None


def show_again(request: HttpRequest, view, args, kwargs) -> HttpResponse:
    """The page of a form that came without a token: opened before an upgrade, or a script's."""
    request.method = "GET"
    request.unsent = Unsent.of(request)
    request.POST = request.unsent.data
    response = or_the_words(request, view(request, *args, **kwargs))
    response.status_code = 422
    return response


def or_the_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where the form's page cannot be shown any more, a page with what was typed."""
    if response.status_code in SHOWS_FORM:
        return response
    status = response.status_code if response.status_code >= 400 else 200
    return render(request, "accounts/unsent.html", status=status)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    shown = {"exception": str(exception), "case": getattr(exception, "case", None)}
    return render(request, "403.html", shown | {"lost": lost_with(request)}, status=403)


def not_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what is hidden as for what is not there."""
    return render(request, "404.html", {"lost": lost_with(request)}, status=404)


def lost_with(request: HttpRequest) -> Unsent | None:
    """What came with a request that is refused, for whoever typed it to copy.

    Only where there is a view, for its form was then checked to be ours.
    """
    if (
        request.method != "POST"
        or request.path.startswith(NEVER_KEPT)
        or not request.user.is_authenticated
        or request.resolver_match is None
    ):
        return None
    lost = Unsent.of(request)
    return lost if lost.words or lost.files else None


@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: HttpRequest) -> HttpResponse:
    """To the page of what waits; a POST throws it away."""
    kept = request.session.get(KEPT)
    if kept is None:
        return redirect("desk")
    if request.method == "POST":
        del request.session[KEPT]
        messages.success(request, _("Thrown away. Nothing was sent."))
    else:
        # Whatever the page's address turns into there, no other page leads here any more.
        request.session[KEPT] = {**kept, "shown": True}
    return redirect(kept["form"]["page"])
