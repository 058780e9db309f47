"""A real SMTP server for tests, which keeps what it takes and refuses as told."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar

from tests.server import free_port


class MailServer:
    """``refusals`` holds the answer to each recipient that is not taken."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusals: dict[str, str] = {}
        self.port = free_port()

    def to(self, email: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if email in mail["To"]]

    async def handle_RCPT(
        self,
        _smtp: SMTP,
        _session: Session,
        envelope: Envelope,
        to: str,
        _options: object,
    ) -> str:
        if to in self.refusals:
            return self.refusals[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(
        self, _smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def calendar_of(mail: EmailMessage) -> Calendar:
    """The calendar that mail programs read, from among the alternatives."""
    [part] = [
        part for part in mail.walk() if part.get_content_type() == "text/calendar"
    ]
    calendar = Calendar.from_ical(part.get_content())
    assert isinstance(calendar, Calendar)
    assert part.get_param("method") == calendar["method"]
    return calendar
