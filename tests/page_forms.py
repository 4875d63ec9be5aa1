"""What a browser would send of a page's form, read from the page itself."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """The fields of the first form in `main`, with the values they show."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.where = ""  # before main, in main, in the form, after it
        self.select = self.area = ""
        self.first: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "main":
            self.where = "main"
        elif tag == "form" and self.where == "main":
            self.where = "form"
        elif self.where != "form":
            return
        elif tag == "input" and name:
            choice = given.get("type") in ("checkbox", "radio")
            if not choice or "checked" in given:
                self.fields.setdefault(name, []).append(value)
        elif tag == "select":
            self.select, self.first = name, None
        elif tag == "option" and self.select:
            self.first = value if self.first is None else self.first
            if "selected" in given:
                self.fields.setdefault(self.select, []).append(value)
        elif tag == "textarea":
            self.area = name
            self.fields[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            # A browser drops the line end after the tag that opens it.
            self.fields[self.area][0] = self.fields[self.area][0].removeprefix("\n")
            self.area = ""
        elif tag == "select" and self.select:
            self.fields.setdefault(self.select, [self.first or ""])
            self.select = ""
        elif tag == "form" and self.where == "form":
            self.where = "after"


def posted_by(answer) -> dict[str, list[str]]:
    reader = FormReader()
    reader.feed(answer.text)
    assert reader.where == "after", "the page has no form"
    return reader.fields


def loaded(client, address: str) -> dict[str, list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return posted_by(answer)


def send(client, address: str, **typed):
    """The form as it was loaded just now, with these fields typed over."""
    return client.post(address, loaded(client, address) | typed)
