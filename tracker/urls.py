"""Every route on one page. Names are a contract; see the README."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from tracker.views.health import health_page

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("health", health_page, name="health"),
]
