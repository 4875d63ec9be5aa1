"""May a user do this to that? Asked at the entry points; services trust their caller.

What may be seen is not asked here: that is `visible_to(user)` on each QuerySet.
"""

from tracker.models import Case, Role, User


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


def may_edit_case(user, case: Case) -> bool:
    return works(user) and Case.objects.visible_to(user).filter(pk=case.pk).exists()


def may_confirm(user: User, proposed_by: User) -> bool:
    """The second person must be another one; stopping a demand is for coordinators to approve,
    which `services.demands` checks with the status at hand."""
    return works(user) and user != proposed_by
