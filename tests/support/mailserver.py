"""A mail server of the tests' own: speaks SMTP on a socket, keeps what it is given, and misbehaves as told."""

import contextlib
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """What arrived, and how each recipient's letter is answered: ok, later, never, break (the line, after the letter)."""

    port: int = 0
    behaviour: dict[str, str] = field(default_factory=dict)
    accepts_login: bool = False
    said: list[str] = field(default_factory=list)
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    lines: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=arena@example.org"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.arrived if recipient == address]


class _Handler(socketserver.StreamRequestHandler):
    kept: MailServer

    def handle(self) -> None:
        self.kept.lines += 1
        self._say("220 test")
        recipient = ""
        while line := self.rfile.readline():
            said = line.decode().rstrip()
            self.kept.said.append(said)
            verb = said[:4].upper()
            if verb == "EHLO":
                self._say("250-test\r\n250 AUTH PLAIN" if self.kept.accepts_login else "250 test")
            elif verb == "AUTH":
                self._say("235 in")
            elif verb == "RCPT":
                recipient = said.partition("<")[2].partition(">")[0]
                wanted = self.kept.behaviour.get(recipient, "ok")
                self._say({"later": "451 wait", "never": "550 nobody here"}.get(wanted, "250 ok"))
            elif verb == "DATA":
                self._say("354 go on")
                content = self._content()
                if self.kept.behaviour.get(recipient) == "break":
                    return
                message = email.message_from_bytes(content, policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self.kept.arrived.append((recipient, message))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """Start a server on a free port."""
    kept = MailServer()
    handler = type("Handler", (_Handler,), {"kept": kept})
    with _Server(("127.0.0.1", 0), handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
