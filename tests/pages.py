"""A page as a tree of elements, each found by what it is: role, name, address, state.

Pages are reworded and translated; a test of a page that asks for whole sentences fails with them.
A sentence is tested where it is made.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
TAGS = {
    "button": {"button"},
    "heading": {"h1", "h2", "h3"},
    "link": {"a"},
    "listitem": {"li"},
    "row": {"tr"},
}
LEVELS = {
    "tone-green": "success",
    "tone-blue": "info",
    "tone-amber": "warning",
    "tone-red": "error",
}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attributes})
        if tag in EMPTY:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open and self.open.pop() == tag, f"</{tag}> in {self.getpos()}"
            self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)


def page(answer) -> Element:
    """All of it, with the frame around."""
    reader = Reader()
    reader.feed(answer.text)
    return reader.builder.close()


def main(answer) -> Element:
    """The page proper, without the menu and the foot."""
    return one(answer, tag="main")


def find(within, role: str = "", *, tag: str = "", words: str = "", **state) -> list[Element]:
    """The elements of a role, in the order of the page; `within` is an answer or an element.

    `words` are part of their text; `state` is attributes: `class_="late"` is one of the classes,
    `checked=True` is there whatever its value, `href=None` is absent.
    """
    root = within if isinstance(within, Element) else page(within)
    return [
        element
        for element in root.iter()
        if (not tag or element.tag == tag)
        and (not role or is_a(element, role))
        and all(has(element, name, value) for name, value in state.items())
        and (not words or words in text(element))
    ]


def one(within, role: str = "", **wanted) -> Element:
    """The only one there is."""
    found = find(within, role, **wanted)
    assert len(found) == 1, f"{len(found)} of {role} {wanted}"
    return found[0]


def is_a(element: Element, role: str) -> bool:
    return element.get("role", role if element.tag in TAGS.get(role, ()) else "") == role


def has(element: Element, name: str, value: str | bool | None) -> bool:
    given = element.get(name.rstrip("_").replace("_", "-"))
    if value is True:
        return given is not None
    return value in (given or "").split() if name == "class_" else given == value


def text(element: Element) -> str:
    """Its words, however the tags are broken over lines."""
    return " ".join("".join(element.itertext()).split())


def part(within, name: str) -> Element:
    """The element with this id."""
    return one(within, id=name)


def links(within) -> set[str]:
    return {element.attrib["href"] for element in find(within, "link", href=True)}


def actions(within) -> set[str]:
    """Where the forms within are sent to."""
    return {element.attrib["action"] for element in find(within, tag="form", action=True)}


def row_of(within, address: str) -> Element:
    """The row of a table or a list that leads to this address."""
    rows = [*find(within, "row"), *find(within, "listitem")]
    [found] = [row for row in rows if address in links(row)]
    return found


def errors(answer) -> dict[str, str]:
    """What stands beside each field that is refused, and under "__all__" what concerns the form.

    Each is said to the field itself, and once more at the head with a link to it.
    """
    body, found = main(answer), {}
    for element in find(body, class_="error", id=True):
        named = re.fullmatch("id_(.+)_error", element.attrib["id"])
        if named is None:
            continue
        field = named[1]
        assert describes(body, element.attrib["id"]), f"nothing refers to the error of {field}"
        assert any(f"#id_{field}" in links(head) for head in heads(body)), field
        found[field] = text(element)
    whole = [
        text(line) for head in heads(body) for line in find(head, "listitem") if not links(line)
    ]
    return found | ({"__all__": " ".join(whole)} if whole else {})


def heads(within) -> Iterator[Element]:
    yield from find(within, "alert", class_="error-summary")


def describes(within: Element, name: str) -> bool:
    return any(name in element.get("aria-describedby", "").split() for element in within.iter())


def refused_as_closed(answer) -> bool:
    """Whether a case that has ended takes no change, and its page says why."""
    why = answer.context["exception"]
    return answer.status_code == 403 and bool(why) and text(one(main(answer), "heading")) == why


def messages(answer) -> list[tuple[str, str]]:
    """What was just done or refused: level and words."""
    return [
        (level, text(element))
        for box in find(answer, "status", class_="messages")
        for element in find(box, class_="message")
        for tone, level in LEVELS.items()
        if tone in element.attrib["class"].split()
    ]


def levels(answer) -> list[str]:
    return [level for level, _words in messages(answer)]


def pills(within) -> list[str]:
    """The words of its pills, without their symbols."""
    return [
        "".join((element.text or "", *(child.tail or "" for child in element))).strip()
        for element in find(within, class_="pill")
    ]
