from datetime import date, timedelta

import holidays
import pytest

from tracker.dates.calendars import (
    JURISDICTIONS,
    DayKind,
    Override,
    UnknownCalendarError,
    WorkingCalendar,
    YearOutOfRangeError,
)


def days(year, text):
    """'1 Jan, 7 Jan' as dates."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    parts = [part.split() for part in text.split(",") if part.strip()]
    return {date(year, months.index(month) + 1, int(day)) for day, month in parts}


# Year: weekday holidays; days off moved from a worked day; worked Saturdays; off with no make-up.
# The Kyrgyz calendar as the decisions of each year gave it.
KYRGYZ_YEARS = {
    2019: (
        "1 Jan, 7 Jan, 8 Mar, 21 Mar, 1 May, 9 May, 5 Jun, 12 Aug, 7 Nov, 8 Nov",
        {"2 Jan": "25 Feb", "3 Jan": "8 Apr", "4 Jan": "2 Sep", "10 May": "6 May"},
    ),
    2020: (
        "1 Jan, 7 Jan, 7 Apr, 1 May, 5 May, 25 May, 31 Jul, 31 Aug, 9 Nov, 10 Nov",
        {"2 Jan": "24 Feb", "3 Jan": "9 Mar", "6 Jan": "23 Mar", "4 May": "11 May"},
    ),
    2021: (
        "1 Jan, 7 Jan, 23 Feb, 8 Mar, 22 Mar, 7 Apr, 5 May, 13 May, 20 Jul, 31 Aug, 8 Nov, 9 Nov",
        {"8 Jan": "3 May", "19 Jul": "24 Jul", "30 Aug": "10 May"},
    ),
    2022: (
        "3 Jan, 7 Jan, 23 Feb, 8 Mar, 21 Mar, 7 Apr, 2 May, 3 May, 5 May, 9 May, 11 Jul, 31 Aug, "
        "7 Nov, 8 Nov",
        {
            "4 Jan": "15 Jan",
            "5 Jan": "26 Feb",
            "6 Jan": "26 Mar",
            "4 May": "30 Apr",
            "6 May": "14 May",
        },
    ),
    2023: (
        "2 Jan, 23 Feb, 8 Mar, 21 Mar, 7 Apr, 21 Apr, 1 May, 5 May, 9 May, 28 Jun, 31 Aug, "
        "7 Nov, 8 Nov",
        {
            "3 Jan": "9 Jan",
            "4 Jan": "25 Feb",
            "5 Jan": "11 Mar",
            "6 Jan": "25 Mar",
            "20 Mar": "29 Apr",
            "8 May": "13 May",
            "6 Nov": "11 Nov",
        },
    ),
    2024: (
        "1 Jan, 23 Feb, 8 Mar, 21 Mar, 10 Apr, 1 May, 9 May, 17 Jun, 7 Nov, 8 Nov",
        {
            "2 Jan": "8 Jan",
            "3 Jan": "27 Jan",
            "4 Jan": "2 Mar",
            "5 Jan": "2 Sep",
            "22 Mar": "8 Apr",
            "2 May": "6 May",
            "3 May": "11 May",
        },
    ),
    2025: (
        "1 Jan, 3 Jan, 6 Jan, 7 Jan, 21 Mar, 1 May, 2 May, 5 May, 6 May, 7 May, 8 May, 9 May, "
        "6 Jun",
        {"2 Jan": "11 Jan"},
    ),
    2026: (
        "1 Jan, 2 Jan, 5 Jan, 6 Jan, 7 Jan, 20 Mar, 1 May, 4 May, 5 May, 6 May, 7 May, 8 May, "
        "27 May, 31 Aug",
        {},
    ),
}


@pytest.mark.parametrize("year", KYRGYZ_YEARS)
def test_the_kyrgyz_year_is_as_decided(year):
    listed, moved = KYRGYZ_YEARS[year]
    calendar = WorkingCalendar("KG")
    whole_year = calendar.days(date(year, 1, 1), date(year, 12, 31))
    off_weekdays = {s.day for s in whole_year if not s.working and s.day.weekday() < 5}
    moves = {s.day: s.other_day for s in whole_year if s.kind is DayKind.MOVED}
    worked_weekends = {s.day for s in whole_year if s.working and s.day.weekday() >= 5}
    expected_moves = {
        min(days(year, off)): min(days(year, worked)) for off, worked in moved.items()
    }
    assert off_weekdays == days(year, listed) | set(expected_moves)
    assert moves == expected_moves
    assert worked_weekends == {day for day in expected_moves.values() if day.weekday() >= 5}


@pytest.mark.parametrize(
    "day",
    [
        # 2020: the four transfers (sputnik.kg, 16 December 2019)
        date(2020, 2, 24),
        date(2020, 3, 9),
        date(2020, 3, 23),
        date(2020, 5, 11),
        # 2022: last Saturday of February (24.kg)
        date(2022, 2, 26),
        # 2024: Monday 6 May and Saturday 11 May (24.kg)
        date(2024, 5, 6),
        date(2024, 5, 11),
        # 2025: working again since the Labour Code of 23 January 2025 (24.kg)
        date(2025, 4, 7),
        date(2025, 11, 7),
        # 2026: no shift when a feast falls on a weekend (mts.kg)
        date(2026, 2, 23),
        date(2026, 3, 9),
    ],
)
def test_reported_working_days_are_worked(day):
    assert WorkingCalendar("KG").status(day).working is True


@pytest.mark.parametrize(
    "day",
    [
        date(2020, 5, 25),  # azattyk.org
        date(2020, 11, 9),  # kabar.kg
        date(2020, 11, 10),
        date(2021, 1, 8),  # decided only days before (24.kg)
        date(2026, 3, 20),  # Orozo Ait, confirmed by the muftiate on 10 March (azattyk.org)
    ],
)
def test_reported_days_off_are_off(day):
    assert WorkingCalendar("KG").status(day).working is False


def test_the_transfers_repealed_in_2025_are_not_applied():
    saturdays = [
        s.day
        for s in WorkingCalendar("KG").days(date(2025, 1, 23), date(2025, 12, 31))
        if s.working
    ]
    assert [day for day in saturdays if day.weekday() >= 5] == []


def test_the_package_misses_the_days_of_january_2026_and_overrides_add_them():
    decided = [Override(date(2026, 1, d), True, "24.kg", public_only=True) for d in (8, 9)]
    assert WorkingCalendar("KG").status(date(2026, 1, 8)).working is True
    assert WorkingCalendar("KG", decided).status(date(2026, 1, 8)).working is False
    assert WorkingCalendar("KG", decided).status(date(2026, 1, 9)).working is False


def test_a_decision_for_public_bodies_leaves_others_alone():
    decided = [Override(date(2026, 1, 8), True, "24.kg", public_only=True)]
    assert (
        WorkingCalendar("KG", decided, public_body=False).status(date(2026, 1, 8)).working is True
    )


def test_each_kind_of_day_says_its_reason():
    overrides = [
        Override(date(2026, 1, 8), True, "24.kg", "New Year holidays prolonged"),
        Override(date(2026, 1, 10), False, "decree", "make-up day"),
        Override(date(2026, 1, 17), False),
        Override(date(2026, 1, 19), True),
    ]
    calendar = WorkingCalendar("KG", overrides)
    reasons = {
        date(2024, 5, 7): "",
        date(2024, 5, 4): "Saturday",
        date(2024, 5, 1): "Labor Day",
        date(2024, 5, 3): "day off moved from Sat 11 May 2024",
        date(2024, 5, 11): "worked Saturday, for the day off on Fri 3 May 2024",
        date(2024, 5, 6): "worked, its day off moved to Thu 2 May 2024",
        date(2026, 1, 8): "day off by decision: New Year holidays prolonged",
        date(2026, 1, 10): "worked by decision: make-up day",
        date(2026, 1, 17): "worked by decision",
        date(2026, 1, 19): "day off by decision",
    }
    assert {day: calendar.status(day).reason for day in reasons} == reasons


def test_a_feast_on_a_sunday_is_named_not_called_a_weekend():
    assert WorkingCalendar("KG").status(date(2026, 3, 8)).reason == "International Women's Day"


def test_a_day_worked_in_exchange_for_one_of_the_next_year_is_found():
    status = WorkingCalendar("KZ").status(date(2013, 12, 28))
    assert (status.working, status.other_day) == (True, date(2014, 1, 3))


def test_a_decision_that_repeats_an_estimate_confirms_it():
    feast = date(2027, 3, 9)
    confirmed = WorkingCalendar("KG", [Override(feast, True, "muftiate")]).status(feast)
    assert WorkingCalendar("KG").status(feast).estimated is True
    assert (confirmed.estimated, confirmed.kind, confirmed.source) == (
        False,
        DayKind.HOLIDAY,
        "muftiate",
    )


@pytest.mark.parametrize("code", JURISDICTIONS)
def test_a_year_out_of_range_is_an_error_and_the_edges_are_not(code):
    j = JURISDICTIONS[code]
    calendar = WorkingCalendar(code)
    assert calendar.status(date(j.first_year, 1, 1)).working is False
    assert calendar.status(date(j.last_year, 1, 1)).working is False
    for year in (j.first_year - 1, j.last_year + 1):
        with pytest.raises(YearOutOfRangeError) as raised:
            calendar.status(date(year, 6, 15))
        assert str(raised.value) == (
            f"The {code} calendar covers the years {j.first_year} to {j.last_year}; "
            f"{year} is outside it."
        )


@pytest.mark.parametrize("code", JURISDICTIONS)
def test_our_ranges_are_the_package_s_own(code):
    country = holidays.country_holidays(code)
    j = JURISDICTIONS[code]
    assert (j.first_year, j.last_year) == (type(country).start_year, type(country).end_year)


@pytest.mark.parametrize("code", JURISDICTIONS)
def test_known_years_hold_no_estimate_and_the_next_one_does(code):
    j = JURISDICTIONS[code]
    calendar = WorkingCalendar(code)
    known = calendar.days(date(2015, 1, 1), date(min(j.known_through, 2030), 12, 31))
    assert [s.day for s in known if s.estimated] == []
    if code in {"KG", "KZ", "TJ", "UZ"}:
        after = calendar.days(date(j.known_through + 1, 1, 1), date(j.known_through + 1, 12, 31))
        assert [s.name for s in after if s.estimated] != []


def test_russian_transfers_are_published_to_2027_only():
    calendar = WorkingCalendar("RU")
    moved = {
        year: sum(
            s.kind is DayKind.MOVED for s in calendar.days(date(year, 1, 1), date(year, 12, 31))
        )
        for year in (2027, 2028)
    }
    assert moved == {2027: 3, 2028: 0}


def test_an_unknown_calendar_is_an_error_that_names_the_known_ones():
    with pytest.raises(UnknownCalendarError) as raised:
        WorkingCalendar("XX")
    assert (
        str(raised.value) == "There is no calendar “XX”; the known ones are BE, KG, KZ, RU, TJ, UZ."
    )


def test_without_a_country_only_weekends_are_off():
    calendar = WorkingCalendar("")
    week = [calendar.status(date(2026, 1, 1) + timedelta(days=n)).working for n in range(7)]
    assert week == [True, True, False, False, True, True, True]
