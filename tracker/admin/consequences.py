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
    """For tables that dates are counted by: `counted_by` is the calendar or rule a row is of."""

    counted_by: tuple[str, str]  # how the page of moves calls it, and the column with its code

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.changed_data:
            column = self.counted_by[1]
            self.tell_moves(request, {getattr(obj, column), form.initial.get(column)})

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        self.tell_moves(request, {getattr(obj, self.counted_by[1])})

    def tell_moves(self, request: HttpRequest, codes: set[str | None]) -> None:
        kind = self.counted_by[0]
        for code in sorted(filter(None, codes)):
            scope = {"jurisdiction" if kind == "calendar" else "rule_code": code}
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
