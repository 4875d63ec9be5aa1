"""The database and its documents in one encrypted file, and back; from either database to either.

`tables.py`: which tables, and each value in a form that no database owns.
`archive.py`: the file itself: encryption to a key kept elsewhere, and the proof that it is whole.
`make.py`: write one while people work. `restore.py`: put one back, whole or not at all.
`switches.py`: what the database does by itself, put off while rows are put back as they were.

Why so: `docs/decisions/0023-a-backup-is-rows.md`.
"""
