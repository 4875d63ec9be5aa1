"""The reminders while everything around them is killed.

`make test` runs a small form; `make chaos` (CHAOS=full) the one of the README's table.
"""
