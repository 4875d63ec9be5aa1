"""The life of a deadline, one file a step; each step is a DeadlineChange with who, when and why.

`start`: by law for an addressee, or set by hand; `change`: extended, paused, resumed, its first
day corrected (pages ask `correct_first_day` in `services/addressees.py` for that, which lets the
addressee know the day too), moved; `end`: closed, cancelled, reopened; `assign`: who answers for
it; `forward`: the appeal went to another body; `addressee`: kept in line with an addressee's days;
`recompute`: all of them after a rule or the calendar was edited.
Beneath them: `compute` (from the tables to `tracker.dates`), `rulebook` (every rule and calendar
in memory), `lock`, `checks`, `history` (what is written down).
"""
