"""Dates written in Kyrgyz, the year before the day; what may be typed stays as Django has it."""

DATE_FORMAT = SHORT_DATE_FORMAT = r"Y-\ж. j-b"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = r"Y-\ж. j-b, H:i"
MONTH_DAY_FORMAT = "j-b"
YEAR_MONTH_FORMAT = r"Y-\ж. F"
