"""What can go wrong with a source, each with a sentence for the person who imports.

Every message says what happened, why, and what to do. No message carries a token, a
secret, a query string or anything else about a person.
"""

from __future__ import annotations


class Ss12000Error(Exception):
    """Base of all faults of an SS 12000 source.

    `status` is the HTTP status when there was one, `again` whether another try may help,
    `wait` the seconds that the server asked for.
    """

    def __init__(
        self, message: str, *, status: int | None = None, again: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.again = again
        self.wait = wait


class BadSettings(Ss12000Error):
    """The settings cannot be used, whatever the server says."""


class ConnectionFailed(Ss12000Error):
    """No answer could be had: name, network or certificate."""


class TimedOut(Ss12000Error):
    """The server did not answer in time."""


class CredentialsRefused(Ss12000Error):
    """The server or the token service does not accept the credentials."""


class Forbidden(Ss12000Error):
    """The credentials are right but do not open this resource."""


class NotOffered(Ss12000Error):
    """The source has no such resource (404, 405, 410 or 501)."""


class RequestRefused(Ss12000Error):
    """The server does not accept the parameters of the request (400 or 422)."""


class TooBusy(Ss12000Error):
    """The server is asked too often (429) or is overloaded (503), also after waiting."""


class ServerFailed(Ss12000Error):
    """The server answers with a fault of its own, also after several tries."""


class RedirectRefused(Ss12000Error):
    """The server points to another host, which would get the credentials."""


class BadAnswer(Ss12000Error):
    """The answer cannot be read: base of the ways in which that happens."""


class NotJson(BadAnswer):
    """A page for people (HTML), another encoding, or something else that is not JSON."""


class Truncated(BadAnswer):
    """The answer is empty or ends in the middle."""


class TooBig(BadAnswer):
    """The answer is larger than the limit that protects the memory."""


class UnexpectedShape(BadAnswer):
    """JSON, but not a list of rows nor an object with one."""


class EndlessPages(BadAnswer):
    """The server repeats pages for ever."""
