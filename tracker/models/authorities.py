"""Whom we ask: authorities (reference data), and addressees (an authority within one case)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.cases import Case, NumberedInCaseManager
from tracker.models.encrypted import EncryptedEmailField, EncryptedTextField


class Jurisdiction(models.TextChoices):
    """Whose calendar and law apply; the empty one has neither."""

    KG = "KG", _("Kyrgyzstan")
    KZ = "KZ", _("Kazakhstan")
    RU = "RU", _("Russia")
    TJ = "TJ", _("Tajikistan")
    UZ = "UZ", _("Uzbekistan")
    BE = "BE", _("EU institutions (Belgian calendar)")
    NONE = "", _("none")


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def visible_to(self, user):
        """All active staff see it, but one born in a case which they do not see."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(Q(born_in=None) | Q(born_in__in=Case.objects.visible_to(user)))

    def published(self):
        return self.filter(born_in=None)

    def usable_in(self, case: Case | None):
        """What a case may name; `None` is one that does not stand yet."""
        return self.filter(Q(born_in=None) | Q(born_in=case)) if case else self.published()


class AuthorityManager(models.Manager.from_queryset(AuthorityQuerySet)):
    def get_by_natural_key(self, slug: str) -> "Authority":
        return self.get(slug=slug)


class Authority(models.Model):
    """An office, institution or group one can address. Its holders change; the office stays."""

    class Kind(models.TextChoices):
        HEAD_OF_STATE = "head_of_state", _("head of state")
        PARLIAMENT = "parliament", _("parliament")
        GOVERNMENT = "government", _("government")
        PROSECUTOR = "prosecutor", _("prosecutor")
        COURT = "court", _("court")
        ELECTION = "election", _("election commission")
        OMBUDSMAN = "ombudsman", _("ombudsman")
        LOCAL = "local", _("local authority")
        INTERNATIONAL = "international", _("international body")
        POLITICAL = "political", _("party or political group")
        PERSON = "person", _("person without office")
        PUBLIC = "public", _("the public at large")

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200, help_text=_("The office, not its holder."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, choices=Jurisdiction, blank=True
    )
    default_rule = models.ForeignKey(
        "tracker.ResponseRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="default_for",
        verbose_name=_("usual response rule"),
        help_text=_("Leave empty where no law gives a time to answer."),
    )
    address = EncryptedTextField(_("postal address"), blank=True)
    email = EncryptedEmailField(_("e-mail for appeals"), blank=True)
    website = models.URLField(_("website"), blank=True, max_length=300)
    notes = EncryptedTextField(_("notes"), blank=True)
    # Its name alone may tell of the case, so nobody else sees it until a keeper of reference data
    # publishes it.
    born_in = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("known in one case alone"),
    )

    objects = AuthorityManager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    natural_key.dependencies = ["tracker.responserule"]


class Addressee(models.Model):
    """An authority in one case: how the appeal reached it, and the rule that binds it."""

    class Channel(models.TextChoices):
        POST = "post", _("post")
        EMAIL = "email", _("e-mail")
        PORTAL = "portal", _("internet reception")
        HAND = "hand", _("by hand")
        PUBLISHED = "published", _("published only")

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="addressees", verbose_name=_("case")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Order on the case page."))
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="addressees", verbose_name=_("authority")
    )
    person = models.CharField(
        _("person"), max_length=200, blank=True, help_text=_("Who held the office then.")
    )
    addressed_as = models.CharField(
        _("addressed as"), max_length=300, blank=True, help_text=_("Word for word in the appeal.")
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    registered_on = models.DateField(
        _("registered on"),
        null=True,
        blank=True,
        help_text=_("Ask the office for it: in Kyrgyzstan the time to answer runs from this day."),
    )
    incoming_number = models.CharField(
        _("incoming number"), max_length=80, blank=True, help_text=_("Given at registration.")
    )
    rule = models.ForeignKey(
        "tracker.ResponseRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="addressees",
        verbose_name=_("response rule"),
        help_text=_("Leave empty where no law gives a time to answer."),
    )
    expected_by = models.DateField(
        _("expected by"),
        null=True,
        blank=True,
        help_text=_("Our own wish where no law sets a date. Never called overdue."),
    )
    forwarded_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="forwarded_to",
        verbose_name=_("forwarded from"),
    )
    notes = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NumberedInCaseManager()

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_addressee_per_number"),
            models.CheckConstraint(
                condition=Q(registered_on__isnull=True)
                | Q(sent_on__isnull=True)
                | Q(registered_on__gte=models.F("sent_on")),
                name="registered_not_before_sent",
                violation_error_message=_("It cannot be registered before it was sent."),
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True)
                | Q(sent_on__isnull=True)
                | Q(received_on__gte=models.F("sent_on")),
                name="received_not_before_sent",
                violation_error_message=_("It cannot be received before it was sent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.reference}/{self.number} {self.authority.name}"

    def natural_key(self) -> tuple[str, int]:
        return (*self.case.natural_key(), self.number)

    natural_key.dependencies = ["tracker.case", "tracker.authority", "tracker.responserule"]
