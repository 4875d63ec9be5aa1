"""The parts of the reading, each on sentences of its own."""

import datetime

import pytest

from tracker.intake.call import Call
from tracker.intake.calls_en import find_calls as find_english_calls
from tracker.intake.calls_ru import find_calls as find_russian_calls
from tracker.intake.contacts import find_emails, find_phones
from tracker.intake.issued import find_dates, find_issued_on
from tracker.intake.language import detect_language
from tracker.intake.lines import read_blocks
from tracker.intake.matching import best_match
from tracker.intake.people import read_party
from tracker.intake.references import find_references, split_reference
from tracker.intake.response import find_response_request
from tracker.intake.spans import Span, locate, read, sentences


def whole(text: str) -> Span:
    return Span(0, len(text))


def shown(text: str, calls: list[Call]) -> list[tuple[str, list[str]]]:
    return [(read(text, c.span), [read(text, p) for p in c.parties]) for c in calls]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We call on the authorities", "en"),
        ("Мы призываем власти", "ru"),
        ("Биз өкмөттү жана парламентти чакырабыз", "ky"),
        ("Обращение Гүлнары Үсөновой к властям о соблюдении прав человека и свободы слова", "ru"),
        ("1234 — !", None),
    ],
)
def test_the_language_is_told_by_its_letters(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("January 15, 2020", "2020-01-15"),
        ("Bishkek, 15th of January 2020", "2020-01-15"),
        ("25-27 November 2022", "2022-11-27"),
        ("г. Бишкек, «15» января 2020 года", "2020-01-15"),
        ("15.01.2020", "2020-01-15"),
        ("01/31/2020", "2020-01-31"),
        ("2020-01-15", "2020-01-15"),
        ("2020-жылдын 15-январы", "2020-01-15"),
        ("Исх. № 45 от 15.01.2020", "2020-01-15"),
        ("31 February 2020", None),
        ("On 15 January 2020 the police detained three people who had come to the square.", None),
    ],
)
def test_the_date_of_the_text_stands_on_a_line_of_its_own(text, day):
    found = find_issued_on(text, read_blocks(text))
    assert (found and found.value.isoformat()) == day


def test_a_day_without_a_year_counts_in_the_year_given():
    found = find_dates("by 1 March", 0, 10, year=2021)
    assert [date.value for date in found] == [datetime.date(2021, 3, 1)]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (
            "As the winter nears, we urge the Mayor to open the shelters.",
            [("we urge the Mayor to open the shelters", ["the Mayor"])],
        ),
        (
            "We call on the President to veto the bill and the Parliament to withdraw it.",
            [
                ("We call on the President to veto the bill", ["the President"]),
                ("the Parliament to withdraw it", ["the Parliament"]),
            ],
        ),
        (
            "We call on the Government and the Parliament to repeal the law.",
            [
                (
                    "We call on the Government and the Parliament to repeal the law",
                    ["the Government", "the Parliament"],
                )
            ],
        ),
        (
            "The Ministry must publish the list.",
            [("The Ministry must publish the list", ["The Ministry"])],
        ),
        ("We demand justice for the families.", [("We demand justice for the families", [])]),
        ("They demanded money from the shops.", []),
        ("According to Article 5, the State must protect children.", []),
        ("Sign this petition and share this page.", []),
        ("Must the Government resign?", []),
    ],
)
def test_english_calls(text, calls):
    assert shown(text, find_english_calls(text, whole(text), reported=False)) == calls


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (
            "Призываем Президента Республики отменить указ.",
            [("Призываем Президента Республики отменить указ", ["Президента Республики"])],
        ),
        (
            "Требуем от властей немедленно освободить задержанных.",
            [("Требуем от властей немедленно освободить задержанных", ["властей"])],
        ),
        ("Просим Вас принять меры.", [("Просим Вас принять меры", [])]),
        (
            "Парламент должен отклонить законопроект, поскольку он опасен.",
            [("Парламент должен отклонить законопроект", ["Парламент"])],
        ),
        ("Власти требуют соблюдать порядок.", []),
        ("Согласно статье 5 государство должно защищать детей.", []),
        (
            "Парламентти мыйзамды кайра кароого чакырабыз.",
            [("Парламентти мыйзамды кайра кароого чакырабыз", ["Парламентти"])],
        ),
    ],
)
def test_russian_and_kyrgyz_calls(text, calls):
    assert shown(text, find_russian_calls(text, whole(text), reported=False)) == calls


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Please reply within ten working days.", (10, "working", None, False)),
        ("We await your answer in 14 days.", (14, None, None, False)),
        ("We expect a response by 1 March 2021.", (None, None, "2021-03-01", False)),
        ("We request a reply within the statutory period.", (None, None, None, True)),
        ("Ответ просим дать в течение 5 (пяти) рабочих дней.", (5, "working", None, False)),
        ("Просим ответить в установленный законом срок.", (None, None, None, True)),
        ("Ждём ответа до 1 марта 2021 года.", (None, None, "2021-03-01", False)),
        ("10 жумушчу күн ичинде жооп берүүңүздөрдү суранабыз.", (10, "working", None, False)),
        ("We received no reply to our letter.", None),
        ("The police response was brutal.", None),
        ("We demand that the prison be closed within 30 days.", None),
    ],
)
def test_the_request_for_a_reply_and_its_term(text, term):
    found = find_response_request(text, [whole(text)], [], datetime.date(2021, 1, 15))
    seen = found and (
        found.days,
        found.day_kind,
        found.due_on and found.due_on.isoformat(),
        found.statutory,
    )
    assert seen == term


@pytest.mark.parametrize(
    ("text", "office", "name"),
    [
        ("the Minister of Tea, Mr. A. Example", "Minister of Tea", "A. Example"),
        ("Prime Minister Anna Bergman", "Prime Minister", "Anna Bergman"),
        ("Anna Bergman, Minister of Justice", "Minister of Justice", "Anna Bergman"),
        ("Генеральному прокурору КР Иванову И.И.", "Генеральному прокурору КР", "Иванову И.И."),
        ("г-же Акимовой", None, "Акимовой"),
        ("Supreme Court", "Supreme Court", None),
    ],
)
def test_a_post_and_its_holder_are_told_apart(text, office, name):
    party = read_party(text, 0, len(text))
    assert party is not None
    assert (
        party.office and read(text, party.office),
        party.name and read(text, party.name),
    ) == (office, name)


def test_lines_broken_by_a_mail_program_are_one_paragraph():
    text = (
        "We write about the dumping of waste in the northern bay, which has been\n"
        "going on for three years now in spite of the two letters that we have\n"
        "sent to the city and to the company that owns the land on the shore of\n"
        "the lake.\n\n- stop it\n- clean the\n  shore\n"
    )
    blocks = read_blocks(text)
    assert [(b.kind, " ".join(text[b.body : b.own_end].split())[-12:]) for b in blocks] == [
        ("paragraph", "of the lake."),
        ("item", "stop it"),
        ("item", "lean the shore"[-12:]),
    ]


def test_an_abbreviation_does_not_end_a_sentence():
    text = "On 5 May Mr. A. Example spoke to ст. прокурору г. Ош. He left. Nobody answered!"
    assert [read(text, s) for s in sentences(text, 0, len(text))] == [
        "On 5 May Mr. A. Example spoke to ст. прокурору г. Ош.",
        "He left.",
        "Nobody answered!",
    ]


def test_words_are_found_again_whatever_the_line_breaks():
    text = "one two\nthree. one  two three"
    assert locate(text, "one two three") == Span(0, 13)
    assert locate(text, "one two three", near=20) == Span(15, 29)
    assert (locate(text, "four"), locate(text, " ")) == (None, None)


def test_norms_are_cited_in_their_fullest_form_once():
    text = (
        "See p. 2 of Article 5 of the Law «On Tea», статью 29 Конституции Республики Казахстан, "
        "Resolution 1325 and again Article 5 of the Law «On Tea»."
    )
    assert [read(text, span) for span in find_references(text)] == [
        "p. 2 of Article 5 of the Law «On Tea»",
        "статью 29 Конституции Республики Казахстан",
        "Resolution 1325",
        "Article 5 of the Law «On Tea»",
    ]
    assert split_reference("p. 2 of Article 5 of the Law «On Tea»") == (
        "p. 2 of Article 5",
        "Law «On Tea»",
    )
    assert split_reference("Constitution") == ("", "Constitution")


def test_contacts_are_read_and_a_hidden_address_is_not():
    text = "Write to a.b@tea.example or [email protected], phone +996 555 12 34 56, on 12.05.2020."
    assert (find_emails(text), find_phones(text)) == (["a.b@tea.example"], ["+996 555 12 34 56"])


OFFICES = [
    (1, "President of the Kyrgyz Republic"),
    (2, "Prosecutor General of the Kyrgyz Republic"),
    (3, "Jogorku Kenesh (Parliament) of the Kyrgyz Republic"),
    (4, "Ministry of Internal Affairs of the Kyrgyz Republic"),
    (5, "Military Prosecutor's Office of the Kyrgyz Republic"),
    (6, "Government of the Republic of Kazakhstan"),
    (7, "Government of the Russian Federation"),
]


@pytest.mark.parametrize(
    ("words", "office"),
    [
        ("President of Kyrgyzstan", 1),
        ("Президенту Кыргызской Республики", 1),
        ("Кыргыз Республикасынын Президентине", 1),
        ("Генеральному прокурору КР", 2),
        ("депутатам Жогорку Кенеша", 3),
        ("Minister of Internal Affairs", 4),
        ("Правительству Республики Казахстан", 6),
        ("Президенту Республики Казахстан", None),
        ("the Government", None),
        ("Anna Bergman", None),
        ("", None),
    ],
)
def test_an_office_is_recognised_across_languages_and_never_guessed(words, office):
    assert best_match(words, OFFICES) == office
