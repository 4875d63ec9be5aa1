"""What the page skeleton shows everywhere: counts, the heartbeat, and who may edit."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tracker.models import Case, Demand, SweepRun
from tracker.permissions import works


def shell(request) -> dict:
    """Lazy, so that a page without the skeleton asks the database nothing."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": None}
    return {"shell": SimpleLazyObject(lambda: _shell(user))}


def _shell(user) -> dict:
    last = (
        SweepRun.objects.filter(finished_at__isnull=False)
        .order_by("-finished_at", "pk")
        .values_list("finished_at", flat=True)
        .first()
    )
    age = (timezone.now() - last).total_seconds() if last else None
    return {
        "case_count": Case.objects.visible_to(user).running().count(),
        "demand_count": Demand.objects.visible_to(user).open().in_running_cases().count(),
        "sweep_age_minutes": None if age is None else int(age // 60),
        "sweep_stale": age is None or age > 3 * settings.SWEEP_SECONDS,
        "enters_admin": works(user),
    }
