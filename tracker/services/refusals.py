"""How a service says no."""


class Refused(Exception):
    """The change is not allowed as it stands; nothing was written.

    Its text is a sentence for the person; `field` names the part of the form they must look at
    ("" for the whole).
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
