import datetime

import pytest
from django.apps import apps

from tests.factories.people import UserFactory
from tracker.models import Action, Case, Deadline, Demand, Phase, Status, User
from tracker.services.demonstration import PEOPLE, WITHOUT_REVIEW, load_demo
from tracker.services.reminders.plan import plan_reminders

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)  # 10:00 in Bishkek
TODAY = datetime.date(2026, 11, 23)


def every_row():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("tracker").get_models()
    }


@pytest.fixture
def demo(db):
    return load_demo(password="secret of the demonstration", at=AT)


def test_it_adds_four_people_who_can_sign_in(demo):
    assert {(p.email, p.role) for p in demo.people} == {
        ("administrator@demo.test", "administrator"),
        ("coordinator@demo.test", "coordinator"),
        ("officer@demo.test", "officer"),
        ("viewer@demo.test", "viewer"),
    }
    assert all(p.check_password("secret of the demonstration") for p in demo.people)


def test_people_who_exist_keep_their_name_and_role():
    UserFactory(email="Officer@demo.test", name="Somebody", role="coordinator")
    demo = load_demo(password="another", at=AT)
    assert len(demo.people) == 3
    officer = User.objects.get(email__iexact="officer@demo.test")
    assert (officer.name, officer.role) == ("Somebody", "coordinator")


def test_another_password_opens_what_the_first_did(demo):
    again = load_demo(password="another", at=AT)
    assert [person.email for person in again.renewed] == list(PEOPLE)
    assert all(person.check_password("another") for person in User.objects.all())
    assert load_demo(password="another", at=AT).renewed == []


def test_the_four_cases_have_a_lead_and_a_team(demo):
    assert set(Case.objects.values_list("reference", "lead__email")) == {
        ("LAWYERS-2020", "officer@demo.test"),
        ("BIRDUINO-2020", "officer@demo.test"),
        ("EXPERTS-2020", "officer@demo.test"),
        ("SI-2022", "officer@demo.test"),
    }
    for case in Case.objects.all():
        team = set(case.memberships.values_list("user__email", flat=True))
        assert team == {"officer@demo.test", "coordinator@demo.test"}
    assert Case.objects.get(reference="LAWYERS-2020").phase == Phase.DIALOGUE
    assert Case.objects.get(reference="SI-2022").phase == Phase.MONITORING


def test_the_clocks_of_2020_run_over_the_range_of_readings(demo):
    clocks = Deadline.objects.filter(addressee__isnull=False, kind="statutory")
    assert [(d.case.reference, str(d.due_on), str(d.overdue_after)) for d in clocks] == [
        ("LAWYERS-2020", "2020-02-03", "2020-02-05"),
        ("LAWYERS-2020", "2020-02-03", "2020-02-05"),
    ]
    assert {(d.anchor, str(d.anchor_on)) for d in clocks} == {("sent", "2020-01-15")}


def test_there_is_something_overdue_today_soon_and_later(demo):
    dates = Deadline.objects.all()
    assert dates.overdue(TODAY).count() == 3
    day = datetime.timedelta(days=1)
    assert dates.standing_between(TODAY, TODAY, TODAY).count() == 1
    assert dates.standing_between(TODAY + 3 * day, TODAY + 3 * day, TODAY).count() == 1
    assert dates.standing_between(TODAY + day, TODAY + 7 * day, TODAY).count() == 3
    assert dates.open().filter(due_on__gt=TODAY + datetime.timedelta(days=7)).count() == 4


def test_a_letter_has_a_clock_of_its_own_from_a_working_day(demo):
    letters = Deadline.objects.filter(addressee=None, kind="statutory").order_by("due_on")
    assert [(d.title, d.anchor, str(d.anchor_on)) for d in letters] == [
        (
            "Reminder letter to the Prosecutor General: reply (demonstration)",
            "registered",
            "2026-10-09",
        ),
        ("Reminder letter to the President: reply (demonstration)", "registered", "2026-11-13"),
    ]
    assert letters[0].is_overdue(TODAY)
    assert not letters[1].is_overdue(TODAY)


def test_everything_made_up_says_that_it_is(demo):
    made_up = Deadline.objects.filter(addressee=None)
    assert made_up.count() == 9
    assert all(d.title.endswith("(demonstration)") for d in made_up)
    letters = Action.objects.filter(kind=Action.Kind.REMINDER_1)
    assert letters.count() == 2
    assert all("Demonstration: made up" in a.note for a in letters)


def test_every_demand_that_is_not_at_an_end_has_a_review_day_but_two(demo):
    for demand in Demand.objects.select_related("case"):
        place = (demand.case.reference, demand.number)
        if demand.facts.terminal or place in WITHOUT_REVIEW:
            assert demand.review_on is None
        else:
            assert demand.review_on >= TODAY
    left = Demand.objects.without_next_date(TODAY)
    assert {(d.case.reference, d.number) for d in left} == WITHOUT_REVIEW


def test_the_first_demand_of_the_lawyers_is_to_be_weighed_today(demo):
    demand = Demand.objects.get(case__reference="LAWYERS-2020", number=1)
    assert (demand.status, demand.review_on) == (Status.AWAITING, TODAY)
    assert demand.evidence.unassessed().filter(document__code="lawyers-2020-adilet-415").exists()


def test_there_is_a_digest_to_send_at_once_and_none_for_the_year_2020(demo):
    plan_reminders(at=AT)
    officer = User.objects.get(email="officer@demo.test")
    due = officer.reminders.due(AT)
    assert due.filter(deadline__title__startswith="See whether the site of Azattyk").count() == 1
    assert not due.filter(deadline__due_on__year=2020).exists()


def test_loading_twice_changes_no_row_on_whatever_day(demo):
    before = every_row()
    for days in (0, 40):
        again = load_demo(
            password="secret of the demonstration", at=AT + datetime.timedelta(days=days)
        )
        assert [file.added for file in again.files] == [0] * 6
        assert again.people == []
        assert every_row() == before


def test_what_the_staff_did_meanwhile_stays(demo):
    Case.objects.filter(reference="SI-2022").update(lead=None, title="Ours")
    Deadline.objects.filter(addressee=None).update(title="Ours")
    load_demo(password="another", at=AT)
    case = Case.objects.get(reference="SI-2022")
    assert (case.lead, case.title) == (None, "Ours")
    assert Deadline.objects.count() == 11
    assert set(PEOPLE) == set(User.objects.values_list("email", flat=True))
