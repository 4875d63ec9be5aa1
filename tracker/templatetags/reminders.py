"""Reminders and their e-mails as a symbol, a word and a tint."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.models import Mail, Reminder
from tracker.templatetags.dates import short_date
from tracker.templatetags.statuses import pill

register = template.Library()

MAIL_LOOKS = {
    Mail.State.PLANNED: ("slate", "◷"),
    Mail.State.CLAIMED: ("blue", "▸"),
    Mail.State.HANDOVER: ("blue", "▸"),
    Mail.State.SENT: ("green", "✓"),
    Mail.State.RETRYING: ("amber", "↻"),
    Mail.State.UNKNOWN: ("amber", "?"),
    Mail.State.HELD: ("red", "‖"),
    Mail.State.DEAD: ("red", "✕"),
    Mail.State.CANCELLED: ("slate", "–"),
}
REMINDER_LOOKS = {
    Reminder.State.PLANNED: ("slate", "◷"),
    Reminder.State.SENT: ("green", "✓"),
    Reminder.State.SKIPPED: ("slate", "–"),
    Reminder.State.CANCELLED: ("slate", "–"),
}


@register.simple_tag
def mail_pill(mail: Mail) -> SafeString:
    """What a person sends again waits; only after a trouble is it tried again."""
    words = Mail.State(mail.state).label
    if mail.state == Mail.State.RETRYING and not mail.attempts:
        words = _("waits to be sent")
    return pill(*MAIL_LOOKS[mail.state], words)


@register.simple_tag
def mail_step_pill(state: str) -> SafeString:
    return pill(*MAIL_LOOKS[state], Mail.State(state).label)


@register.simple_tag
def reminder_pill(reminder: Reminder) -> SafeString:
    """While a reminder waits in an e-mail, it is where the e-mail is."""
    if reminder.state == Reminder.State.IN_MAIL:
        return mail_pill(reminder.mail)
    return pill(*REMINDER_LOOKS[reminder.state], reminder.get_state_display())


@register.simple_tag
def offset_words(reminder: Reminder) -> str:
    """3 days before; on the day; 7 days after.

    Told from the days themselves: `offset_days` counts repeats from the latest reading
    of a law, and a day somebody chose may have a number that tells no day at all.
    """
    deadline, day = reminder.deadline, reminder.fire_on
    days = (day - reminder.due_on).days
    latest = (
        deadline.overdue_after if deadline.generation == reminder.generation else reminder.due_on
    )
    if days == 0:
        return _("on the day")
    if days < 0:
        return ngettext("%(n)d day before", "%(n)d days before", -days) % {"n": -days}
    if latest == reminder.due_on or day < latest:
        return ngettext("%(n)d day after", "%(n)d days after", days) % {"n": days}
    days = (day - latest).days
    if days == 0:
        return _("on the last legal day")
    return ngettext(
        "%(n)d day after %(day)s, the last legal day",
        "%(n)d days after %(day)s, the last legal day",
        days,
    ) % {"n": days, "day": short_date(latest)}
