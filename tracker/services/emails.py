"""Speaking SMTP, with the one moment visible that decides: before DATA nothing was delivered.

Django's own mail backend sends a message as one step, so that a failure in the middle could not
be told from one at the beginning.
"""

import datetime
import email.message
import email.policy
import re
import smtplib
import ssl
from email.utils import format_datetime
from types import TracebackType
from urllib.parse import urlsplit

from django.conf import settings

from tracker.models import Mail

PERMANENT = 500  # reply codes from here on are refusals for good
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


class Refused(MailError):
    """Refused for good. Not delivered."""


class NoAnswer(MailError):
    """The line broke after DATA had begun: delivered or not, nobody knows."""


class MailServer:
    """One connection, opened when first needed and used for many mails."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None

    def offer(self, address: str) -> None:
        """MAIL and RCPT. Raises ServerAway, Postponed or Refused; nothing was delivered."""
        smtp = self._connected()
        try:
            code, reply = smtp.mail(settings.DEFAULT_FROM_EMAIL)
            if code != 250:
                # The installation's own address is refused: true of every mail alike.
                raise ServerAway(self._abandon(code, reply))
            code, reply = smtp.rcpt(address)
            if code not in (250, 251):
                text = self._abandon(code, reply)
                raise Refused(text) if code >= PERMANENT else Postponed(text)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise ServerAway(type(error).__name__) from error

    def deliver(self, content: bytes) -> str:
        """DATA and the message. Returns the server's words of acceptance.

        Raises Postponed, Refused, ServerAway (not delivered) or NoAnswer.
        """
        smtp = self._smtp
        if smtp is None:
            raise ServerAway("not connected")
        try:
            code, reply = smtp.docmd("data")
        except (smtplib.SMTPException, OSError) as error:
            # Nothing of the message was sent, so that nothing can have been delivered.
            self.drop()
            raise ServerAway(type(error).__name__) from error
        if code != 354:
            text = self._abandon(code, reply)
            raise Refused(text) if code >= PERMANENT else Postponed(text)
        try:
            smtp.send(content)
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NoAnswer(type(error).__name__) from error
        text = f"{code} {reply.decode(errors='replace')}"
        if code == 250:
            return text
        if code == CLOSING:
            self.drop()
        raise Refused(text) if code >= PERMANENT else Postponed(text)

    def drop(self) -> None:
        """Break the line: what was offered and not delivered is forgotten by the server."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = connect()
            except (smtplib.SMTPException, OSError) as error:
                raise ServerAway(type(error).__name__) from error
        return self._smtp

    def _abandon(self, code: int, reply: bytes) -> str:
        """Take back what was offered, so that the line can be used for the next mail."""
        smtp = self._smtp
        if smtp is not None and code != CLOSING:
            try:
                smtp.rset()
            except (smtplib.SMTPException, OSError):
                self.drop()
        else:
            self.drop()
        return f"{code} {reply.decode(errors='replace')}"


def connect() -> smtplib.SMTP:
    """A greeted, encrypted and signed-in connection, as far as the settings ask for it."""
    # The machine's own name is nobody's business.
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


def own_host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def message_bytes(mail: Mail, *, at: datetime.datetime) -> bytes:
    """The message as it goes over the wire, ended and with its dots doubled.

    Raises ValueError where an address or a subject holds a line break.
    """
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"Tracker <reminders.{own_host()}>"
    message["List-Unsubscribe"] = f"<{settings.BASE_URL}/accounts/me/>"
    message["X-Tracker-Mail"] = str(mail.pk)
    message["Content-Language"] = mail.language
    message.set_content(mail.body_text)
    message.add_alternative(mail.body_html, subtype="html")
    return re.sub(rb"(?m)^\.", b"..", message.as_bytes()) + b".\r\n"
