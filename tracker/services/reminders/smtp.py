"""Speaking SMTP by `smtplib`, with the one moment visible that decides: before DATA nothing was
delivered.

Django's own mail backend sends a message as one step, so that a failure in the middle could not
be told from one at the beginning.
"""

import re
import smtplib
import ssl
from types import TracebackType
from typing import Self

from django.conf import settings

from tracker.services.reminders.message import own_host, wire_address

PERMANENT = 500  # reply codes from here on are refusals for good
GO_AHEAD = 354  # the server waits for the message
CLOSING = 421  # the server ends the connection, whatever was asked


class MailError(Exception):
    """Something went wrong with a mail; `reply` is what the server said, if anything."""

    def __init__(self, reply: str = "") -> None:
        super().__init__(reply)
        self.reply = reply


class ServerAway(MailError):
    """No connection, no sign-in, or the sender refused: no fault of the mail. Not delivered."""


class Postponed(MailError):
    """Refused for now. Not delivered."""


class Rejected(MailError):
    """Refused for good. Not delivered."""


class NoAnswer(MailError):
    """The line broke after DATA had begun: delivered or not, nobody knows."""


class MailServer:
    """One connection, opened when first needed and used for many mails."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp is not None and kind is None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None
        self.drop()  # in the middle of a message a farewell would be part of it

    @property
    def connected(self) -> bool:
        return self._smtp is not None

    def begin(self, recipient: str) -> None:
        """MAIL and RCPT. Raises ServerAway, Postponed or Rejected; nothing was delivered."""
        try:
            self._smtp = self._smtp or connect()
            code, reply = self._smtp.mail(settings.DEFAULT_FROM_EMAIL)
            sender_accepted = code == 250
            if sender_accepted:
                code, reply = self._smtp.rcpt(wire_address(recipient))
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise ServerAway(type(error).__name__) from error
        if not sender_accepted:
            # The installation's own address is refused: true of every mail alike.
            raise ServerAway(self._reset(code, reply))
        if code not in (250, 251):
            raise refusal(code, self._reset(code, reply))

    def send_data(self, content: bytes) -> str:
        """DATA and the message, after `begin`. From its last dot on it may be delivered.

        Returns the server's words of acceptance. Raises Postponed, Rejected, ServerAway (not
        delivered) or NoAnswer.
        """
        if self._smtp is None:
            raise ServerAway("not connected")
        try:
            code, reply = self._smtp.docmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            # Nothing of the message was sent, so that nothing can have been delivered.
            self.drop()
            raise ServerAway(type(error).__name__) from error
        if code != GO_AHEAD:
            raise refusal(code, self._reset(code, reply))
        try:
            # `smtplib.data` does both steps at once, and so cannot tell them apart.
            self._smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            code, reply = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NoAnswer(type(error).__name__) from error
        words = in_words(code, reply)
        if 200 <= code < 300:
            return words
        if not 400 <= code < 600:
            # No answer that the protocol knows: what it means for the message, nobody can tell.
            self.drop()
            raise NoAnswer(words)
        if code == CLOSING:
            self.drop()
        raise refusal(code, words)

    def drop(self) -> None:
        """Break the line: what was begun and not delivered is forgotten by the server."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _reset(self, code: int, reply: bytes) -> str:
        """Take back what was begun, so that the line can be used for the next mail.

        Only where the server follows: answers that are out of step would be taken for others.
        """
        try:
            in_step = (
                self._smtp is not None
                and 400 <= code < 600
                and code != CLOSING
                and self._smtp.rset()[0] == 250
            )
        except (smtplib.SMTPException, OSError):
            in_step = False
        if not in_step:
            self.drop()
        return in_words(code, reply)


def refusal(code: int, words: str) -> Rejected | Postponed:
    return Rejected(words) if code >= PERMANENT else Postponed(words)


def in_words(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode(errors='replace')}"


def connect() -> smtplib.SMTP:
    """A greeted, encrypted and signed-in connection, as far as the settings ask for it."""
    name, timeout = own_host(), settings.EMAIL_TIMEOUT
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    smtp: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        smtp = smtplib.SMTP_SSL(
            host,
            port,
            local_hostname=name,
            timeout=timeout,
            context=ssl.create_default_context(),
        )
    else:
        smtp = smtplib.SMTP(host, port, local_hostname=name, timeout=timeout)
    try:
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except (smtplib.SMTPException, OSError):
        smtp.close()
        raise
    return smtp
