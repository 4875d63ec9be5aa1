"""After a save that dates are counted by: which of them would move, said at once."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.services.deadlines.recompute import affected, preview

# Beyond this many running dates counting them all would keep the person waiting.
COUNTED = 500


class TellsMoves:
    """For tables that dates are counted by. Told after the save, for a refused one says nothing."""

    def would_move(self, request: HttpRequest, **scopes: set[str]) -> None:
        """Remember the calendars (`calendar`) or rules (`rule`) that were touched."""
        request.desk_moves = [(kind, code) for kind, codes in scopes.items() for code in codes]

    def tell_moves(self, request: HttpRequest) -> None:
        for kind, code in sorted(getattr(request, "desk_moves", ())):
            scope = {"jurisdiction": code} if kind == "calendar" else {"rule_code": code}
            messages.warning(
                request,
                format_html(
                    '{} <a href="{}?{}">{}</a>',
                    sentence(request, scope),
                    reverse("recomputation_new"),
                    urlencode({kind: code}),
                    _("Which deadlines would move?"),
                ),
            )

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        self.tell_moves(request)
        return response

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        self.tell_moves(request)
        return response

    def response_delete(self, request, obj_display, obj_id):
        response = super().response_delete(request, obj_display, obj_id)
        self.tell_moves(request)
        return response


def sentence(request: HttpRequest, scope: dict[str, str]) -> str:
    if affected(**scope).count() > COUNTED:
        return _("Open deadlines may move by this. None moves until you confirm it.")
    moves = len(preview(user=request.user, **scope).moves)
    if not moves:
        return _("No open deadline that you see would move by this.")
    return ngettext(
        "%(n)d open deadline would move. It moves when you confirm it.",
        "%(n)d open deadlines would move. They move when you confirm it.",
        moves,
    ) % {"n": moves}
