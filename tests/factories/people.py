import factory
from factory.django import DjangoModelFactory

from tracker.models import Role, User

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory):
    """An officer who signs in with `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    role = Role.OFFICER
    password = factory.django.Password(PASSWORD)
