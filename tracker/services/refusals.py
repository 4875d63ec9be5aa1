"""How a service says no to a form."""


class FieldRefused(Exception):
    """The change is not allowed as it stands; nothing was written.

    The message is a sentence for the person; `field` names the part of the form they must look
    at ("" for the whole).
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
