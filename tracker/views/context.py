"""What the page skeleton shows everywhere: counts, the heartbeat, and who may edit."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tracker.models import Case, Demand
from tracker.permissions import coordinates, works
from tracker.reports.health import last_sweep, sweep_is_stale


def shell(request) -> dict:
    """Lazy, so that a page without the skeleton asks the database nothing."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": None}
    return {"shell": SimpleLazyObject(lambda: _shell(user))}


def _shell(user) -> dict:
    now, last = timezone.now(), last_sweep()
    return {
        "case_count": Case.objects.visible_to(user).running().count(),
        "demand_count": Demand.objects.visible_to(user).open().in_running_cases().count(),
        "sweep_age_minutes": int((now - last).total_seconds() // 60) if last else None,
        "sweep_stale": sweep_is_stale(last, at=now),
        "enters_admin": works(user),
        "coordinates": coordinates(user),
    }
