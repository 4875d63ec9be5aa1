"""What was typed while signed out: shown to whoever typed it, to send or to throw away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tracker.forms.unsent import in_words, label_of
from tracker.views.signed_out import KEPT, forget, kept_for, page_of_address

# What the buttons say that stand alone, without anything typed.
PRESSED = {
    "calendar_confirm": gettext_lazy("Confirm the days off of a year"),
    "deadline_acknowledge": gettext_lazy("I have it"),
    "deadline_snooze": gettext_lazy("Remind me again later"),
    "demand_review": gettext_lazy("Look at a demand again"),
    "draft_discard": gettext_lazy("Discard a draft"),
    "mail_send_again": gettext_lazy("Send an e-mail again"),
    "mail_settle": gettext_lazy("Say whether an e-mail arrived"),
    "proposal_decide": gettext_lazy("Decide about a proposed status"),
    "reminder_retry_failed": gettext_lazy("Retry all failed e-mails"),
    "silence_note": gettext_lazy("Note that no answer came"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def unsent(request: HttpRequest) -> HttpResponse:
    kept = kept_for(request)
    if kept is None:
        return redirect("desk")
    page = page_of_address(kept["path"])
    if request.method == "POST":
        forget(request)
        messages.success(request, _("Thrown away. Nothing was sent."))
        return redirect(page)
    request.session[KEPT] = {**kept, "shown": True}
    rows = [in_words(kept["page"], name, values, request.user) for name, values in kept["fields"]]
    return render(
        request,
        "accounts/unsent.html",
        {
            "kept": kept,
            "page": page,
            "rows": [row for row in rows if row],
            "pressed": PRESSED.get(kept["page"], ""),
            "files": [(name, label_of(kept["page"], name)) for name in kept["files"]],
        },
    )
