from datetime import date

import pytest

from tracker.services.calendar_files import FileDay, read_holidays
from tracker.services.refusals import Refused


def ics(*events):
    body = "\r\n".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT" for event in events)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN"
    return f"{head}\r\n{body}\r\nEND:VCALENDAR\r\n".encode()


FEAST = "UID:1\r\nDTSTART;VALUE=DATE:20270309\r\nDTEND;VALUE=DATE:20270310\r\nSUMMARY:Orozo Ait"


def test_whole_days_are_read_in_order_and_once():
    read = read_holidays(
        ics(
            "UID:2\r\nDTSTART;VALUE=DATE:20270501\r\nDTEND;VALUE=DATE:20270504\r\n"
            "SUMMARY:May\r\n  days",
            FEAST,
            FEAST,
        )
    )
    assert read.days == (
        FileDay(date(2027, 3, 9), "Orozo Ait"),
        FileDay(date(2027, 5, 1), "May days"),
        FileDay(date(2027, 5, 2), "May days"),
        FileDay(date(2027, 5, 3), "May days"),
    )
    assert read.left_out == 0


def test_an_event_without_an_end_lasts_one_day():
    read = read_holidays(ics("UID:1\r\nDTSTART;VALUE=DATE:20270831\r\nSUMMARY:Independence"))
    assert read.days == (FileDay(date(2027, 8, 31), "Independence"),)


def test_an_event_that_ends_on_its_own_day_lasts_it():
    same = "UID:1\r\nDTSTART;VALUE=DATE:20270309\r\nDTEND;VALUE=DATE:20270309\r\nSUMMARY:Ait"
    read = read_holidays(ics(same))
    assert (read.days, read.left_out) == ((FileDay(date(2027, 3, 9), "Ait"),), 0)
    longer = same.replace("DTEND;VALUE=DATE:20270309", "DTEND;VALUE=DATE:20270310")
    assert read_holidays(ics(longer)).days == read.days


def test_a_duration_says_how_long_it_lasts():
    read = read_holidays(ics("UID:1\r\nDTSTART;VALUE=DATE:20270101\r\nDURATION:P3D\r\nSUMMARY:a"))
    assert [day.day for day in read.days] == [date(2027, 1, n) for n in (1, 2, 3)]


def test_of_several_names_the_first_is_kept():
    read = read_holidays(ics("UID:1\r\nDTSTART;VALUE=DATE:20270101\r\nSUMMARY:a\r\nSUMMARY:b"))
    assert read.days == (FileDay(date(2027, 1, 1), "a"),)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20270105\r\nSTATUS:CANCELLED\r\nSUMMARY:Called off",
        "DTSTART;VALUE=DATE:20270105\r\nRDATE;VALUE=DATE:20270106,20270107",
        "DTSTART;VALUE=DATE:20270105\r\nDURATION:PT5H",
        "DTSTART;VALUE=DATE:20270105\r\nDURATION:nonsense",
        "DTSTART;VALUE=DATE:20270105\r\nDTSTART;VALUE=DATE:20270106",
        "DTSTART;VALUE=DATE:99991231",
        "DTSTART;VALUE=DATE:99991231\r\nDTEND;VALUE=DATE:99991231",
        "DTSTART:20270105T090000Z\r\nDTEND:20270105T090000Z",
    ],
)
def test_what_is_no_day_off_is_left_out(event):
    read = read_holidays(ics(FEAST, f"UID:9\r\n{event}"))
    assert (len(read.days), read.left_out) == (1, 1)


def test_times_repeats_and_nonsense_are_left_out_and_counted():
    read = read_holidays(
        ics(
            FEAST,
            "UID:3\r\nDTSTART:20270309T090000Z\r\nSUMMARY:Meeting",
            "UID:4\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New Year",
            "UID:5\r\nSUMMARY:No date",
            "UID:6\r\nDTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20280101\r\nSUMMARY:A year",
            "UID:7\r\nDTSTART;VALUE=DATE:20270105\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Back",
            "UID:8\r\nDTSTART;VALUE=DATE:20279999\r\nSUMMARY:No such day",
        )
    )
    assert read.days == (FileDay(date(2027, 3, 9), "Orozo Ait"),)
    assert read.left_out == 6


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This is not a calendar file."),
        (b"<html>not found</html>", "This is not a calendar file."),
        (b"\x00\xff\xfe" * 50, "This is not a calendar file."),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "This is not a calendar file."),
        (ics("TZID=A:1\r\nDTSTART;VALUE=;TZID=A,/BDATE:20270101"), "This is not a calendar file."),
        (ics("UID:5\r\nSUMMARY:No date"), "No whole-day entry was found"),
        (b"x" * 1_000_001, "This file is larger than 1 MB."),
        (ics(*[FEAST] * 2001), "This file holds thousands of entries"),
    ],
)
def test_what_is_no_calendar_is_refused_with_what_to_do(data, sentence):
    with pytest.raises(Refused, match=f"^{sentence}"):
        read_holidays(data)
