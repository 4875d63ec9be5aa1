"""What repeats on the pages, by name; the HTML of each is a file of `templates/components/`."""

from collections.abc import Iterable

from django import template
from django.template.loader import render_to_string
from django.urls import reverse

from tracker.models import Case

register = template.Library()


@register.inclusion_tag("components/_crumbs.html")
def crumbs(
    here: str,
    *,
    case: Case | None = None,
    cases: Iterable[Case] = (),
    parent: str = "",
    parent_words: str = "",
    **pages: str,
) -> dict:
    """Where one is, outermost first: `pages` (a route and its words), cases, the parent."""
    links = [(reverse(name), words) for name, words in pages.items()]
    for row in [case] if case else cases:
        links.append((reverse("case_detail", args=[row.reference]), row.reference))
    if parent:
        links.append((parent, parent_words))
    return {"here": here, "links": links}


@register.inclusion_tag("components/_table_head.html")
def table_head(*headings: str) -> dict:
    return {"headings": headings}


@register.inclusion_tag("components/_section_head.html")
def section_head(heading: str, note: str = "", *, id: str = "") -> dict:
    return {"heading": heading, "note": note, "id": id}


@register.inclusion_tag("components/_nothing.html")
def nothing(words: str) -> dict:
    """What a part of a page says where it is empty; `empty_state` is for a whole page."""
    return {"words": words}


@register.simple_block_tag
def empty_state(
    content: str, heading: str, words: str = "", page: str = "", *args: object, main: bool = False
) -> str:
    """Why a page is empty, and a button to `page` with what to do then."""
    return render_to_string(
        "components/_empty_state.html",
        {
            "content": content,
            "heading": heading,
            "words": words,
            "address": reverse(page, args=args) if page else "",
            "main": main,
        },
    )


@register.inclusion_tag("components/_form_buttons.html")
def form_buttons(
    words: str, back: str = "", page: str = "", *args: object, case: Case | None = None
) -> dict:
    """What sends the form, and the way out of it: `page`, or the page of the case."""
    if case:
        page, args = "case_detail", (case.reference,)
    return {"words": words, "back": back, "address": reverse(page, args=args), "case": case}


@register.simple_block_tag
def actions(content: str, *, main: bool = False) -> str:
    """A row of buttons; nothing where none of them is offered."""
    return render_to_string("components/_actions.html", {"content": content, "main": main})


@register.simple_block_tag
def page_head(content: str, heading: str, buttons: str = "") -> str:
    """The heading, a sentence under it, and `actions` beside it."""
    return render_to_string(
        "components/_page_head.html", {"content": content, "heading": heading, "buttons": buttons}
    )


@register.simple_block_tag
def fact(content: str, label: str) -> str:
    """One line of a list of facts; none where nothing is known."""
    return render_to_string("components/_fact.html", {"content": content, "label": label})


@register.inclusion_tag("components/_post_button.html", takes_context=True)
def post_button(
    context: template.Context,
    words: str,
    page: str,
    *args: object,
    css: str = "button",
    about: str = "",
    **hidden: object,
) -> dict:
    """A form of one button, with hidden fields; `about` is read out after its words."""
    return {
        "address": reverse(page, args=args),
        "words": words,
        "css": css,
        "about": about,
        "hidden": hidden,
        "request": context["request"],
    }


@register.inclusion_tag("components/_nav_link.html", takes_context=True)
def nav_link(
    context: template.Context, page: str, words: str, section: str, count: int | None = None
) -> dict:
    """A link of the menu; `section` is what the view of the present page calls its own."""
    here = context.get("section") == section
    return {"address": reverse(page), "words": words, "here": here, "count": count}


@register.filter
def named(row: object, otherwise: str = "–") -> str:
    """The name of a row that may be absent, so that a misspelling is not taken for an absence."""
    return row.name if row else otherwise
