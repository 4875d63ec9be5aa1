"""People who sign in. Lowest of the tables: every other may point here, none is needed here."""

from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEWER = "viewer", _("viewer")
    OFFICER = "officer", _("officer")
    COORDINATOR = "coordinator", _("coordinator")
    ADMINISTRATOR = "administrator", _("administrator")


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("Choose a time zone by its name, for example Asia/Bishkek."))


class UserQuerySet(models.QuerySet["User"]):
    def active(self):
        return self.filter(is_active=True)

    def working(self):
        """Who may change cases: every active role but the viewer's."""
        return self.active().exclude(role=Role.VIEWER)

    def able_to_see(self, case):
        """Who may see a case: `Case.objects.visible_to` from the other side."""
        people = self.active()
        if case.restricted:
            people = people.filter(memberships__case=case, travel_since=None)
        return people

    def visible_to(self, user):
        """Staff know each other; nobody else is told a name."""
        return self if user.is_authenticated and user.is_active else self.none()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser):
    """One member of staff. What they may do follows from the role alone (`permissions.py`)."""

    email = models.EmailField(
        _("e-mail"), unique=True, help_text=_("Used to sign in and for reminders.")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("As colleagues know them."))
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=Role,
        default=Role.VIEWER,
        help_text=_(
            "Viewers read; officers work on cases; coordinators run the team and confirm closing "
            "statuses; administrators keep people and reference data."
        ),
    )
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=settings.TIME_ZONE,
        validators=[validate_time_zone],
        help_text=_("For example Asia/Bishkek. Reminders arrive by this clock."),
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily e-mail"),
        default=8,
        validators=[MaxValueValidator(23)],
        help_text=_("0 to 23, by this person's own clock."),
    )
    mail_at_once = models.BooleanField(
        _("also write at once"),
        default=True,
        help_text=_("For a deadline set for today and for new assignments."),
    )
    away_until = models.DateField(
        _("away until"),
        null=True,
        blank=True,
        help_text=_("Up to this day reminders go to the deputy."),
    )
    deputy = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deputy_for",
        verbose_name=_("deputy"),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Untick when somebody leaves. Their history stays; they cannot sign in."),
    )
    date_joined = models.DateTimeField(_("added at"), auto_now_add=True)
    # Part of what every session and every link for a new password is proved by: when it goes up,
    # all of them are void.
    cut_offs = models.PositiveIntegerField(_("times cut off"), default=0, editable=False)
    role_since = models.DateTimeField(
        _("in this role since"),
        null=True,
        editable=False,
        help_text=_("Empty: since before this was kept."),
    )
    travel_since = models.DateTimeField(_("travelling since"), null=True, editable=False)
    travel_until = models.DateField(_("travelling until"), null=True, editable=False)

    # The restricted cases this request may read though its person is on no team of theirs. Nothing
    # but the middleware of the pages says so, for requests that read: so neither a form, nor the
    # editing desk, a mail or a calendar ever goes by it (`views/emergency_access.py`).
    read_in_an_emergency: frozenset[int] = frozenset()

    # That the password changed is recorded, and never to what.
    not_recorded = ("password",)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_email",
                violation_error_message=_("There is an account with this address already."),
            ),
            models.CheckConstraint(
                condition=Q(digest_hour__gte=0, digest_hour__lte=23),
                name="digest_hour_is_an_hour_of_the_day",
                violation_error_message=_("Choose an hour from 0 to 23."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def natural_key(self) -> tuple[str]:
        return (self.email,)

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name

    def get_session_auth_hash(self) -> str:
        return self._held_to_cut_offs(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self):
        """By the secret keys of before, for which Django asks too."""
        for proof in super().get_session_auth_fallback_hash():
            yield self._held_to_cut_offs(proof)

    def _held_to_cut_offs(self, proof: str) -> str:
        return salted_hmac("tracker.cut_offs", f"{proof}{self.cut_offs}").hexdigest()

    @property
    def works(self) -> bool:
        """May change cases (every active role but the viewer's)."""
        return self.is_active and self.role != Role.VIEWER

    @property
    def coordinates(self) -> bool:
        """Runs the team: a coordinator or an administrator."""
        return self.is_active and self.role in (Role.COORDINATOR, Role.ADMINISTRATOR)

    @property
    def travelling(self) -> bool:
        """The account shows a reduced view: no restricted case, no signatory, no contact.

        A row and no comparison with a clock: only a write ends it, so that it fails closed.
        """
        return self.travel_since is not None

    @property
    def is_staff(self) -> bool:
        """The admin site's word for "may enter the editing desk"."""
        return self.works

    @property
    def is_superuser(self) -> bool:
        """The admin of the libraries asks this; our own tables never do."""
        return self.is_active and self.role == Role.ADMINISTRATOR

    def has_perm(self, perm: str, obj=None) -> bool:
        """Only for tables of libraries; ours are decided in `permissions.py`."""
        return self.is_superuser

    def has_perms(self, perms, obj=None) -> bool:
        return self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.works if app_label == "tracker" else self.is_superuser
