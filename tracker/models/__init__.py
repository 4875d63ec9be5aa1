"""The tables. Import them from here: `from tracker.models import Case`.

Order of dependence, lowest first; a module may import those before it:
encrypted < accounts, deadline_kinds < people, emergency_access < cases < authorities < rules,
statuses < demands < documents < correspondence < deadlines < reminder_plans, reminders,
escalations; accounts < mails < reminders; intake and events stand beside and need cases only.
"""

from tracker.models.accounts import Role, User
from tracker.models.authorities import Addressee, Authority, Jurisdiction
from tracker.models.calendars import CalendarYear
from tracker.models.cases import (
    Case,
    CaseLink,
    CitedNorm,
    CloseReason,
    Confidentiality,
    Kind,
    Membership,
    Phase,
    Signatory,
    Track,
)
from tracker.models.correspondence import Action, Grade, Response, ResponseGrade
from tracker.models.deadline_kinds import BY_LAW, ENDED_BY_ANSWER, KIND_FACTS, SILENT_WHEN_LATE
from tracker.models.deadlines import Deadline, DeadlineChange
from tracker.models.demands import Demand, StatusChange, StatusProposal
from tracker.models.documents import Confidence, DatedFact, Document, Evidence, Precision
from tracker.models.emergency_access import EmergencyAccess
from tracker.models.encrypted import (
    SEALED,
    Encrypted,
    Sealed,
    Unreadable,
    field_keys,
    key_file,
    make_key_file,
    seal,
    sealed_anew,
    unseal,
)
from tracker.models.escalations import EscalationChoice, EscalationStep
from tracker.models.events import LABEL, REASON, WHY, Event, EventChain, EventValue
from tracker.models.feeds import FeedToken
from tracker.models.guesses import GuessLimit
from tracker.models.intake import Draft
from tracker.models.mails import Mail, MailTransition, Outage, SweepRun
from tracker.models.masked import HIDDEN, MASK, hidden_columns, shown
from tracker.models.people import AccountChange, Invitation
from tracker.models.recomputations import Recomputation
from tracker.models.reminder_plans import (
    LONGEST_INTERVAL,
    LONGEST_NOTICE,
    MOST_REPEATS,
    ReminderPlan,
    whole_days,
)
from tracker.models.reminders import Mute, Reminder
from tracker.models.rules import Anchor, CalendarDay, ResponseRule, Unit
from tracker.models.statuses import (
    MOVES,
    STATUS_FACTS,
    TERMINAL,
    Extent,
    Status,
    StatusFacts,
    needs_second_person,
)
from tracker.models.submissions import FormSubmission

__all__ = [
    "SEALED",
    "BY_LAW",
    "ENDED_BY_ANSWER",
    "HIDDEN",
    "KIND_FACTS",
    "LABEL",
    "LONGEST_NOTICE",
    "LONGEST_INTERVAL",
    "MASK",
    "MOST_REPEATS",
    "MOVES",
    "REASON",
    "WHY",
    "SILENT_WHEN_LATE",
    "STATUS_FACTS",
    "TERMINAL",
    "AccountChange",
    "Action",
    "Addressee",
    "Anchor",
    "Authority",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseLink",
    "CitedNorm",
    "CloseReason",
    "Confidence",
    "Confidentiality",
    "DatedFact",
    "Deadline",
    "DeadlineChange",
    "Demand",
    "Document",
    "Draft",
    "EmergencyAccess",
    "Encrypted",
    "EscalationChoice",
    "EscalationStep",
    "Event",
    "EventChain",
    "EventValue",
    "Evidence",
    "Extent",
    "FeedToken",
    "FormSubmission",
    "GuessLimit",
    "Grade",
    "Invitation",
    "Jurisdiction",
    "Kind",
    "Mail",
    "MailTransition",
    "Membership",
    "Mute",
    "Outage",
    "Phase",
    "Precision",
    "Recomputation",
    "Reminder",
    "ReminderPlan",
    "Response",
    "ResponseGrade",
    "ResponseRule",
    "Role",
    "Sealed",
    "Signatory",
    "Status",
    "StatusChange",
    "StatusFacts",
    "StatusProposal",
    "SweepRun",
    "Track",
    "Unit",
    "Unreadable",
    "User",
    "field_keys",
    "hidden_columns",
    "key_file",
    "make_key_file",
    "needs_second_person",
    "seal",
    "sealed_anew",
    "shown",
    "unseal",
    "whole_days",
]
