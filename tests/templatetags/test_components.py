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


def test_a_fact_or_a_row_of_buttons_without_anything_in_it_is_left_out():
    facts = "{% fact 'Place' %}{{ place }}{% endfact %}{% fact 'Kind' %}<b>Letter</b>{% endfact %}"
    assert shown(facts, place="").split() == ["<dt>Kind</dt>", "<dd><b>Letter</b></dd>"]
    assert shown("{% actions %} {% if works %}Save{% endif %} {% endactions %}").strip() == ""


def test_words_are_escaped_and_what_a_template_puts_inside_is_not():
    page = shown("{% page_head title %}<b>{{ title }}</b>{% endpage_head %}", title="A & B")
    assert "<h1>A &amp; B</h1>" in page
    assert "<b>A &amp; B</b>" in page
