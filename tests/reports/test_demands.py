"""What the page of one demand tells of the answers to it."""

import datetime

from django.urls import reverse

from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.demands import DemandFactory
from tracker.models import ResponseGrade
from tracker.reports.demands import demand_page

DAY = datetime.date(2026, 2, 2)


def test_an_answer_nobody_graded_is_told_with_the_way_to_grade_it(case, owner, viewer, signed_in):
    asked, other = AddresseeFactory(case=case), AddresseeFactory(case=case)
    demand = DemandFactory(case=case)
    demand.addressees.add(asked)
    address = reverse("demand_detail", args=[demand.pk])
    client = signed_in(owner)
    ResponseFactory(action__addressee=other, action__happened_on=DAY)
    assert "nothing is known about a reply" in client.get(address).text
    answer = ResponseFactory(action__addressee=asked, action__happened_on=DAY)
    page = client.get(address).text
    to_grade = reverse("response_grade", args=[answer.pk])
    assert "nothing is known about a reply" not in page
    assert "answered on 2 Feb 2026, not graded yet" in page
    assert f'<a href="{to_grade}">grade it</a>' in page
    assert to_grade not in signed_in(viewer).get(address).text
    ResponseGrade.objects.create(
        demand=demand, addressee=asked, response=answer, grade="C1", graded_on=DAY
    )
    page = client.get(address).text
    assert "answered on 2 Feb 2026" in page and "not graded yet" not in page


def test_silence_put_on_record_before_does_not_grade_the_answer(case, owner):
    asked = AddresseeFactory(case=case)
    demand = DemandFactory(case=case)
    demand.addressees.add(asked)
    ResponseGrade.objects.create(demand=demand, addressee=asked, grade="D1", graded_on=DAY)
    answer = ResponseFactory(action__addressee=asked, action__happened_on=DAY)
    assert demand_page(demand, user=owner).ungraded == [answer]
