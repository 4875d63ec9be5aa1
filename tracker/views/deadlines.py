"""The list of dates across cases, and one of them: why that day, and what happened to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.filters.deadlines import DeadlineFilter
from tracker.models import Deadline
from tracker.reports.deadlines import deadline_rows
from tracker.reports.escalations import next_steps
from tracker.reports.reminders import running_mutes
from tracker.views.deadline_actions import ACTIONS
from tracker.views.lists import page_of


@require_safe
def deadline_list(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    deadlines = Deadline.objects.visible_to(request.user)
    narrowed = DeadlineFilter(request.GET, deadlines, request=request, on=on)
    return render(
        request,
        "deadlines/list.html",
        {
            "section": "deadlines",
            "on": on,
            "filter": narrowed,
            "page": page_of(request, deadline_rows(narrowed.qs)),
        },
    )


def visible_deadline(request: HttpRequest, pk: int) -> Deadline:
    seen = Deadline.objects.visible_to(request.user).select_related(
        "case__lead",
        "addressee__authority",
        "addressee__forwarded_from__authority",
        "demand",
        "owner",
        "rule",
        "created_by",
    )
    return get_object_or_404(seen, pk=pk)


@require_safe
def deadline_detail(request: HttpRequest, pk: int) -> HttpResponse:
    deadline = visible_deadline(request, pk)
    changing = permissions.can_edit(request.user, deadline.case)
    now = timezone.now()
    on = timezone.localdate(now)
    return render(
        request,
        "deadlines/detail.html",
        {
            "section": "deadlines",
            "now": now,
            "on": on,
            "deadline": deadline,
            "case": deadline.case,
            "changes": deadline.changes.select_related("by", "notice").order_by("-at", "-pk"),
            "reminders": deadline.reminders.filter(state="planned")
            .select_related("person")
            .order_by("send_at", "pk"),
            "mutes": running_mutes(deadline, on=on),
            "steps": next_steps([deadline], on).get(deadline.pk, []) if changing else [],
            "actions": [
                (name, action)
                for name, action in ACTIONS.items()
                if changing and action.offered(deadline)
            ],
        },
    )
