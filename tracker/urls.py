"""Every route on one page."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as codes
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from tracker.views import (
    accounts,
    addressees,
    agenda,
    authorities,
    calendars,
    case_changes,
    case_team,
    cases,
    correspondence,
    deadline_changes,
    deadlines,
    demand_texts,
    demands,
    desk,
    documents,
    emergency_access,
    escalations,
    feeds,
    fresh,
    intake,
    people,
    people_changes,
    people_invitations,
    people_travel,
    recomputations,
    reminders,
    reports,
    reveal,
    second_factors,
    sessions,
    statuses,
    unsent,
)
from tracker.views.credentials import in_one, with_a_password, with_both
from tracker.views.health import health_page


class TextConverter(StringConverter):
    """PostgreSQL takes no NUL in a text, so an address with one would be an error of the server."""

    regex = r"[^/\x00-\x1f\x7f]+"


register_converter(TextConverter, "text")

# Of the library's addresses those alone that are wanted: others change an address, sign up ...
RESET_KEY = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/\x00-\x1f\x7f]+)/$"
SIGN_IN = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path(
        "password/change/",
        in_one(with_a_password(account.password_change)),
        name="account_change_password",
    ),
    path("password/reset/", in_one(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        RESET_KEY, in_one(account.password_reset_from_key), name="account_reset_password_from_key"
    ),
    path("2fa/", factors.index, name="mfa_index"),
    path("2fa/authenticate/", in_one(factors.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", in_one(factors.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", in_one(with_both(codes.activate_totp)), name="mfa_activate_totp"),
    path(
        "2fa/totp/deactivate/", in_one(with_both(codes.deactivate_totp)), name="mfa_deactivate_totp"
    ),
    path("2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        in_one(with_both(recovery.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", in_one(with_both(passkeys.add_webauthn)), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        in_one(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        in_one(with_both(passkeys.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
]

urlpatterns = [
    path("", desk.my_desk, name="desk"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("agenda/unscheduled/", agenda.unscheduled, name="unscheduled"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/new/", intake.case_new, name="case_new"),
    path("cases/new/<int:pk>/", intake.draft_review, name="draft_review"),
    path("cases/new/<int:pk>/background/", intake.draft_background, name="draft_background"),
    path("cases/new/<int:pk>/discard/", intake.draft_discard, name="draft_discard"),
    path("cases/<text:reference>/", cases.case_detail, name="case_detail"),
    path("cases/<text:reference>/responses/new/", correspondence.response_new, name="response_new"),
    path("cases/<text:reference>/contacts/new/", correspondence.contact_new, name="contact_new"),
    path("cases/<text:reference>/team/", case_team.case_team, name="case_team"),
    path("cases/<text:reference>/demands/new/", demand_texts.demand_new, name="demand_new"),
    path("cases/<text:reference>/addressees/new/", addressees.addressee_new, name="addressee_new"),
    path(
        "cases/<text:reference>/addressees/<int:number>/",
        addressees.addressee_dates,
        name="addressee_dates",
    ),
    path(
        "cases/<text:reference>/addressees/<int:number>/silence/",
        correspondence.silence_note,
        name="silence_note",
    ),
    path("cases/<text:reference>/show/contacts/", reveal.case_reveal, name="case_reveal"),
    path(
        "cases/<text:reference>/signatories/<int:number>/show/",
        reveal.signatory_reveal,
        name="signatory_reveal",
    ),
    path("shown/<int:pk>/", reveal.revealed_page, name="revealed"),
    path("cases/<text:reference>/<slug:change>/", case_changes.case_change, name="case_change"),
    path("responses/<int:pk>/grades/", correspondence.response_grade, name="response_grade"),
    path("demands/", demands.demand_list, name="demand_list"),
    path("demands/export/", demands.demand_export, name="demand_export"),
    path("demands/<int:pk>/", demands.demand_detail, name="demand_detail"),
    path("demands/<int:pk>/edit/", demand_texts.demand_edit, name="demand_edit"),
    path("demands/<int:pk>/review/", demands.demand_review, name="demand_review"),
    path("demands/<int:pk>/status/", statuses.demand_status, name="demand_status"),
    path("demands/<int:pk>/correct/", statuses.demand_correct, name="demand_correct"),
    path(
        "demands/<int:pk>/proposals/<int:proposal>/",
        statuses.proposal_decide,
        name="proposal_decide",
    ),
    path("deadlines/", deadlines.deadline_list, name="deadline_list"),
    path("deadlines/<int:pk>/", deadlines.deadline_detail, name="deadline_detail"),
    path("cases/<text:reference>/dates/new/", deadline_changes.date_new, name="date_new"),
    path("authorities/", authorities.authority_list, name="authority_list"),
    path("authorities/<slug:slug>/", authorities.authority_detail, name="authority_detail"),
    path(
        "authorities/<slug:slug>/publish/",
        authorities.authority_publish,
        name="authority_publish",
    ),
    path("authorities/<slug:slug>/show/", reveal.authority_reveal, name="authority_reveal"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
    path("reminders/retry-failed/", reminders.retry_failed, name="reminder_retry_failed"),
    path("reminders/mails/<int:pk>/", reminders.mail_detail, name="mail_detail"),
    path("reminders/mails/<int:pk>/html/", reminders.mail_html, name="mail_html"),
    path("reminders/mails/<int:pk>/again/", reminders.mail_send_again, name="mail_send_again"),
    path("reminders/mails/<int:pk>/settle/", reminders.mail_settle, name="mail_settle"),
    path(
        "deadlines/<int:pk>/acknowledge/",
        reminders.deadline_mute,
        {"choice": "acknowledge"},
        name="deadline_acknowledge",
    ),
    path(
        "deadlines/<int:pk>/snooze/",
        reminders.deadline_mute,
        {"choice": "snooze"},
        name="deadline_snooze",
    ),
    path("deadlines/<int:pk>/unmute/", reminders.deadline_unmute, name="deadline_unmute"),
    path("calendars/", calendars.calendar_list, name="calendar_list"),
    path("calendars/<text:code>/", calendars.calendar_detail, name="calendar_detail"),
    path("calendars/<text:code>/import/", calendars.calendar_import, name="calendar_import"),
    path(
        "calendars/<text:code>/<int:year>/confirm/",
        calendars.calendar_confirm,
        name="calendar_confirm",
    ),
    path("recomputations/new/", recomputations.recomputation_new, name="recomputation_new"),
    path(
        "recomputations/<int:pk>/",
        recomputations.recomputation_detail,
        name="recomputation_detail",
    ),
    path("reports/", reports.report, name="report"),
    path("people/", people.people_list, name="people_list"),
    path("people/new/", people_invitations.person_new, name="person_new"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/role/", people.person_role, name="person_role"),
    path("people/<int:pk>/reset/", people.person_reset, name="person_reset"),
    path("people/<int:pk>/leave/", people.person_leave, name="person_leave"),
    path("people/<int:pk>/ask/<slug:kind>/", people_changes.change_ask, name="change_ask"),
    path("people/changes/<int:pk>/agree/", people_changes.change_approve, name="change_approve"),
    path("people/changes/<int:pk>/refuse/", people_changes.change_refuse, name="change_refuse"),
    path(
        "people/invitations/<int:pk>/again/",
        people_invitations.invitation_again,
        name="invitation_again",
    ),
    path(
        "people/invitations/<int:pk>/take-back/",
        people_invitations.invitation_take_back,
        name="invitation_take_back",
    ),
    path("accounts/invitation/", people_invitations.invitation_accept, name="invitation_accept"),
    path(
        "accounts/invitation/<text:secret>/",
        people_invitations.invitation_link,
        name="invitation_link",
    ),
    path("people/<int:pk>/cut-off/", people.person_cut_off, name="person_cut_off"),
    path("people/<int:pk>/travel/end/", people_travel.person_travel_end, name="person_travel_end"),
    path("emergency/", emergency_access.emergency_open, name="emergency_open"),
    path("emergency/<int:pk>/end/", emergency_access.emergency_end, name="emergency_end"),
    path("accounts/travel/", people_travel.own_travel, name="own_travel"),
    path("accounts/cut-off/", people.own_cut_off, name="own_cut_off"),
    path("accounts/me/", accounts.profile, name="profile"),
    path("accounts/feeds/", feeds.feed_list, name="feed_list"),
    path("accounts/feeds/<int:pk>/revoke/", feeds.feed_revoke, name="feed_revoke"),
    path("accounts/sessions/", sessions.session_list, name="usersessions_list"),
    path("accounts/go-on/", fresh.go_on, name="go_on"),
    path("feeds/<text:secret>.ics", feeds.feed, name="feed"),
    path("accounts/2fa/first/", second_factors.first, name="second_factor_first"),
    path("accounts/", include(SIGN_IN)),
    path("cases/<text:reference>/documents/new/", documents.document_new, name="document_new"),
    path("deadlines/<int:pk>/next/<slug:code>/", escalations.next_step, name="next_step"),
    path(
        "deadlines/<int:pk>/<slug:action>/",
        deadline_changes.deadline_change,
        name="deadline_change",
    ),
    path("documents/<slug:code>/", documents.document_detail, name="document_detail"),
    path("documents/<slug:code>/file/", documents.document_file, name="document_file"),
    path("unsent/", unsent.unsent, name="unsent"),
    path("language/", accounts.language, name="set_language"),
    path("admin/", admin.site.urls),
    path("health", health_page, name="health"),
]

handler403 = "tracker.views.unsent.not_allowed"
handler404 = "tracker.views.unsent.not_here"
handler500 = "tracker.views.encrypted.broken"
