"""May a user do this to that? Asked at the entry points; services trust their caller.

What may be seen is not asked here: that is `visible_to(user)` on each QuerySet.
"""

from tracker.models import Role


def works(user) -> bool:
    """May change what they see: officers, coordinators, administrators."""
    return user.is_authenticated and user.works


def coordinates(user) -> bool:
    """Runs the team: sees everybody's mails, approves stopping, shares work out."""
    return works(user) and user.role in (Role.COORDINATOR, Role.ADMINISTRATOR)


def administers(user) -> bool:
    """Keeps people and reference data."""
    return works(user) and user.role == Role.ADMINISTRATOR


def keeps_reference(user) -> bool:
    """May edit authorities, rules, calendar days and reminder plans."""
    return coordinates(user)
