"""Colleagues, as whoever runs the team sees them."""

from django.db import models

from tracker.models import User


def colleagues(user: User) -> models.QuerySet[User]:
    """Who is here by name, then who has left."""
    return User.objects.visible_to(user).order_by("-is_active", "name", "pk")
