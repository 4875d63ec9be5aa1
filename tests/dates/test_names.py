from datetime import date

import pytest

from tracker.dates.names import local_name


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("KG", "ru", "Рождество Христово"),
        ("KG", "ky", "Ыйса Пайгамбардын туулган күнү"),
        ("RU", "ru", "Рождество Христово"),
        ("KG", "en", ""),
        ("KZ", "ru", ""),
        ("", "ru", ""),
    ],
)
def test_a_feast_has_its_name_where_the_package_knows_it(code, language, name):
    assert local_name(code, date(2024, 1, 7), language) == name


def test_an_ordinary_day_has_none():
    assert local_name("KG", date(2024, 1, 10), "ru") == ""
