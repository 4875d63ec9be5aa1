"""How a step in the life of a deadline is refused: with a sentence for the person."""


class DeadlineRefused(ValueError):
    """A clock that cannot be reckoned or moved; the message is a sentence for the person.

    `field` names the part of the form to look at ("" for the whole).
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NoRuleInForceError(DeadlineRefused):
    """No version of the rule is known to be in force on the day."""


class NoAnchorError(DeadlineRefused):
    """Nothing is known yet from which the period could run."""


class DeadlineBeforeAnchorError(DeadlineRefused):
    """A day that lies before the event it is counted from."""


class WrongStateError(DeadlineRefused):
    """The deadline is not in the state this step starts from."""


class ChangedMeanwhileError(DeadlineRefused):
    """Somebody else changed the deadline after the person opened it."""
