"""How a reminder gets out, one file a step; a row is the queue from the first step to the last.

`sweep` runs them all: `plan` writes the rows (`schedule`: when; `recipients`: who), `digest`
puts a person's rows into one mail, `send` hands mails to the mail server (`recheck`: may it still
go; `wording`: the words; `message`: as they go over the wire; `smtp`: the wire; `outbox`: the
states of a mail; `handover`: the step after which it may have been delivered).
What people do: `mute`, `mail_actions`, `restore`.
"""
