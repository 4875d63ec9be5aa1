"""`/health`, for whoever watches over the machine: no sign-in, no secrets."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.reports.health import health


@login_not_required
@never_cache
@require_safe
def health_page(request: HttpRequest) -> JsonResponse:
    state = health(at=timezone.now())
    answer = JsonResponse(state, status=200 if state["status"] == "ok" else 503)
    # The watcher is told; a line in the error log for each of its visits tells nobody more.
    answer._has_been_logged = True
    return answer
