"""Commands that answer bad input with a sentence."""

import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.models import Unreadable


class SentenceCommand(BaseCommand):
    """Prints a CommandError as its sentence alone; Django would put the name of the class first.

    Arguments it does not know get a sentence too, in place of a usage text.
    """

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def refuse(message: str) -> NoReturn:
            sentence = f"{message[:1].upper()}{message[1:]}; see “manage.py {subcommand} --help”."
            if not self._called_from_command_line:
                raise CommandError(sentence, returncode=2)
            self.stderr.write(sentence)
            sys.exit(2)

        # Django makes the parser itself, and leaves no other way to say it otherwise.
        parser.error = refuse  # type: ignore[method-assign]
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return self._execute(*args, **options)
        except CommandError as error:
            if not self._called_from_command_line or options["traceback"]:
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)

    def _execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Unreadable as error:
            raise CommandError(str(error), returncode=1) from error
