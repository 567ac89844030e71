"""Mail through the province's own server, by Django's settings."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from tinh.channels.models import Outgoing


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a message did not go. `final`: trying again would not help."""

    said: str
    final: bool


def configured() -> bool:
    """Whether the province has named a mail server."""
    return bool(settings.EMAIL_HOST)


class Mailer:
    """One conversation with the mail server, for as many messages as wait."""

    def __init__(self) -> None:
        self._connection = get_connection(fail_silently=False)

    def __enter__(self) -> Mailer:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, one: Outgoing) -> Fault | None:
        """Hand a message over; None once the server has taken it.

        The Message-ID is the notice's own: a message sent again because its answer was lost on the
        way is the same message to whoever receives it.
        """
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        message = EmailMessage(
            subject=one.subject,
            body=one.body,
            to=[formataddr((one.name, one.address)) if one.name else one.address],
            connection=self._connection,
            headers={
                "Message-ID": f"<notice-{one.pk}@{domain}>",
                "Content-Language": one.language,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            return Fault(f"{code} {_text(said)}", final=500 <= code < 600)
        except smtplib.SMTPAuthenticationError as refused:
            self._connection.close()
            return Fault(f"{refused.smtp_code} {_text(refused.smtp_error)}", final=False)
        except smtplib.SMTPResponseException as refused:
            self._connection.close()
            return Fault(f"{refused.smtp_code} {_text(refused.smtp_error)}", 500 <= refused.smtp_code < 600)
        except (smtplib.SMTPException, OSError) as broken:
            self._connection.close()
            return Fault(f"{type(broken).__name__}: {broken}"[:500], final=False)
        except ValueError as unfit:  # a header that cannot be written
            return Fault(str(unfit)[:500], final=True)
        return None


def _text(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:400]
