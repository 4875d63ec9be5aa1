"""Every form of a signed-in person is carried out once, whatever the page, the admin included."""

import hashlib
import json

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.messages import ERROR, add_message, get_messages
from django.contrib.messages.storage.base import Message
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from tracker.forms.tokens import CARRIED, TOKEN
from tracker.models import FormSubmission
from tracker.services.submissions import keep_answer, take_form
from tracker.views.fresh import confirm_first
from tracker.views.unsent import show_again

POPUP = "popup_response_data"  # the admin's name for it


class FormsOnceMiddleware(MiddlewareMixin):
    """Takes the form and carries it out in one transaction.

    Where the answer leads elsewhere, the same form gets it again, and so where it closes the
    desk's small window. Any other page means that nothing was done, so its form can be corrected
    and sent.
    """

    def process_view(self, request, view, args, kwargs):
        # Signing in and second factors are the library's, and write nothing of ours.
        ours = not view.__module__.startswith("allauth.")
        if request.method != "POST" or not request.user.is_authenticated or not ours:
            return None
        if not request.POST.get(TOKEN):
            return show_again(request, view, args, kwargs)
        try:
            return self.carry_out(request, view, args, kwargs)
        except ReauthenticationRequired as why:  # nothing of it was done
            return confirm_first(request, why)

    def carry_out(self, request, view, args, kwargs):
        with transaction.atomic():
            submission, new = take_form(key=key_of(request), at=timezone.now())
            if not new:
                return answer_again(request, submission)
            response = view(request, *args, **kwargs)
            # What the window that closes tells the page which opened it.
            popup = (getattr(response, "context_data", None) or {}).get(POPUP, "")
            # Of the answers before, messages may wait here too; those are not this one's.
            queued = get_messages(request)._queued_messages
            # A button without a form of its own is refused on the page one goes back to. A warning
            # is no refusal: it goes with what was done.
            refused = any(message.level >= ERROR for message in queued)
            if popup or (300 <= response.status_code < 400 and not refused):
                said = [Message(m.level, str(m.message), m.extra_tags) for m in queued]
                location = response.headers.get("Location", "")
                keep_answer(submission=submission, location=location, messages=said, popup=popup)
            else:
                submission.delete()
            return response


def key_of(request: HttpRequest) -> str:
    """The digest of a form as it was sent.

    The words are part of it: whoever goes back, changes them and sends the form again means
    another entry, and must not be answered as if it were made.
    """
    typed = sorted((name, texts) for name, texts in request.POST.lists() if name not in CARRIED)
    sent = [request.POST[TOKEN], request.user.pk, request.get_full_path(), typed]
    digest = hashlib.sha256(json.dumps(sent).encode())
    for name, file in sorted(request.FILES.items()):
        digest.update(json.dumps([name, file.name]).encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def answer_again(request, submission: FormSubmission) -> HttpResponse:
    if submission.popup:
        return TemplateResponse(request, "admin/popup_response.html", {POPUP: submission.popup})
    # The first answer's messages may wait for their page still: each is said once.
    waiting = list(get_messages(request))
    for message in waiting + [m for m in submission.messages if m not in waiting]:
        add_message(request, message.level, message.message, message.extra_tags or "")
    return redirect(submission.location)
