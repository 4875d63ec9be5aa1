"""Reminders and their e-mails as a symbol, a word and a tint."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.models import Mail, Reminder
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
def mail_pill(state: str) -> SafeString:
    return pill(*MAIL_LOOKS[state], Mail.State(state).label)


@register.simple_tag
def reminder_pill(reminder: Reminder) -> SafeString:
    """While a reminder waits in an e-mail, it is where the e-mail is."""
    if reminder.state == Reminder.State.IN_MAIL:
        return mail_pill(reminder.mail.state)
    return pill(*REMINDER_LOOKS[reminder.state], reminder.get_state_display())


@register.simple_tag
def rung_words(rung: int) -> str:
    """3 days before; on the day; 7 days after."""
    if rung == 0:
        return _("on the day")
    if rung < 0:
        return ngettext("%(n)d day before", "%(n)d days before", -rung) % {"n": -rung}
    return ngettext("%(n)d day after", "%(n)d days after", rung) % {"n": rung}
