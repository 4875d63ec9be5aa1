"""What a browser would send of a page's forms, read from the page itself."""

import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.html import strip_tags


@dataclass
class Form:
    """`fields` are what would be sent if nobody typed; a pressed one of the `buttons` adds its own.

    `area` is the part of the page it stands in: "main", or "" for the frame around.
    """

    action: str
    method: str
    area: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class FormReader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.area = self.select = self.textarea = ""
        self.first: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "main":
            self.area = "main"
        elif tag == "form":
            action, method = given.get("action") or self.address, given.get("method", "get")
            self.inside = Form(action, method.lower(), self.area)
            self.forms.append(self.inside)
        elif self.inside is not None and "disabled" not in given:
            self.in_form(tag, given.get("name", ""), given)

    def in_form(self, tag: str, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text")
        if tag == "select":
            self.select, self.first = name, None
        elif tag == "option" and self.select:
            value = given.get("value", "")
            self.first = value if self.first is None else self.first
            if "selected" in given:
                self.put(self.select, value)
        elif tag == "textarea":
            self.textarea = name
            self.put(name, "")
        elif kind == "submit":
            self.inside.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name and kind != "file":
            choice = kind in ("checkbox", "radio")
            if not choice or "checked" in given:
                self.put(name, given.get("value", "on" if choice else ""))

    def put(self, name: str, value: str) -> None:
        self.inside.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.inside.fields[self.textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.area = ""
        elif tag == "form":
            self.inside = None
        elif tag == "textarea" and self.textarea:
            # A browser drops the line end after the tag that opens it.
            values = self.inside.fields[self.textarea]
            values[-1] = values[-1].removeprefix("\r\n").removeprefix("\n")
            self.textarea = ""
        elif tag == "select" and self.select:
            self.inside.fields.setdefault(self.select, [self.first or ""])
            self.select = ""


def words(answer) -> str:
    """What a person reads, however the tags are broken over lines."""
    return " ".join(strip_tags(answer.text).split())


def forms_of(answer) -> list[Form]:
    """The forms of a page that are sent by POST."""
    reader = FormReader(answer.wsgi_request.get_full_path())
    reader.feed(answer.text)
    return [form for form in reader.forms if form.method == "post"]


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
