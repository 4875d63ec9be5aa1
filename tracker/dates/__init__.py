"""Pure date arithmetic: calendars, periods, readings. No database, no clock, no I/O."""
