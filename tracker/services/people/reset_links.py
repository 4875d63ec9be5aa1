"""What a link for a new password is held to; the settings name it to the library."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetLinks(PasswordResetTokenGenerator):
    """Void after a new password, a sign-in, another address (Django's own), and after a cut-off."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.cut_offs}"
