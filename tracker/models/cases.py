"""A case is one appeal: its text, who signed it, what it rests on, and how far our work is."""

import datetime

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.encrypted import EncryptedCharField, EncryptedTextField


class Kind(models.TextChoices):
    OPEN_APPEAL = "open_appeal", _("open appeal")
    DEMANDS = "demands", _("demands")
    DECLARATION = "declaration", _("declaration")
    STATEMENT = "statement", _("statement")
    PETITION = "petition", _("petition")
    RESOLUTION = "resolution", _("resolution")
    URGENT_ACTION = "urgent_action", _("urgent action")
    RECOMMENDATIONS = "recommendations", _("recommendations")


class Phase(models.TextChoices):
    """How far our own work is; says nothing about what the authorities did."""

    PREPARING = "preparing", _("in preparation")
    SENT = "sent", _("sent")
    REGISTERED = "registered", _("registered")
    RESPONSE_PERIOD = "response_period", _("response period")
    ASSESSMENT = "assessment", _("assessment")
    DIALOGUE = "dialogue", _("dialogue")
    ESCALATED = "escalated", _("escalated")
    MONITORING = "monitoring", _("monitoring")
    CLOSED = "closed", _("closed")


class Track(models.TextChoices):
    STANDARD = "standard", _("standard")
    ENHANCED = "enhanced", _("enhanced")
    URGENT = "urgent", _("urgent")


class Confidentiality(models.TextChoices):
    OPEN = "open", _("all staff")
    TEAM = "team", _("its team only")


class CloseReason(models.TextChoices):
    IMPLEMENTED = "implemented", _("all implemented")
    PARTLY = "partly", _("partly implemented")
    DISCONTINUED = "discontinued", _("discontinued")
    WITHDRAWN = "withdrawn", _("withdrawn")
    MERGED = "merged", _("merged into another case")
    OVERTAKEN = "overtaken", _("lost its object")


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user):
        """The one gate: open cases for all active staff, the others for their team alone.

        No role is above it, so that nobody's account opens everything. Who travels sees the open
        ones only; who reads one in an emergency sees that one too, in that request.
        """
        if not (user.is_authenticated and user.is_active):
            return self.none()
        openly = Q(confidentiality=Confidentiality.OPEN)
        if user.travelling:
            return self.filter(openly)
        mine = Membership.objects.filter(user=user).values("case")
        return self.filter(openly | Q(pk__in=mine) | Q(pk__in=user.read_in_an_emergency))

    def audiences(self) -> dict[int, frozenset[int] | None]:
        """The same gate seen from the case: who may see it, None standing for all active staff."""
        teams: dict[int, set[int]] = {}
        found = dict(self.values_list("pk", "confidentiality"))
        closed = [pk for pk, openness in found.items() if openness != Confidentiality.OPEN]
        there = Membership.objects.filter(case__in=closed, user__travel_since=None)
        for case, user in there.values_list("case", "user"):
            teams.setdefault(case, set()).add(user)
        return {
            pk: frozenset(teams.get(pk, ())) if openness != Confidentiality.OPEN else None
            for pk, openness in found.items()
        }

    def running(self):
        return self.exclude(phase=Phase.CLOSED)

    def without_next_date(self, on: datetime.date):
        """Running cases that nothing will bring back to mind: no date ahead, no review ahead."""
        dated = self.model.objects.filter(deadlines__state="open", deadlines__overdue_after__gte=on)
        reviewed = self.model.objects.filter(demands__review_on__gte=on)
        return (
            self.running().exclude(pk__in=dated.values("pk")).exclude(pk__in=reviewed.values("pk"))
        )


class CaseManager(models.Manager.from_queryset(CaseQuerySet)):
    def get_by_natural_key(self, reference: str) -> "Case":
        return self.get(reference=reference)


class Case(models.Model):
    reference = models.CharField(
        _("reference"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Z0-9][A-Z0-9-]*\Z",
                _("Capital letters, digits and hyphens, for example LAWYERS-2020."),
            )
        ],
        help_text=_("Short and neutral: it stands in e-mails and calendar entries."),
    )
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OPEN_APPEAL)
    issuer = models.CharField(
        _("issuer"), max_length=300, blank=True, help_text=_("Who published the appeal.")
    )
    issued_on = models.DateField(_("dated"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    language = models.CharField(
        _("language of the text"), max_length=5, default="en", help_text=_("en, ru, ky ...")
    )
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("Two sentences a new colleague needs first.")
    )
    source = models.ForeignKey(
        "tracker.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="source_of",
        verbose_name=_("source text"),
    )
    response_request = models.TextField(
        _("request for a reply"), blank=True, help_text=_("The sentence that asks for an answer.")
    )
    reply_address = EncryptedTextField(_("address for the reply"), blank=True)
    contacts = EncryptedTextField(
        _("contacts"), blank=True, help_text=_("As printed in the appeal. Not shown in lists.")
    )
    phase = models.CharField(_("phase"), max_length=20, choices=Phase, default=Phase.PREPARING)
    track = models.CharField(_("track"), max_length=10, choices=Track, default=Track.STANDARD)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_cases",
        verbose_name=_("lead"),
        help_text=_("Answers for the case; gets its reminders when nobody else is named."),
    )
    confidentiality = models.CharField(
        _("open to"),
        max_length=10,
        choices=Confidentiality,
        default=Confidentiality.OPEN,
        help_text=_("“Its team only” hides the case from everybody who is not on the team."),
    )
    close_reason = models.CharField(
        _("reason for closing"), max_length=20, choices=CloseReason, blank=True
    )
    closing_note = models.TextField(_("closing note"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CaseManager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(phase="closed", closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(phase="closed") & Q(closed_at__isnull=True),
                name="closed_case_has_time_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def natural_key(self) -> tuple[str]:
        return (self.reference,)

    @property
    def restricted(self) -> bool:
        return self.confidentiality == Confidentiality.TEAM

    @property
    def closed(self) -> bool:
        return self.phase == Phase.CLOSED


class OfCaseQuerySet(models.QuerySet):
    """Rows that belong to one case and are seen by whoever sees the case."""

    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user))

    def in_running_cases(self):
        return self.exclude(case__phase=Phase.CLOSED)


class NumberedInCaseManager(models.Manager.from_queryset(OfCaseQuerySet)):
    """For rows known as "number n of case r"."""

    def get_by_natural_key(self, reference: str, number: int):
        return self.get(case__reference=reference, number=number)


class Membership(models.Model):
    """Somebody on the team of a case."""

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="memberships", verbose_name=_("case")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    objects = models.Manager.from_queryset(OfCaseQuerySet)()

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="on_a_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.case.reference}"


class CaseLinkQuerySet(models.QuerySet["CaseLink"]):
    def visible_to(self, user):
        """A link tells of both its cases, so it is seen by whoever sees both."""
        seen = Case.objects.visible_to(user)
        return self.filter(case__in=seen, other__in=seen)


class CaseLink(models.Model):
    class Kind(models.TextChoices):
        LEADS = "leads", _("leads")
        REPEATS = "repeats", _("repeats")
        CONTINUES = "continues", _("continues")
        SUPPLEMENTS = "supplements", _("supplements")

    case = models.ForeignKey(Case, models.CASCADE, related_name="links", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    other = models.ForeignKey(
        Case, models.CASCADE, related_name="linked_from", verbose_name=_("other case")
    )

    objects = models.Manager.from_queryset(CaseLinkQuerySet)()

    class Meta:
        verbose_name = _("link between cases")
        verbose_name_plural = _("links between cases")
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "other"], name="linked_once"),
            models.CheckConstraint(
                condition=~Q(case=models.F("other")),
                name="case_not_linked_to_itself",
                violation_error_message=_("Choose another case; this is the same one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.reference} {self.get_kind_display()} {self.other.reference}"


class SignatoryQuerySet(OfCaseQuerySet):
    def visible_to(self, user):
        """Who signed is told to nobody who travels."""
        travels = user.is_authenticated and user.travelling
        return self.none() if travels else super().visible_to(user)


class SignatoryManager(NumberedInCaseManager.from_queryset(SignatoryQuerySet)):
    """As of all numbered rows."""


class Signatory(models.Model):
    case = models.ForeignKey(
        Case, models.CASCADE, related_name="signatories", verbose_name=_("case")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Place in the list."))
    name = EncryptedCharField(_("name"), max_length=200)
    role = EncryptedCharField(_("role"), max_length=300, blank=True)
    place = EncryptedCharField(_("place"), max_length=200, blank=True)
    group = models.CharField(
        _("group"), max_length=120, blank=True, help_text=_("For example: lawyers.")
    )
    at_risk = models.BooleanField(
        _("at risk"),
        default=False,
        help_text=_("Name, role and place are masked; the team may ask to see them."),
    )

    objects = SignatoryManager()

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_signatory_per_number"),
        ]

    def __str__(self) -> str:
        """The log, messages and headings name a row so, and none of them may name the person."""
        return _("signatory %(number)s") % {"number": self.number}

    def natural_key(self) -> tuple[str, int]:
        return (*self.case.natural_key(), self.number)

    natural_key.dependencies = ["tracker.case"]


class CitedNorm(models.Model):
    """A rule of law the appeal rests on, with its words and place in the text."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="norms", verbose_name=_("case"))
    number = models.PositiveSmallIntegerField(_("number"))
    instrument = models.CharField(
        _("instrument"), max_length=300, help_text=_("The law, treaty or principles.")
    )
    article = models.CharField(_("article"), max_length=120, blank=True)
    text = models.TextField(_("as cited"), help_text=_("Word for word from the appeal."))
    start = models.PositiveIntegerField(_("first character"), null=True, blank=True)
    end = models.PositiveIntegerField(_("after the last character"), null=True, blank=True)
    url = models.URLField(_("address of the text"), max_length=500, blank=True)

    objects = NumberedInCaseManager()

    class Meta:
        verbose_name = _("cited norm")
        verbose_name_plural = _("cited norms")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_norm_per_number"),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__isnull=False, end__gt=models.F("start")),
                name="norm_place_is_a_range",
                violation_error_message=_("The place in the text must be a range."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}".strip()

    def natural_key(self) -> tuple[str, int]:
        return (*self.case.natural_key(), self.number)

    natural_key.dependencies = ["tracker.case"]
