"""The words of the desk: what the program keeps for itself stays out of sight."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("page", ["changelist", "add", "change", "delete"])
def test_every_page_leads_back_to_the_desk_by_its_own_name(opened, coordinator, signed_in, page):
    row = opened["plan"]
    args = [row.pk] if page in ("change", "delete") else []
    answer = signed_in(coordinator).get(reverse(f"admin:tracker_reminderplan_{page}", args=args))
    trail = answer.text.split('<div class="breadcrumbs">')[1].split("</div>")[0]
    assert '<a href="/admin/">Editing desk</a>' in trail
    assert "Reminder plans" in trail
    assert "Home" not in trail and "Tracker" not in trail


def test_the_history_tells_no_count_of_the_programs_own(opened, owner, signed_in):
    demand = opened["demand"]
    demand.status_seq, demand.heading = 5, "Another heading"
    demand.save()
    page = signed_in(owner).get(reverse("admin:tracker_demand_history", args=[demand.pk])).text
    assert "Another heading" in page and "Status seq" not in page
