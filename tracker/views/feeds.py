"""Calendar feeds: the file for calendars, without a sign-in, and the page to manage them."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.feeds import FeedForm
from tracker.models import FeedToken
from tracker.reports.feeds import feed_file, feeds_of
from tracker.services.feeds import make_feed, note_feed_read, revoke_feed
from tracker.views.fresh import fresh
from tracker.views.saving import form_page, refusals_on


@login_not_required
@require_safe
@sensitive_variables("secret")
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates of whoever holds the address; absent, taken back and of somebody gone alike."""
    found = FeedToken.objects.of_secret(secret).select_related("user").first()
    if found is None:
        raise Http404
    request.shown.by = found.user
    with translation.override(found.user.language):
        file = feed_file(feed=found, host=urlsplit(settings.BASE_URL).hostname)
    note_feed_read(feed=found, at=timezone.now())
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="tracker.ics"'
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = quote_etag(hashlib.sha256(file).hexdigest())
    return get_conditional_response(request, etag=response["ETag"], response=response)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("ticket")
@fresh
def feed_list(request: HttpRequest) -> HttpResponse:
    """The address is shown in the answer to the form, once, and nowhere else again."""
    form = FeedForm(request.POST or None, user=request.user)
    address = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            make_feed(
                user=request.user,
                name=data["name"],
                secret=data["ticket"],
                everything=data["everything"],
                by=request.user,
                at=timezone.now(),
            )
            address = settings.BASE_URL + reverse("feed", args=[data["ticket"]])
        if address:
            form = FeedForm(user=request.user)
        else:
            form.renew()
    return form_page(
        request, "accounts/feeds.html", form, address=address, feeds=feeds_of(request.user)
    )


@require_POST
def feed_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FeedToken.objects.visible_to(request.user), pk=pk)
    revoke_feed(feed=found, by=request.user, at=timezone.now())
    messages.success(
        request, _("“%(name)s” is taken back. Nobody can read it any more.") % {"name": found.name}
    )
    return redirect("feed_list")
