"""The site of the admin, which pages call the editing desk. It has no sign-in form of its own: the
one at /accounts/login/ serves, so that second factors and rate limits cannot be walked around."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from tracker.models import Event

SECTIONS = {
    "cases": _("Cases"),
    "answers": _("Letters and answers"),
    "clocks": _("Deadlines and reminders"),
    "reference": _("Reference data"),
    "people": _("People"),
    "record": _("The record (read only)"),
}
OWN_STEPS = 10


class TrackerAdminSite(admin.AdminSite):
    site_title = _("Tracker")
    site_header = _("Editing desk")
    index_title = _("What would you like to edit?")
    site_url = "/"
    enable_nav_sidebar = True

    def __init__(self, name="admin"):
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Tables of this project only: the libraries' own pages know neither its gate nor its
        services. Sessions and second factors are looked after on a person's page."""
        models = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        ours = [model for model in models if model._meta.app_label == "tracker"]
        super().register(ours, admin_class, **options)

    # Signing in and out is done at /accounts/ alone.

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")

    def get_urls(self):
        """Without the redirect by table and number: it would tell which rows exist."""
        return [
            pattern
            for pattern in super().get_urls()
            if getattr(pattern, "name", None) != "view_on_site"
        ]

    def autocomplete_view(self, request):
        """For the columns that some page of the desk asks for in this way. The framework answers
        for every key of every table, the libraries' and those that point back included."""
        asked = tuple(request.GET.get(key) for key in ("app_label", "model_name", "field_name"))
        if asked not in self._chosen_by_typing():
            raise PermissionDenied
        return super().autocomplete_view(request)

    def _chosen_by_typing(self) -> set[tuple[str, str, str]]:
        pages = [page for desk in self._registry.values() for page in (desk, *desk.inlines)]
        return {
            ("tracker", page.model._meta.model_name, field)
            for page in pages
            for field in page.autocomplete_fields
        }

    # Pages

    def index(self, request, extra_context=None):
        seen = Event.objects.visible_to(request.user).of_changes()
        steps = seen.filter(by_id=request.user.pk).in_words()
        return super().index(
            request,
            {"own_steps": steps.order_by("-at", "-pk")[:OWN_STEPS], **(extra_context or {})},
        )

    def get_app_list(self, request, app_label=None):
        """One heading per kind of work instead of one list of thirty tables."""
        if app_label not in (None, "tracker"):
            raise Http404
        tables = [table for app in super().get_app_list(request) for table in app["models"]]
        tables.sort(key=lambda table: self._registry[table["model"]].place)
        grouped = []
        for section, name in SECTIONS.items():
            found = [t for t in tables if self._registry[t["model"]].section == section]
            if found:
                grouped.append(
                    {
                        "name": name,
                        "app_label": section,
                        "app_url": reverse("admin:index", current_app=self.name),
                        "has_module_perms": True,
                        "models": found,
                    }
                )
        return grouped
