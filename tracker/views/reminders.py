"""The reminders: what is planned, what was sent and how, and what a person must decide."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from tracker import permissions
from tracker.filters.reminders import ReminderFilter
from tracker.forms.reminders import AcknowledgeForm, SnoozeForm
from tracker.models import Deadline, Mail, Mute, Reminder, User
from tracker.reports.reminders import heartbeat, mails_to_decide
from tracker.services.reminders import mail_actions, mute
from tracker.services.reminders.schedule import unreadable_plans
from tracker.tasks.reminders import hint_sweep
from tracker.views.lists import page_of
from tracker.views.saving import refusals_told
from tracker.views.unsent import is_ours


@require_safe
def reminder_list(request: HttpRequest) -> HttpResponse:
    coordinates = permissions.coordinates(request.user)
    rows = Reminder.objects.visible_to(request.user).select_related(
        "person", "deadline__case", "mail"
    )
    if not coordinates:
        rows = rows.filter(person=request.user)
    now = timezone.now()
    on = timezone.localdate(now)
    shown = ReminderFilter(request.GET, rows.nearest_first(on), request=request, on=on)
    return render(
        request,
        "reminders/list.html",
        {
            "section": "reminders",
            "filter": shown,
            "page": page_of(request, shown.qs),
            "on": on,
            "coordinates": coordinates,
            "works": permissions.works(request.user),
            "to_decide": mails_to_decide(user=request.user),
            "heartbeat": heartbeat(at=now) if coordinates else None,
            "unreadable": unreadable_plans(request.user) if coordinates else [],
        },
    )


@require_safe
def mail_detail(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(Mail.objects.visible_to(request.user).select_related("person"), pk=pk)
    rows = mail.reminders.visible_to(request.user).select_related("deadline__case")
    return render(
        request,
        "reminders/mail.html",
        {
            "section": "reminders",
            "mail": mail,
            "rows": rows.order_by("due_on", "pk"),
            "words_shown": may_read(request.user, mail),
            "steps": mail.transitions.order_by("pk"),
            "works": permissions.works(request.user),
        },
    )


def may_read(user: User, mail: Mail) -> bool:
    """Its words name every case in it: they are for its reader, and for who sees all of these.

    What happened to an account is its owner's alone.
    """
    if mail.person == user or mail.kind == Mail.Kind.NOTICE:
        return mail.person == user
    seen = mail.reminders.visible_to(user).values("pk")
    return not mail.reminders.exclude(pk__in=seen).exists()


@require_safe
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part alone, in a page that may do nothing but show it."""
    mail = get_object_or_404(Mail.objects.visible_to(request.user).select_related("person"), pk=pk)
    if not mail.body_html or not may_read(request.user, mail):
        raise Http404
    response = HttpResponse(mail.body_html)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def decidable_mail(request: HttpRequest, pk: int) -> Mail:
    """A mail of one's own, or any for those who run the team."""
    if not permissions.works(request.user):
        raise Http404
    return get_object_or_404(Mail.objects.visible_to(request.user), pk=pk)


@require_POST
def mail_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    mail = decidable_mail(request, pk)
    with refusals_told(request):
        mail_actions.send_again(mail=mail, by=request.user, at=timezone.now())
        hint_sweep()
        messages.success(request, _("It goes out again within a minute, with the same number."))
    return redirect("mail_detail", pk=mail.pk)


@require_POST
def mail_settle(request: HttpRequest, pk: int) -> HttpResponse:
    mail = decidable_mail(request, pk)
    delivered = request.POST.get("delivered")
    if delivered not in ("yes", "no"):
        messages.error(request, _("Say whether the e-mail arrived; nothing was changed."))
        return redirect("mail_detail", pk=mail.pk)
    with refusals_told(request):
        mail_actions.settle_mail(
            mail=mail, delivered=delivered == "yes", by=request.user, at=timezone.now()
        )
        messages.success(request, _("Noted. This e-mail waits no longer."))
    return redirect("mail_detail", pk=mail.pk)


@require_POST
def retry_failed(request: HttpRequest) -> HttpResponse:
    if not permissions.coordinates(request.user):
        raise Http404
    tried = mail_actions.retry_failed(by=request.user, at=timezone.now())
    hint_sweep()
    said = ngettext("%(n)d e-mail is tried again.", "%(n)d e-mails are tried again.", tried)
    messages.success(request, said % {"n": tried})
    return redirect("reminder_list")


# Muting, from the desk or wherever the date is shown


def deadline_to_mute(request: HttpRequest, pk: int) -> Deadline:
    """A date one may mute: seen, by somebody who works on cases."""
    deadline = get_object_or_404(Deadline.objects.visible_to(request.user), pk=pk)
    permissions.check_works(request.user)
    return deadline


@dataclass(frozen=True)
class MuteChoice:
    """One way to mute a date: its form, its service, and what is said afterwards."""

    form: type[Form]
    service: Callable[..., Mute]
    wrong: str
    done: str


MUTE_CHOICES = {
    "acknowledge": MuteChoice(
        AcknowledgeForm,
        mute.acknowledge,
        gettext_lazy("Write the day as 2026-11-30; nothing was changed."),
        gettext_lazy("You have it. No reminders of it come to you before %(day)s."),
    ),
    "snooze": MuteChoice(
        SnoozeForm,
        mute.snooze,
        gettext_lazy("Choose a number of days from 1 to 30; nothing was changed."),
        gettext_lazy("You are reminded of it again on %(day)s, and not before."),
    ),
}


@require_POST
def deadline_mute(request: HttpRequest, pk: int, choice: str) -> HttpResponse:
    deadline = deadline_to_mute(request, pk)
    chosen = MUTE_CHOICES[choice]
    form = chosen.form(request.POST)
    if not form.is_valid():
        messages.error(request, chosen.wrong)
        return back(request, deadline)
    with refusals_told(request):
        muted = chosen.service(
            deadline=deadline, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        hint_sweep()
        messages.success(request, chosen.done % {"day": date_format(muted.until)})
    return back(request, deadline)


@require_POST
def deadline_unmute(request: HttpRequest, pk: int) -> HttpResponse:
    deadline = deadline_to_mute(request, pk)
    with refusals_told(request):
        mute.remind_again(deadline=deadline, by=request.user, at=timezone.now())
        hint_sweep()
        messages.success(request, _("Reminders of it come to you again."))
    return back(request, deadline)


def back(request: HttpRequest, deadline: Deadline) -> HttpResponse:
    """To the page the click came from, if it is one of ours; else to the case."""
    page = request.POST.get("next", "")
    if is_ours(request, page):
        return redirect(page)
    return redirect("case_detail", reference=deadline.case.reference)
