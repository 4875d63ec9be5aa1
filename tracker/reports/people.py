"""Colleagues, as whoever runs the team sees them."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import models

from tracker.models import AccountChange, Invitation, User


def colleagues(user: User) -> models.QuerySet[User]:
    """Who is here by name, then who has left."""
    open_ones = Invitation.objects.open().filter(person=models.OuterRef("pk"))
    found = User.objects.visible_to(user).annotate(invited=models.Exists(open_ones))
    return found.order_by("-is_active", "-invited", "name", "pk")


@dataclass(frozen=True)
class PersonPage:
    invitation: Invitation | None
    changes: models.QuerySet[AccountChange]
    has_factor: bool


def person_page(person: User, user: User) -> PersonPage:
    return PersonPage(
        invitation=Invitation.objects.visible_to(user).open().filter(person=person).first(),
        changes=waiting_changes(user).filter(person=person),
        has_factor=Authenticator.objects.filter(user=person).exists(),
    )


def waiting_changes(user: User) -> models.QuerySet[AccountChange]:
    """What waits for a second person or its day, as far as `user` may know."""
    found = AccountChange.objects.visible_to(user).open()
    return found.select_related("person", "asked_by", "approved_by").order_by("asked_at", "pk")
