import pytest
from django.core.exceptions import PermissionDenied

from tracker.permissions import check_works


def test_a_closed_case_is_told_from_an_account_that_only_reads(owner, viewer, case):
    check_works(owner, case)
    case.phase = "closed"
    for person, sentence in (
        (owner, "This case is closed, so it can be read and not changed"),
        (viewer, ""),
    ):
        with pytest.raises(PermissionDenied) as refused:
            check_works(person, case)
        assert str(refused.value) == sentence
