"""The real documents, as data: verbatim, counted, and agreeing with themselves."""

import hashlib
import json
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command

from tracker.models import (
    MOVES,
    STATUS_FACTS,
    Action,
    Addressee,
    Authority,
    CalendarDay,
    Case,
    CaseLink,
    CitedNorm,
    DatedFact,
    Deadline,
    Demand,
    Document,
    Evidence,
    Jurisdiction,
    ReminderPlan,
    ResponseRule,
    Signatory,
    Status,
    StatusChange,
)

pytestmark = pytest.mark.django_db

FIXTURES = settings.BASE_DIR / "fixtures"
CASES = ("lawyers-2020", "birduino-2020", "experts-2020", "si-2022")
FILES = ("reference", *CASES, "crisis-news-2020")

# The five texts, to the last character.
TEXTS = {
    "lawyers-2020-text": "df6229e1423371efdacddd48f89d7f88f772243f1661268274c80b0f4c51d0bb",
    "birduino-2020-text": "f0ccfc62e89f82d89c20a44fad1f0aadf1635be37337e124f2bef36a72b95ed4",
    "experts-2020-text": "cdb8d175bf7afbaf0d1b3fa7064b6feb170dd2dcb5bd078fdbf1807027ba7ccd",
    "si-2022-text": "469e7fd24d22c9946f0f92aefdc5658c5df57960587178f2dc2c3208e1781cfa",
    "crisis-news-2020": "4a0cfe2dbf2241aeec5d404a299353cc4b7ac6ac389fc5be183be23e447dc81e",
}


def load(*names):
    call_command("loaddata", *(str(FIXTURES / f"{name}.json") for name in names), verbosity=0)


@pytest.fixture
def everything(db):
    load(*FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_readable_json_with_natural_keys_only(name):
    text = (FIXTURES / f"{name}.json").read_text(encoding="utf-8")
    rows = json.loads(text)
    assert text == json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    assert not [row for row in rows if "pk" in row]


def test_reference_data_loads_alone():
    load("reference")
    assert ResponseRule.objects.count() == 13
    assert Authority.objects.count() == 33
    assert CalendarDay.objects.count() == 2
    assert ReminderPlan.objects.count() == len(Deadline.Kind)


@pytest.mark.parametrize("name", CASES)
def test_each_case_loads_into_a_database_that_has_the_reference_data_only(name):
    load("reference", name)
    assert Case.objects.get().reference == name.upper()


def test_the_news_article_is_no_case_and_hangs_on_the_two_cases_of_those_days(everything):
    news = Document.objects.get(code="crisis-news-2020")
    assert news.kind == Document.Kind.NEWS
    assert set(news.cases.values_list("reference", flat=True)) == {"BIRDUINO-2020", "EXPERTS-2020"}
    assert not Case.objects.filter(source=news).exists()
    assert news.facts.count() == 11
    for fact in news.facts.all():
        assert news.text[fact.start : fact.end] == fact.statement
    link = CaseLink.objects.get()
    assert (link.case.reference, link.kind, link.other.reference) == (
        "EXPERTS-2020",
        "supplements",
        "BIRDUINO-2020",
    )


def test_each_text_is_the_published_one_to_the_last_character(everything):
    for code, digest in TEXTS.items():
        document = Document.objects.get(code=code)
        assert hashlib.sha256(document.text.encode()).hexdigest() == digest
        assert document.sha256 == digest


# reference, addressees, demands, signatories, norms, implied demands
PARTS = [
    ("LAWYERS-2020", 2, 3, 53, 5, 0),
    ("BIRDUINO-2020", 7, 15, 0, 3, 0),
    ("EXPERTS-2020", 5, 9, 5, 1, 0),
    ("SI-2022", 3, 6, 0, 0, 2),
]


def test_each_case_has_all_its_parts(everything):
    for reference, addressees, demands, signatories, norms, implied in PARTS:
        case = Case.objects.get(reference=reference)
        assert case.addressees.count() == addressees
        assert case.demands.count() == demands
        assert case.signatories.count() == signatories
        assert case.norms.count() == norms
        assert case.demands.filter(basis=Demand.Basis.IMPLIED).count() == implied
        assert case.source.cases.get() == case
        for rows in (case.addressees, case.demands, case.signatories, case.norms):
            numbers = list(rows.order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))


def test_each_demand_norm_and_request_stands_word_for_word_in_its_text(everything):
    assert Demand.objects.count() == 33
    for row in [*Demand.objects.all(), *CitedNorm.objects.all()]:
        assert row.case.source.text[row.start : row.end] == row.text
    for case in Case.objects.all():
        for words in (case.response_request, case.reply_address):
            assert words in case.source.text


def test_every_demand_says_whom_it_asks_and_has_a_short_heading(everything):
    for demand in Demand.objects.all():
        assert demand.heading
        assert demand.addressees.exists()
        assert {a.case_id for a in demand.addressees.all()} == {demand.case_id}


def test_the_lawyers_appeal_names_its_addressees_norms_and_signatories(everything):
    case = Case.objects.get(reference="LAWYERS-2020")
    assert list(case.addressees.order_by("number").values_list("authority__slug", "person")) == [
        ("kg-president", "S. Jeenbekov"),
        ("kg-prosecutor-general", "O. Dzhamshitov"),
    ]
    for addressee in case.addressees.all():
        assert str(addressee.sent_on) == "2020-01-15"
        assert addressee.registered_on is None
        assert addressee.rule.code == "kg-67-reply-14"
    assert str(case.issued_on) == "2020-01-15"
    groups = case.signatories.order_by("number").values_list("group", flat=True)
    assert [*Counter(groups).values()] == [27, 26]
    assert all(s.place for s in case.signatories.all() if s.name != "Pepijn Gerrits")
    assert case.signatories.filter(number__gt=27).exclude(role="").count() == 26
    assert list(case.norms.order_by("number").values_list("article", flat=True)) == [
        "Article 58, part 4, subparagraphs 3 and 4",
        "Article 29, part 5",
        "Article 16",
        "Paragraph 21 (“article 21” in the text)",
        "Paragraph 30",
    ]
    assert "Mailina str. 10" in case.reply_address
    assert case.response_request.startswith("We expect a response within the period")


def test_the_first_demand_of_the_lawyers_waits_with_its_report_not_yet_weighed(everything):
    demand = Demand.objects.get(case__reference="LAWYERS-2020", number=1)
    assert (demand.status, demand.status_seq, demand.status_on) == (Status.AWAITING, 0, None)
    report = demand.evidence.get(document__code="lawyers-2020-adilet-415")
    assert str(report.document.dated_on) == "2020-04-21"
    assert report.document.url == "http://adilet.kg/en/news/full/415"
    assert report.status_change is None
    assert report.stance == Evidence.Stance.SUPPORTS
    assert not StatusChange.objects.filter(demand__case__reference="LAWYERS-2020").exists()


def test_the_first_bullet_of_bir_duino_asks_two_offices(everything):
    demand = Demand.objects.get(case__reference="BIRDUINO-2020", number=3)
    assert set(demand.addressees.values_list("authority__slug", flat=True)) == {
        "kg-president",
        "kg-cec",
    }
    assert [(c.to_status, str(c.happened_on)) for c in demand.changes.order_by("seq")] == [
        ("partial", "2020-10-16"),
        ("implemented", "2025-02-10"),
    ]
    assert "more than four years after" in demand.changes.get(seq=2).reason


def test_each_demand_of_bir_duino_is_one_of_twelve_bullets_or_a_call_in_prose(everything):
    case = Case.objects.get(reference="BIRDUINO-2020")
    text = case.source.text
    bullets = [d for d in case.demands.all() if text[d.start - 2 : d.start] == "• "]
    assert [d.number for d in sorted(bullets, key=lambda d: d.number)] == list(range(3, 15))


def test_the_outlets_of_the_declaration_are_followed_one_by_one(everything):
    media = Demand.objects.filter(case__reference="SI-2022", number__in=[2, 3, 4])
    assert [(d.heading, d.status) for d in media.order_by("number")] == [
        ("End of the pressure on Azattyk", "partial"),
        ("End of the pressure on Kaktus Media", "not_assessable"),
        ("End of the pressure on Kloop", "contrary"),
    ]
    assert len({(d.start, d.end) for d in media}) == 1


def test_a_demand_is_where_its_last_change_left_it(everything):
    for demand in Demand.objects.all():
        changes = list(demand.changes.order_by("seq"))
        assert demand.status_seq == len(changes)
        assert [c.seq for c in changes] == list(range(1, len(changes) + 1))
        now, day = Status.AWAITING, None
        for change in changes:
            assert change.from_status == now
            assert change.to_status in MOVES[now]
            assert change.by is None
            assert day is None or change.happened_on >= day
            assert not demand.case.issued_on or change.happened_on >= demand.case.issued_on
            now, day = change.to_status, change.happened_on
        assert (demand.status, demand.status_on) == (now, day)
        assert demand.extent == (changes[-1].extent if changes else "")


def test_each_change_rests_on_the_evidence_its_status_asks_for(everything):
    assert StatusChange.objects.count() == 19
    for change in StatusChange.objects.all():
        facts = STATUS_FACTS[change.to_status]
        proofs = change.evidence.filter(stance=Evidence.Stance.SUPPORTS)
        assert proofs.values("document").distinct().count() >= max(1, facts.evidence)
        assert not all(e.document.by_authority for e in proofs)
        assert change.reason
        assert bool(change.extent) == bool(change.missing) == (change.to_status == Status.PARTIAL)
        for evidence in change.evidence.all():
            assert evidence.demand == change.demand
            assert evidence.happened_on


def test_every_piece_of_evidence_has_a_source_and_says_so_in_own_words(everything):
    assert Evidence.objects.count() == 58
    for evidence in Evidence.objects.all():
        assert evidence.document.cases.filter(pk=evidence.demand.case_id).exists()
        assert evidence.claim
        assert evidence.confidence
    unaddressed = Document.objects.filter(url="", text="")
    assert set(unaddressed.values_list("code", flat=True)) == {
        "lawyers-2020-no-reply-found",
        "si-2022-rtarabic-1665204",
    }


@pytest.mark.parametrize(
    ("reference", "number", "one", "other"),
    [
        ("BIRDUINO-2020", 12, "24kg-168440", "24kg-167982"),
        ("SI-2022", 1, "dw-69366591", "azattyk-33520505"),
        ("SI-2022", 4, "24kg-286439", "24kg-303574"),
        ("SI-2022", 6, "caliber-sentence", "24kg-331533"),
    ],
)
def test_where_sources_conflict_both_are_kept(everything, reference, number, one, other):
    evidence = Evidence.objects.filter(demand__case__reference=reference, demand__number=number)
    prefix = reference.lower()
    stances = dict(evidence.values_list("document__code", "stance"))
    kept = set(evidence.values_list("document__code", "stance"))
    assert (f"{prefix}-{one}", "supports") in kept
    assert (f"{prefix}-{other}", "contradicts") in kept
    assert len(stances) > 1
    assert Document.objects.get(code=f"{prefix}-{other}").verification == "contradicted"


def test_only_one_source_credits_the_appeal(everything):
    credit = Evidence.objects.get(caused_by_appeal=True)
    assert credit.demand.heading == "Access to surgery for former President Atambayev"
    assert credit.document.code == "si-2022-mir24-16541915"


def test_no_appeal_that_was_only_published_has_a_legal_clock(everything):
    bound = Addressee.objects.filter(rule__isnull=False)
    assert set(bound.values_list("case__reference", flat=True)) == {"LAWYERS-2020"}
    assert not Addressee.objects.exclude(case__reference="LAWYERS-2020").filter(
        sent_on__isnull=False
    )
    assert Case.objects.get(reference="EXPERTS-2020").issued_on is None
    assert Action.objects.count() == 3
    assert DatedFact.objects.count() == 12
    assert Signatory.objects.filter(at_risk=True).count() == 0


# code, quantity, unit, anchor, first day, effective from, standing, applicable by itself
RULES = [
    ("kg-67-registration", 1, "working_day", "received", "excluded", "2016-07-27", "law"),
    ("kg-67-reply-14", 14, "working_day", "registered", "two_readings", "2014-09-23", "law"),
    ("kg-67-reply-10", 10, "working_day", "registered", "two_readings", None, "dormant"),
    ("kg-67-extension", 30, "calendar_day", "previous_reply", "excluded", None, "assumption"),
    ("kg-217-information", 10, "working_day", "received", "excluded", None, "law"),
    ("kg-ombudsman-submission", 1, "month", "received", "excluded", None, "practice"),
    ("kz-appc-76", 15, "working_day", "received", "two_readings", "2021-07-01", "law"),
    ("ru-59-registration", 3, "calendar_day", "received", "excluded", "2006-12-31", "law"),
    ("ru-59-reply", 30, "calendar_day", "registered", "excluded", "2006-12-31", "law"),
    ("uz-appeals", 15, "calendar_day", "received", "two_readings", None, "law"),
    ("eu-commission-reply", 15, "working_day", "received", "excluded", "2000-11-01", "soft"),
    ("coe-rule-9", 5, "working_day", "received", "two_readings", "2017-01-18", "soft"),
    ("un-sp-60", 60, "calendar_day", "sent", "two_readings", None, "practice"),
]


def test_each_rule_says_its_period_and_what_is_known_of_it(everything):
    for expected in RULES:
        rule = ResponseRule.objects.get(code=expected[0])
        assert (
            rule.code,
            rule.quantity,
            rule.unit,
            rule.anchor,
            rule.first_day,
            rule.effective_from and str(rule.effective_from),
            rule.standing,
        ) == expected
        assert rule.norm
        assert rule.source_note
        assert rule.source_url or rule.standing == "assumption"
        # Nobody on the team has read the laws themselves yet.
        assert not rule.verified
        known = ResponseRule.objects.applicable().filter(pk=rule.pk).exists()
        assert known == (expected[5] is not None)


def test_the_rules_are_those_and_no_others(everything):
    assert set(ResponseRule.objects.values_list("code", flat=True)) == {row[0] for row in RULES}


def test_the_reply_rules_know_their_registration_step_and_extension(everything):
    steps = ResponseRule.objects.filter(registration__isnull=False)
    assert set(steps.values_list("code", "registration__code")) == {
        ("kg-67-reply-14", "kg-67-registration"),
        ("kg-67-reply-10", "kg-67-registration"),
        ("ru-59-reply", "ru-59-registration"),
    }
    extensions = ResponseRule.objects.filter(extension_quantity__isnull=False)
    assert set(extensions.values_list("code", "extension_quantity", "extension_unit")) == {
        ("kg-67-reply-14", 30, ""),
        ("kg-217-information", 10, "working_day"),
        ("kz-appc-76", 2, "month"),
        ("ru-59-reply", 30, "calendar_day"),
        ("uz-appeals", 1, "month"),
    }


def test_only_rules_that_can_apply_are_the_usual_rule_of_an_authority(everything):
    usual = ResponseRule.objects.filter(default_for__isnull=False).distinct()
    assert set(usual.values_list("code", flat=True)) == {
        "kg-67-reply-14",
        "kz-appc-76",
        "ru-59-reply",
        "eu-commission-reply",
    }
    for slug in ("osce-odihr", "kg-political-parties", "kg-civil-society"):
        assert Authority.objects.get(slug=slug).default_rule is None


def test_two_days_off_of_state_bodies_are_added_to_the_calendar(everything):
    days = CalendarDay.objects.order_by("day")
    assert [(d.jurisdiction, str(d.day), d.kind, d.scope) for d in days] == [
        (Jurisdiction.KG, "2026-01-08", "off", "public"),
        (Jurisdiction.KG, "2026-01-09", "off", "public"),
    ]
    assert all(d.source_url.startswith("https://24.kg/") for d in days)


def test_each_kind_of_deadline_has_a_plan_of_reminders(everything):
    plans = {
        p.kind: (p.days_before, p.repeat_every, p.repeat_at_most)
        for p in ReminderPlan.objects.filter(case=None)
    }
    assert plans == {
        "statutory": ([14, 7, 3, 1, 0], 7, 8),
        "registration": ([14, 7, 3, 1, 0], 7, 8),
        "expected": ([7, 1, 0], 7, 4),
        "look_again": ([3, 0], 7, 4),
        "event": ([7, 1, 0], 0, 0),
    }


def test_every_row_passes_the_checks_of_the_forms(everything):
    for model in (
        Action,
        Addressee,
        Authority,
        CalendarDay,
        Case,
        CaseLink,
        CitedNorm,
        DatedFact,
        Demand,
        Document,
        Evidence,
        ReminderPlan,
        ResponseRule,
        Signatory,
    ):
        for row in model.objects.all():
            row.full_clean()
