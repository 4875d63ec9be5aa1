"""What went out, what came in, and how each answer does to each demand."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.authorities import Addressee
from tracker.models.cases import Case, OfCaseQuerySet
from tracker.models.demands import Demand
from tracker.models.documents import Document


class ActionQuerySet(OfCaseQuerySet):
    def reminder_letters(self):
        return self.filter(
            kind__in=[Action.Kind.REMINDER_1, Action.Kind.REMINDER_2, Action.Kind.FINAL_REMINDER]
        )

    def movements(self):
        """What moves a case: our written steps and their answers, not looking and talking."""
        return self.filter(Q(kind__in=Action.BREAKS_SILENCE) | Q(response__isnull=False))


class Action(models.Model):
    """One contact or step: out, in or internal."""

    class Direction(models.TextChoices):
        OUT = "out", _("outgoing")
        IN = "in", _("incoming")
        INTERNAL = "internal", _("internal")

    class Kind(models.TextChoices):
        APPEAL = "appeal", _("appeal")
        REMINDER_1 = "reminder_1", _("first reminder")
        REMINDER_2 = "reminder_2", _("second reminder")
        FINAL_REMINDER = "final_reminder", _("final reminder")
        SUPPLEMENT = "supplement", _("further information")
        NON_RESPONSE_COMPLAINT = "non_response_complaint", _("complaint about non-response")
        UN_URGENT_APPEAL = "un_urgent_appeal_request", _("request for a UN urgent appeal")
        UN_ALLEGATION = "un_allegation_request", _("request for a UN allegation letter")
        UPR_SUBMISSION = "upr_submission", _("UPR submission")
        MEETING = "meeting", _("meeting")
        PHONE_CALL = "phone_call", _("telephone call")
        PRESS_RELEASE = "press_release", _("press release")
        RESPONSE = "response_received", _("response")
        ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
        FORWARDING_NOTICE = "forwarding_notice", _("notice of forwarding")
        EXTENSION_NOTICE = "extension_notice", _("notice of extension")
        INFO_REQUEST = "info_request", _("request for more information")
        MEDIA_ITEM = "media_item", _("media item")
        OFFICIAL_ACT = "official_act", _("official act")
        COURT_DECISION = "court_decision", _("court decision")
        TRIAL_OBSERVATION = "trial_observation", _("trial observation")
        ASSESSMENT = "assessment", _("assessment")
        REVIEW = "review", _("review")
        REPRISAL = "reprisal_incident", _("reprisal")

    # Steps that only look or talk do not count as "something happened" in a silent case.
    BREAKS_SILENCE = frozenset(
        {
            "appeal",
            "reminder_1",
            "reminder_2",
            "final_reminder",
            "supplement",
            "non_response_complaint",
            "un_urgent_appeal_request",
            "un_allegation_request",
            "upr_submission",
        }
    )

    # Nobody sent these to us: we heard of them.
    NEWS = frozenset({"media_item", "official_act", "court_decision", "reprisal_incident"})

    case = models.ForeignKey(Case, models.CASCADE, related_name="actions", verbose_name=_("case"))
    addressee = models.ForeignKey(
        Addressee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("addressee"),
    )
    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    happened_on = models.DateField(_("date"))
    note = models.TextField(_("what happened"), blank=True)
    documents = models.ManyToManyField(
        Document, blank=True, related_name="actions", verbose_name=_("documents")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    at = models.DateTimeField(_("entered at"), editable=False)

    objects = models.Manager.from_queryset(ActionQuerySet)()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_kind_display()}, {self.case.reference}"

    @property
    def is_news(self) -> bool:
        return self.kind in self.NEWS


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user):
        return self.filter(action__case__in=Case.objects.visible_to(user))


class Response(models.Model):
    """An answer: an incoming action with its number, to be graded per demand."""

    action = models.OneToOneField(
        Action, models.CASCADE, related_name="response", verbose_name=_("action")
    )
    incoming_number = models.CharField(_("their number"), max_length=80, blank=True)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    confidential = models.BooleanField(
        _("may not be published"), default=False, help_text=_("Received, but not for publication.")
    )

    objects = models.Manager.from_queryset(ResponseQuerySet)()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")

    def __str__(self) -> str:
        return f"{self.action} {self.incoming_number}".strip()


class Grade(models.TextChoices):
    """The Human Rights Committee's letters, per addressee and demand."""

    A = "A", _("A largely satisfactory")
    B1 = "B1", _("B1 substantive action, more needed")
    B2 = "B2", _("B2 first steps or promise")
    C1 = "C1", _("C1 reply without action")
    C2 = "C2", _("C2 off the point or formal")
    D1 = "D1", _("D1 no reply in time")
    D2 = "D2", _("D2 no reply after a reminder")
    E1 = "E1", _("E1 rejected")
    E2 = "E2", _("E2 contrary measures")

    @property
    def tint(self) -> str:
        return {"A": "green", "B": "green", "C": "amber", "D": "red", "E": "red"}[self.value[0]]


class ResponseGradeQuerySet(models.QuerySet["ResponseGrade"]):
    def visible_to(self, user):
        return self.filter(demand__case__in=Case.objects.visible_to(user))


class ResponseGrade(models.Model):
    """How one addressee answered one demand. Silence (D1, D2) has no response row."""

    demand = models.ForeignKey(
        Demand, models.CASCADE, related_name="grades", verbose_name=_("demand")
    )
    addressee = models.ForeignKey(
        Addressee, models.CASCADE, related_name="grades", verbose_name=_("addressee")
    )
    response = models.ForeignKey(
        Response,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="grades",
        verbose_name=_("response"),
    )
    grade = models.CharField(_("grade"), max_length=2, choices=Grade)
    reasoned = models.BooleanField(_("gives reasons"), default=False)
    note = models.TextField(_("note"), blank=True)
    graded_on = models.DateField(_("graded on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("graded by"),
    )

    objects = models.Manager.from_queryset(ResponseGradeQuerySet)()

    class Meta:
        verbose_name = _("grade of a response")
        verbose_name_plural = _("grades of responses")
        constraints = [
            models.UniqueConstraint(
                fields=["response", "demand"], name="one_grade_per_response_and_demand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.demand}"
