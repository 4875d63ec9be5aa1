"""What `manage.py check --deploy` says beyond Django's own."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def second_factor(**_kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR_ROLES:
        return []
    return [
        Warning(
            "No role needs a second factor: whoever learns a password is in.",
            hint="Set TRACKER_SECOND_FACTOR to all, or to some roles.",
            id="tracker.W001",
        )
    ]
