"""Boot only: the app itself, and the admin with our own site in place of Django's."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    default = True
    name = "tracker"
    verbose_name = _("Tracker")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tables are watched once there are all of them."""
        import_module("tracker.services.access").watch_tables()
        import_module("tracker.management.checks")
        import_module("tracker.views.sign_ins")  # listens to Django's signals


class TrackerAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "tracker.admin.site.TrackerAdminSite"

    def ready(self) -> None:
        """The desk first: its modules register with the site that lies in the same package, and
        asked for in the other order the site would be made twice, the full one being dropped."""
        import_module("tracker.admin")
        super().ready()
