import pytest

from tracker.services.addressees import AddresseeRefused
from tracker.services.cases import CaseRefused
from tracker.services.correspondence import CorrespondenceRefused
from tracker.services.people import PersonRefused
from tracker.services.reference import ReferenceRefused
from tracker.services.refusals import FieldRefused
from tracker.services.status_rules import StatusRefused


@pytest.mark.parametrize(
    "refusal",
    [
        AddresseeRefused,
        CaseRefused,
        CorrespondenceRefused,
        PersonRefused,
        ReferenceRefused,
        StatusRefused,
    ],
)
def test_a_refusal_names_the_field_and_speaks_in_a_sentence(refusal):
    with pytest.raises(FieldRefused) as raised:
        raise refusal("lead", "Choose another.")
    assert (raised.value.field, str(raised.value)) == ("lead", "Choose another.")
