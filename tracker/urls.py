"""Every route on one page. Names are a contract; see the README."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from tracker.views import accounts, documents, escalations
from tracker.views.health import health_page

urlpatterns = [
    path("accounts/me/", accounts.profile, name="profile"),
    path("accounts/", include("allauth.urls")),
    path("cases/<str:reference>/documents/new/", documents.document_new, name="document_new"),
    path("deadlines/<int:pk>/next/<slug:code>/", escalations.next_step, name="next_step"),
    path("documents/<slug:code>/", documents.document_detail, name="document_detail"),
    path("documents/<slug:code>/file/", documents.document_file, name="document_file"),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("health", health_page, name="health"),
]
