"""What is said of a form that is refused."""

from django import forms
from django.template.loader import render_to_string

from tests.pages import Reader, find, one, text


class Plain(forms.Form):
    note = forms.CharField()


def test_each_thing_to_correct_is_counted():
    form = Plain({"note": ""})
    form.add_error(None, "This.")
    form.add_error(None, "That.")
    reader = Reader()
    reader.feed(render_to_string("_error_summary.html", {"form": form}))
    head = reader.builder.close()
    assert len(find(head, "listitem")) == 3
    assert text(one(head, "heading")).startswith("3 ")
