"""The exception family, and the one table from exception to HTTP status.

A message is Chinese and is its own id in the translation catalog; its facts fill the
placeholders. It says what was wrong, where, and what to do.
"""


class GridmapError(Exception):
    """Base of everything that gridmap refuses; ``facts`` fill the message's placeholders."""

    code = "error"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message.format(**facts) if facts else message)
        self.message = message
        self.facts = facts


class InvalidInput(GridmapError):
    """What was sent cannot be understood or breaks a rule; nothing was changed."""

    code = "invalid_input"


class NotFound(GridmapError):
    """No such thing, or none that this viewer may see."""

    code = "not_found"


class NotAllowed(GridmapError):
    """The viewer has no right to this."""

    code = "not_allowed"


class SignInNeeded(GridmapError):
    """Only a known viewer may ask this."""

    code = "sign_in_needed"


class TooOften(GridmapError):
    """Tried more often than is allowed; the fact ``minutes`` says when to try again."""

    code = "too_often"


class Conflict(GridmapError):
    """The same id came with other content, or somebody else was faster."""

    code = "conflict"


class FileRefused(InvalidInput):
    """A file that cannot be read as what it was said to be; nothing was changed."""

    code = "file_refused"


class SetupFailed(GridmapError):
    """The machine, the cluster or the database is not as gridmap needs it."""

    code = "setup_failed"


class Busy(GridmapError):
    """There are too many at once; the fact ``seconds`` says when to try again."""

    code = "busy"


class Unsafe(SetupFailed):
    """Something in the database could show a row to someone who may not see it."""

    code = "unsafe"


HTTP_STATUS: dict[type[GridmapError], int] = {
    InvalidInput: 422,
    FileRefused: 422,
    NotFound: 404,
    NotAllowed: 403,
    SignInNeeded: 401,
    Conflict: 409,
    TooOften: 429,
    SetupFailed: 503,
    Busy: 503,
    Unsafe: 503,
    GridmapError: 500,
}


def http_status(error: GridmapError) -> int:
    """The status for an error: that of its nearest ancestor in the table."""
    return next(HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS)
