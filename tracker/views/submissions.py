"""Every form of a signed-in person is carried out once, whatever the page, the desk included."""

from django.contrib.messages import add_message, get_messages
from django.contrib.messages.storage.base import Message
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from tracker.forms.tokens import key_of, token_of
from tracker.models import FormSubmission
from tracker.services.submissions import keep_answer, take_form
from tracker.views.unsent import show_again


class FormsOnceMiddleware:
    """Takes the form and carries it out in one transaction.

    Where the answer leads elsewhere, the same form gets it again. A page in answer means that
    nothing was done, so its form can be corrected and sent.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # Signing in and second factors are the library's, and write nothing of ours.
        ours = not view.__module__.startswith("allauth.")
        if request.method != "POST" or not request.user.is_authenticated or not ours:
            return None
        if token_of(request.POST) is None:
            return show_again(request, view, args, kwargs)
        with transaction.atomic():
            submission, new = take_form(key=key_of(request), at=timezone.now())
            if not new:
                return answer_again(request, submission)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                keep_answer(submission=submission, location=response.url, messages=said(request))
            else:
                submission.delete()
            return response


def said(request) -> list[Message]:
    """What this answer will say, without what waits from answers before; read, but not used up."""
    queued = get_messages(request)._queued_messages
    return [Message(m.level, str(m.message), m.extra_tags) for m in queued]


def answer_again(request, submission: FormSubmission) -> HttpResponse:
    # The first answer's messages may wait for their page still: each is said once.
    waiting = list(get_messages(request))
    for message in waiting + [m for m in submission.messages if m not in waiting]:
        add_message(request, message.level, message.message, message.extra_tags or "")
    return redirect(submission.location)
