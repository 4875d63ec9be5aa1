"""`manage.py read_appeal FILE [--json]`."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

APPEAL = "Открытое обращение\n\nПрезиденту Республики\n\nТребуем:\n1. Освободить задержанных.\n"


def read(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("read_appeal", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    def written(content: bytes, name: str = "appeal.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_text_is_read_in_each_encoding_it_may_come_in(file, encoding):
    found = json.loads(read(file(APPEAL.encode(encoding)), "--json"))
    assert (found["is_appeal"], found["language"], found["addressees"]) == (
        True,
        "ru",
        [{"name": None, "office": "Президенту Республики", "start": 20, "end": 41}],
    )
    assert found["demands"] == [
        {
            "text": "Освободить задержанных",
            "addressees": ["Президенту Республики"],
            "start": 55,
            "end": 77,
        }
    ]


def test_places_count_from_the_text_as_it_is_with_windows_line_ends(file):
    path = file(APPEAL.replace("\n", "\r\n").encode())
    demand = json.loads(read(path, "--json"))["demands"][0]
    text = path.read_bytes().decode()
    assert text[demand["start"] : demand["end"]] == "Освободить задержанных"


def test_without_json_it_reads_as_sentences(file):
    assert read(file(APPEAL.encode())).splitlines() == [
        "Title: Открытое обращение",
        "Kind: open_appeal",
        "Language: ru",
        "To:",
        "  - Президенту Республики",
        "Demands:",
        "  1. Освободить задержанных",
    ]


def test_a_text_that_asks_for_nothing_is_said_to_be_no_appeal(file):
    lines = read(file(b"The weather in March\n\nIt rained on most days of the month.\n"))
    assert lines.splitlines()[0] == "This is not an appeal: nobody is asked for anything."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The text is empty. Choose a file with words in it."),
        (b" \n\t\n", "The text is empty. Choose a file with words in it."),
        (b"%PDF-1.4 ...", "This is a PDF. Copy the text out of it and paste that."),
        (bytes(range(256)), "This is not a text."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is not a text."),
        ("Señor, ¿qué? é à ü".encode("latin-1") * 9, "This is not a text."),
        (b"\xff\xfe\x00", "This is not a text."),
    ],
)
def test_what_is_no_text_ends_with_one_sentence_and_status_2(file, content, said):
    path = file(content)
    with pytest.raises(CommandError) as refused:
        read(path)
    assert refused.value.returncode == 2
    assert str(refused.value).startswith(f"{path}: {said}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_opened_ends_with_status_2(tmp_path, name):
    with pytest.raises(CommandError) as refused:
        read(tmp_path / name)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
