"""What is typed arrives without the signs that nobody sees."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from tracker.intake.invisible import visible

# A password is what was typed, to the letter.
LEFT_ALONE = "password"


class InvisibleSignsMiddleware(MiddlewareMixin):
    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        if request.method != "POST":
            return
        typed = [
            (name, [text if LEFT_ALONE in name else visible(text) for text in texts])
            for name, texts in request.POST.lists()
        ]
        if typed == list(request.POST.lists()):
            return
        cleaned = request.POST.copy()
        for name, texts in typed:
            cleaned.setlist(name, texts)
        request.POST = cleaned
        messages.info(request, _("Signs that nobody can see were left out of what you typed."))
