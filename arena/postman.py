"""The seam to SMTP: hands letters to a mail server and says for certain, wherever that is possible, whether it took them."""

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from arena.letters import Letter

TIMEOUT = 20.0


class Unreachable(Exception):
    """No letter has been handed over: the server does not answer, or does not let us in."""


class Refused(Exception):
    """The server has not taken this letter, and says whether asking again may help."""

    def __init__(self, code: str, *, for_good: bool) -> None:
        super().__init__(code)
        self.code = code
        self.for_good = for_good


class Unsure(Exception):
    """The line broke while the letter was on it: nobody can tell whether the server has it."""


class Postman:
    """Knows the mail server of ARENA_MAIL_URL: smtp://user:password@host:port?from=address, or smtps://."""

    def __init__(self, mail_url: str, base_url: str) -> None:
        parts = urlsplit(mail_url)
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._encrypted else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        site = urlsplit(base_url).hostname or "localhost"
        given = parse_qs(parts.query).get("from", [""])[0]
        self.sender = given or (self._user if "@" in self._user else f"arena@{site}")
        self._site = site

    @contextmanager
    def line(self) -> Iterator["Line"]:
        """Open a connection for any number of letters."""
        try:
            smtp = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error
        try:
            yield Line(smtp, self.sender, self._site)
        finally:
            _hang_up(smtp)

    def _connect(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP
        if self._encrypted:
            smtp = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=ssl.create_default_context())
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        try:
            self._enter(smtp)
        except BaseException:
            _hang_up(smtp)
            raise
        return smtp

    def _enter(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        encrypted = self._encrypted
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
            encrypted = True
        if not self._user:
            return
        if not encrypted and not _on_this_machine(self._host):
            raise Unreachable("the server offers no encryption, so the password is not sent")
        smtp.login(self._user, self._password)


class Line:
    """An open connection to the mail server."""

    def __init__(self, smtp: smtplib.SMTP, sender: str, site: str) -> None:
        self._smtp = smtp
        self._sender = sender
        self._site = site

    def send(self, letter: Letter) -> None:
        """Hand one letter over; return once the server has taken it."""
        address = _ascii(letter.address)
        written = self._written(letter, address).as_bytes(policy=SMTP_POLICY)
        try:
            _expect(self._smtp.mail(self._sender), "sender_refused", always_passing=True)
            _expect(self._smtp.rcpt(address), "recipient_refused")
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error
        try:
            _expect(self._smtp.data(written), "letter_refused")
        except smtplib.SMTPDataError as error:
            raise Refused("letter_refused", for_good=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(type(error).__name__) from error

    def recover(self) -> None:
        """Begin anew after a refusal."""
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error

    def _written(self, letter: Letter, address: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = f"Arena <{self._sender}>"
        message["To"] = address
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.at)
        # The same letter has the same id for ever, so that a mail system that gets it twice can tell.
        message["Message-ID"] = f"<{letter.ident}@{self._site}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = letter.language
        message.set_content(letter.text)
        return message


def _expect(answer: tuple[int, bytes], code: str, *, always_passing: bool = False) -> None:
    status = answer[0]
    if not 200 <= status < 300:
        raise Refused(code, for_good=status >= 500 and not always_passing)


def _ascii(address: str) -> str:
    name, _, domain = address.rpartition("@")
    try:
        written = f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise Refused("address", for_good=True) from None
    if not written.isascii():
        raise Refused("address", for_good=True)
    return written


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hang_up(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()
