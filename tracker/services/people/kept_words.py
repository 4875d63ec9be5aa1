"""What somebody typed after their session had ended waits in a session of nobody, under a name
that says nothing to anybody else.
"""

from django.utils.crypto import salted_hmac

from tracker.models import User

KEPT = "kept_form"  # in the session
SALT = "tracker.views.signed_out"


def reference_of(person: User) -> str:
    """Another one after each cut-off: then no browser is known by the old one."""
    return salted_hmac(SALT, f"{person.pk}.{person.cut_offs}").hexdigest()
