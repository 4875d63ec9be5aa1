"""The editing desk's site. It has no sign-in form of its own: the one at /accounts/login/ serves,
so that second factors and rate limits cannot be walked around."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class TrackerAdminSite(admin.AdminSite):
    site_title = _("Tracker")
    site_header = _("Tracker, editing desk")
    index_title = _("What would you like to edit?")
    enable_nav_sidebar = True

    login = secure_admin_login(admin.AdminSite.login)
