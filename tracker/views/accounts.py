"""A person's own settings."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from tracker.forms.accounts import ProfileForm
from tracker.models import User
from tracker.reports.people import waiting_changes
from tracker.services.profiles import update_profile
from tracker.views.saving import form_page


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # A copy: the form writes into its instance, and the page around it shows the person as saved.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        user = update_profile(
            user=request.user, values=form.cleaned_data, by=request.user, at=timezone.now()
        )
        with translation.override(user.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("profile")
    changes = waiting_changes(request.user).filter(person=request.user)
    return form_page(request, "accounts/profile.html", form, changes=changes)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: for a signed-in person for good, for a visitor in this browser."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        update_profile(
            user=request.user, values={"language": chosen}, by=request.user, at=timezone.now()
        )
    return set_language(request)
