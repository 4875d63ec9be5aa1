"""Speaking SMTP, with the one moment visible that decides: before DATA nothing was delivered.

Django's own mail backend sends a message as one step, so that a failure in the middle could not
be told from one at the beginning.
"""

import base64
import datetime
import re
import smtplib
import ssl
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from types import TracebackType
from urllib.parse import urlsplit

from django.conf import settings

from tracker.models import Mail

PERMANENT = 500  # reply codes from here on are refusals for good
GO_AHEAD = 354  # the server waits for the message
CLOSING = 421  # the server ends the connection, whatever was asked
Answer = tuple[int, bytes]
LONGEST_LINE = 900  # the limit of the wire is 998
PLAIN_ADDRESS = re.compile(r"[!-~]+@[!-~]+")


class MailError(Exception):
    """Something went wrong with a mail; `reply` is what the server said, if anything."""

    def __init__(self, reply: str = "") -> None:
        super().__init__(reply)
        self.reply = reply


class NotSendable(ValueError):
    """No server would take this: what stands for an address is none, or a header is broken."""


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
        self._unheard = False  # MAIL and RCPT were sent, their answers not read yet

    def __enter__(self) -> "MailServer":
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

    def offer(self, address: str) -> None:
        """MAIL, RCPT and DATA, without waiting for the last answer; with a server that takes
        commands in groups (RFC 2920), for none.

        Until the message itself nothing can be delivered, so what must be noted before is noted
        while the server thinks. Raises ServerAway, Postponed or Refused; nothing was delivered.
        """
        smtp = self._connected()
        sender = f"MAIL FROM:{smtplib.quoteaddr(settings.DEFAULT_FROM_EMAIL)}"
        recipient = f"RCPT TO:{smtplib.quoteaddr(wire_address(address))}"
        self._unheard = smtp.has_extn("pipelining")
        try:
            if self._unheard:
                smtp.send(f"{sender}\r\n{recipient}\r\nDATA\r\n")
                return
            self._judge(smtp.docmd(sender), smtp.docmd(recipient))
            smtp.putcmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise ServerAway(type(error).__name__) from error

    def hand_in(self, content: bytes) -> None:
        """The message, after it was offered. From its end on it may be delivered.

        Raises Postponed, Refused, ServerAway (not delivered) or NoAnswer.
        """
        smtp = self._line()
        try:
            answers = (smtp.getreply(), smtp.getreply()) if self._unheard else None
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            # Nothing of the message was sent, so that nothing can have been delivered.
            self.drop()
            raise ServerAway(type(error).__name__) from error
        if answers:
            self._judge(*answers, go_ahead=code == GO_AHEAD)
        if code != GO_AHEAD:
            text = self._abandon(code, reply)
            raise Refused(text) if code >= PERMANENT else Postponed(text)
        try:
            smtp.send(content)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NoAnswer(type(error).__name__) from error

    def answer(self) -> str:
        """The server's words of acceptance. Raises Postponed, Refused or NoAnswer."""
        try:
            code, reply = self._line().getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NoAnswer(type(error).__name__) from error
        text = f"{code} {reply.decode(errors='replace')}"
        if 200 <= code < 300:
            return text
        if not 400 <= code < 600:
            # No answer that the protocol knows: what it means for the message, nobody can tell.
            self.drop()
            raise NoAnswer(text)
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

    def _line(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise ServerAway("not connected")
        return self._smtp

    def _judge(self, sender: Answer, recipient: Answer, *, go_ahead: bool = False) -> None:
        """Raise what the answers to MAIL and RCPT amount to, if that is a refusal."""
        refused_sender = sender[0] != 250
        if not refused_sender and recipient[0] in (250, 251):
            return
        code, reply = sender if refused_sender else recipient
        if go_ahead:
            # It waits for a message to nobody: only breaking the line ends that.
            self.drop()
        text = self._abandon(code, reply)
        if refused_sender:
            # The installation's own address is refused: true of every mail alike.
            raise ServerAway(text)
        raise Refused(text) if code >= PERMANENT else Postponed(text)

    def _abandon(self, code: int, reply: bytes) -> str:
        """Take back what was offered, so that the line can be used for the next mail.

        Only where the server follows: answers that are out of step would be taken for others.
        """
        try:
            in_step = 400 <= code < 600 and code != CLOSING and self._line().rset()[0] == 250
        except (ServerAway, smtplib.SMTPException, OSError):
            in_step = False
        if not in_step:
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


def wire_address(address: str) -> str:
    """An address as it goes over the wire. Raises NotSendable."""
    mailbox, at, domain = address.rpartition("@")
    try:
        plain = f"{mailbox}{at}{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise NotSendable("no address") from error
    if not PLAIN_ADDRESS.fullmatch(plain):
        raise NotSendable("no address")
    return plain


def message_bytes(mail: Mail, *, at: datetime.datetime) -> bytes:
    """The message as it goes over the wire, ended and with its dots doubled.

    Put together by hand, because the library's way takes longer than all the rest of a mail.
    Raises NotSendable where the address is none, or a subject holds a line break.
    """
    boundary = f"=_{mail.message_id.strip('<>').partition('@')[0]}"
    headers = {
        "From": sender(settings.DEFAULT_FROM_EMAIL),
        "To": wire_address(mail.to_address),
        "Subject": header(mail.subject),
        "Date": format_datetime(at),
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"Tracker <reminders.{own_host()}>",
        "List-Unsubscribe": f"<{settings.BASE_URL}/accounts/me/>",
        "X-Tracker-Mail": str(mail.pk),
        "Content-Language": mail.language,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if lines.count("\n") - lines.count("\n ") != len(headers):
        raise NotSendable("a line break in a header")
    parts = part("plain", mail.body_text), part("html", mail.body_html)
    bodies = b"".join(b"\r\n--%s\r\n%s" % (boundary.encode(), body) for body in parts)
    content = b"%s%s\r\n--%s--\r\n" % (lines.encode(), bodies, boundary.encode())
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


def header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="\r\n")


@lru_cache(maxsize=8)
def sender(configured: str) -> str:
    """“Tracker <tracker@example.org>”, the name encoded where it must be."""
    name, address = parseaddr(configured)
    return formataddr((name, address))


def part(subtype: str, text: str) -> bytes:
    """Readable as it is where it is plain ASCII in short lines, else in base64."""
    lines = text.replace("\r\n", "\n").split("\n")
    if text.isascii() and all(len(line) < LONGEST_LINE for line in lines):
        encoding, body = "7bit", "\r\n".join(lines).encode()
    else:
        encoding, body = "base64", b2a_lines("\n".join(lines).encode())
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + body


def b2a_lines(content: bytes) -> bytes:
    return base64.encodebytes(content).rstrip(b"\n").replace(b"\n", b"\r\n")
