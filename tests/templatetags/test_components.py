"""What repeats on the pages; and that a slip of the pen in a template is found."""

import pytest
from django.template import Context, Template

from tests.factories.people import UserFactory


def shown(text: str, **context: object) -> str:
    return Template("{% load components %}" + text).render(Context(context))


def test_a_mistyped_variable_fails():
    with pytest.raises(pytest.fail.Exception, match="Undefined template variable 'demnad.short'"):
        shown("{{ demnad.short }}", demand="A demand")


def test_a_row_is_named_and_its_absence_is_told():
    assert shown("{{ by|named }}", by=UserFactory.build(name="Aigul")) == "Aigul"
    assert shown("{{ by|named }} {{ by|named:'the system' }}", by=None) == "– the system"
