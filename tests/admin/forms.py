"""What a browser would post: the form of a page as it was loaded, with some fields typed over."""

from django.test import Client


def loaded(client: Client, address: str, status: int = 200) -> dict[str, list[str]]:
    """Every input of the page's forms with the value it shows, hidden ones included."""
    response = client.get(address)
    assert response.status_code == status
    return posted_by(response)


def posted_by(response) -> dict[str, list[str]]:
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, list[str]] = {}
    for form in forms:
        for bound in form:
            put(data, bound.html_name, bound.field.widget, bound.value())
            if bound.field.show_hidden_initial:
                hidden = bound.field.hidden_widget()
                shown = form.get_initial_for_field(bound.field, bound.name)
                if form.is_bound:
                    shown = form._widget_data_value(hidden, bound.html_initial_name)
                put(data, bound.html_initial_name, hidden, bound.field.prepare_value(shown))
    return data


def put(data, name, widget, value) -> None:
    if isinstance(value, list | tuple):
        data[name] = [str(getattr(item, "pk", item)) for item in value]
    elif getattr(widget, "input_type", "") == "checkbox":
        if value:
            data[name] = ["on"]
    else:
        shown = widget.format_value(value)
        if isinstance(shown, list | tuple):
            shown = shown[0] if shown else ""
        data[name] = ["" if shown is None else str(shown)]
