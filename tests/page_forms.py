"""What a browser would send of a page's forms, read from the page itself."""

import uuid
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tests import pages


@dataclass
class Form:
    """`fields` are what would be sent if nobody typed; a pressed one of the `buttons` adds its own.

    `area` is the part of the page it stands in: "main", or "" for the frame around.
    """

    action: str
    area: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


def forms_of(answer) -> list[Form]:
    """The forms of a page that are sent by POST."""
    whole = pages.page(answer)
    proper = {form for main in whole.iter("main") for form in main.iter("form")}
    return [
        form_of(element, answer, "main" if element in proper else "")
        for element in whole.iter("form")
        if element.get("method", "get").lower() == "post"
    ]


def form_of(element: Element, answer, area: str) -> Form:
    form = Form(element.get("action") or answer.wsgi_request.get_full_path(), area)
    for control in element.iter():
        name = control.get("name", "")
        kind = control.get("type", "submit" if control.tag == "button" else "text")
        if "disabled" in control.attrib:
            continue
        if control.tag in ("button", "input") and kind == "submit":
            form.buttons.append((name, control.get("value", "")))
        elif name and (sent := sent_of(control, kind)):
            form.fields.setdefault(name, []).extend(sent)
    return form


def sent_of(control: Element, kind: str) -> list[str]:
    """The values under its name, if nobody typed."""
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        return [option.get("value", "") for option in chosen] or [""]
    if control.tag == "textarea":
        # A browser drops the line end after the tag that opens it.
        return ["".join(control.itertext()).removeprefix("\r\n").removeprefix("\n")]
    choice = kind in ("checkbox", "radio")
    if control.tag != "input" or kind == "file" or (choice and "checked" not in control.attrib):
        return []
    return [control.get("value", "on" if choice else "")]


def form_to(answer, address: str) -> Form:
    """The one form of a page that is sent to this address."""
    [found] = [form for form in forms_of(answer) if form.action == address]
    return found


def posted_by(answer) -> dict[str, list[str]]:
    """The first form of the page proper."""
    return next(form.fields for form in forms_of(answer) if form.area == "main")


def loaded(client, address: str) -> dict[str, list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return posted_by(answer)


def one_form() -> dict[str, str]:
    """The token of one form, to send it more than once."""
    return {"form_token": str(uuid.uuid4())}


def send(client, address: str, **typed):
    """The form as it was loaded just now, with these fields typed over."""
    return client.post(address, loaded(client, address) | typed)
