"""Every route on one page. Names are a contract; see the README."""

from django.contrib import admin
from django.urls import include, path

from tracker.views import (
    accounts,
    authorities,
    cases,
    correspondence,
    deadlines,
    demands,
    desk,
    documents,
    escalations,
    reminders,
    reports,
    statuses,
)
from tracker.views.health import health_page

urlpatterns = [
    path("", desk.my_desk, name="desk"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/<str:reference>/", cases.case_detail, name="case_detail"),
    path("cases/<str:reference>/responses/new/", correspondence.response_new, name="response_new"),
    path("cases/<str:reference>/contacts/new/", correspondence.contact_new, name="contact_new"),
    path(
        "cases/<str:reference>/addressees/<int:number>/silence/",
        correspondence.silence_note,
        name="silence_note",
    ),
    path("responses/<int:pk>/grades/", correspondence.response_grade, name="response_grade"),
    path("demands/", demands.demand_list, name="demand_list"),
    path("demands/export/", demands.demand_export, name="demand_export"),
    path("demands/<int:pk>/", demands.demand_detail, name="demand_detail"),
    path("demands/<int:pk>/review/", demands.demand_review, name="demand_review"),
    path("demands/<int:pk>/status/", statuses.demand_status, name="demand_status"),
    path("demands/<int:pk>/correct/", statuses.demand_correct, name="demand_correct"),
    path(
        "demands/<int:pk>/proposals/<int:proposal>/",
        statuses.proposal_decide,
        name="proposal_decide",
    ),
    path("deadlines/", deadlines.deadline_list, name="deadline_list"),
    path("authorities/", authorities.authority_list, name="authority_list"),
    path("authorities/<slug:slug>/", authorities.authority_detail, name="authority_detail"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
    path("reminders/retry-failed/", reminders.retry_failed, name="reminder_retry_failed"),
    path("reminders/mails/<int:pk>/", reminders.mail_detail, name="mail_detail"),
    path("reminders/mails/<int:pk>/html/", reminders.mail_html, name="mail_html"),
    path("reminders/mails/<int:pk>/again/", reminders.mail_send_again, name="mail_send_again"),
    path("reminders/mails/<int:pk>/settle/", reminders.mail_settle, name="mail_settle"),
    path(
        "deadlines/<int:pk>/acknowledge/",
        reminders.deadline_acknowledge,
        name="deadline_acknowledge",
    ),
    path("deadlines/<int:pk>/snooze/", reminders.deadline_snooze, name="deadline_snooze"),
    path("reports/", reports.report, name="report"),
    path("accounts/me/", accounts.profile, name="profile"),
    path("accounts/", include("allauth.urls")),
    path("cases/<str:reference>/documents/new/", documents.document_new, name="document_new"),
    path("deadlines/<int:pk>/next/<slug:code>/", escalations.next_step, name="next_step"),
    path("documents/<slug:code>/", documents.document_detail, name="document_detail"),
    path("documents/<slug:code>/file/", documents.document_file, name="document_file"),
    path("language/", accounts.language, name="set_language"),
    path("admin/", admin.site.urls),
    path("health", health_page, name="health"),
]
