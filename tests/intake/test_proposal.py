"""Whole texts read at once: made-up ones with their labels, the five real ones, and nonsense."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.intake import read_appeal
from tracker.intake.spans import normalise

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))
FIXTURES = Path(__file__).parents[2] / "fixtures"
PLACES = ("start", "end")

# Pieces from which a hostile or broken text can be put together.
PIECES = [
    "We demand:",
    "1. release them;",
    "• ",
    "- stop it",
    "To the President",
    "Mr. A. Example",
    "«",
    "»",
    "“",
    "”",
    '"',
    "(",
    "Dear Sir,",
    "Sincerely,",
    "12 May 2020",
    "31.02.2020",
    "2022-жылдын 15-январы",
    "требуем от властей прекратить",
    "Президенту Республики",
    "просим ответить в течение 10 дней",
    "талап кылабыз",
    "within ten working days",
    "a@b.example",
    "+996 555 12 34 56",
    "ст. 5 УК КР",
    "\n",
    "\n\n",
    "\r\n",
    "\u2028",
    "\u00ad",
    "\u00a0",
    "\ufeff",
    " ",
    "\t",
    ";",
    ":",
    ".",
    "!",
    "must",
    "should not",
    "we call on the Government and the Parliament to act",
    "[1]",
    "A. One, B. Two and C. Three",
    "____",
]
texts = st.one_of(
    st.text(max_size=400),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
)


def without_places(proposal: dict[str, Any]) -> dict[str, Any]:
    """The proposal as the labels have it."""
    plain = {key: value for key, value in proposal.items() if key != "offsets"}
    for key in ("addressees", "demands", "signatories"):
        plain[key] = [
            {name: value for name, value in entry.items() if name not in PLACES}
            for entry in plain[key]
        ]
    reply = plain["response_request"]
    if reply:
        plain["response_request"] = {k: v for k, v in reply.items() if k not in PLACES}
    return plain


def fixture_rows(name: str, model: str) -> list[dict[str, Any]]:
    rows = json.loads((FIXTURES / f"{name}.json").read_text())
    return [row["fields"] for row in rows if row["model"] == f"tracker.{model}"]


def source_text(name: str) -> str:
    return next(row["text"] for row in fixture_rows(name, "document") if row["kind"] == "source")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_is_read_as_its_labels_say(path):
    labels = json.loads(path.with_suffix(".json").read_text())
    assert without_places(read_appeal(path.read_text()).as_dict()) == labels


@pytest.mark.parametrize("name", ["lawyers-2020", "birduino-2020", "experts-2020"])
def test_the_demands_of_the_real_appeals_are_found_where_they_stand(name):
    found = read_appeal(source_text(name)).as_dict()["demands"]
    assert [(d["start"], d["end"], d["text"]) for d in found] == [
        (row["start"], row["end"], normalise(row["text"])) for row in fixture_rows(name, "demand")
    ]


@pytest.mark.parametrize(("name", "count"), [("lawyers-2020", 53), ("experts-2020", 5)])
def test_everybody_who_signed_a_real_appeal_is_found(name, count):
    found = read_appeal(source_text(name)).as_dict()["signatories"]
    signed = [row["name"] for row in fixture_rows(name, "signatory")]
    assert ([s["name"] for s in found], len(found)) == (signed, count)


def test_a_call_for_two_things_at_once_is_one_demand_in_the_declaration():
    found = read_appeal(source_text("si-2022")).as_dict()
    assert [a["office"] for a in found["addressees"]] == ["government of the Kyrgyz Republic"]
    assert [d["text"][:52] for d in found["demands"]] == [
        "expresses solidarity with their call to the governme"
    ]


def test_a_news_report_asks_nobody_for_anything():
    text = fixture_rows("crisis-news-2020", "document")[0]["text"]
    found = read_appeal(text).as_dict()
    assert (found["is_appeal"], found["kind"], found["demands"], found["addressees"]) == (
        False,
        None,
        [],
        [],
    )


def assert_places_hold_the_words(text: str) -> None:
    found = read_appeal(text).as_dict()
    for entry in [*found["demands"], *filter(None, [found["response_request"]])]:
        assert entry["text"] == normalise(text[entry["start"] : entry["end"]]) != ""
    for key, names in (
        ("addressees", ("name", "office")),
        ("signatories", ("name", "role", "place")),
    ):
        for entry in found[key]:
            shown = normalise(text[entry["start"] : entry["end"]])
            for name in names:
                assert entry[name] is None or entry[name] in shown or key == "signatories"
                assert entry[name] is None or entry[name] in normalise(text)
            assert any(entry[name] for name in names)
    for key in ("issuers", "legal_references"):
        for words, place in zip(found[key], found["offsets"][key], strict=True):
            assert words == normalise(text[place["start"] : place["end"]])
    for key in ("title", "place"):
        place = found["offsets"][key]
        assert (place is None) == (found[key] is None)
        assert place is None or found[key] == normalise(text[place["start"] : place["end"]])


@given(texts)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_the_same_way_twice_and_every_place_holds_its_words(text):
    assert read_appeal(text).as_dict() == read_appeal(text).as_dict()
    assert_places_hold_the_words(text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_place_holds_its_words(path):
    assert_places_hold_the_words(path.read_text())


@pytest.mark.parametrize(
    "piece",
    ["we call on ", "требуем от ", "1. Ivan Petrov, lawyer, Osh\n", "«", "of the ", "A ", "_ "],
)
def test_a_text_twice_as_long_takes_about_twice_as_long(piece):
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        began = time.perf_counter()
        read_appeal(text).as_dict()
        return time.perf_counter() - began

    seconds(2_000)
    # Four times the length; a quadratic rule would take sixteen times as long.
    assert seconds(80_000) < 9 * seconds(20_000) + 0.5
