"""Taking a form once: a second click, a reload and a form sent anew get the first answer."""

import datetime

from django.contrib.messages.storage.base import Message

from tracker.models import FormSubmission

KEPT_FOR = datetime.timedelta(days=7)


def take_form(*, key: str, at: datetime.datetime) -> tuple[FormSubmission, bool]:
    """The row of a form, and whether it is new. Call it inside the transaction of the change.

    Of two clicks at once the second waits at the unique key until the first is through.
    """
    return FormSubmission.objects.get_or_create(key=key, defaults={"at": at})


def keep_answer(
    *, submission: FormSubmission, location: str, messages: list[Message], popup: str = ""
) -> FormSubmission:
    """What the same form is answered if it comes again."""
    submission.location, submission.messages, submission.popup = location, messages, popup
    submission.save(update_fields=["location", "messages", "popup"])
    return submission


def forget_forms(*, at: datetime.datetime) -> int:
    """Drop what nobody sends again by mistake after so many days. Returns how many."""
    return FormSubmission.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
