"""Why an upload is refused: a status and a sentence for the sender."""


class NotTaken(Exception):
    """What was sent cannot be taken; the message is a sentence, `status` the answer's.

    `retry_after` is in how many seconds to ask again, 0 where that is of no use.
    """

    retry_after = 0

    def __init__(self, status: int, sentence: str, retry_after: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after or self.retry_after


def too_large(most: int) -> str:
    """The sentence for more bytes than are taken."""
    return (
        f"At most {most // 1_000_000:,} MB can be sent at once: zip the files, split them, or use "
        "`marketing-dashboard import`."
    )


def no_room() -> NotTaken:
    """The disk is full."""
    return NotTaken(507, "The server has no room for the file: nothing was kept of it.")


def upload_gone() -> NotTaken:
    """The upload was forgotten, or never was."""
    return NotTaken(
        410,
        "These files are here no longer: they are kept for an hour, and only the last few imports of a person. "
        "Send them again.",
    )


def busy(what: str, retry_after: int) -> NotTaken:
    """Others come first."""
    when = "a minute" if retry_after >= 60 else "a few seconds"
    return NotTaken(503, f"{what}: try again in {when}.", retry_after)


def cut(name: str, size: int, length: int | None) -> NotTaken:
    """Less arrived of a file than was sent."""
    of = f" of {length:,}" if length is not None else ""
    return NotTaken(400, f"Only {size:,}{of} bytes of “{name}” arrived. Nothing of it was kept: send it again.")


def content_changed(name: str) -> NotTaken:
    """Something else arrived than was sent."""
    return NotTaken(400, f"“{name}” arrived changed (its SHA-256 differs). Nothing of it was kept: send it again.")


def too_slow(name: str) -> NotTaken:
    """The sender of a file holds up others."""
    return NotTaken(
        408,
        f"The connection is too slow for “{name}”. Nothing of it was kept: send it again, zipped, or from a faster "
        "connection.",
    )


def too_slow_for_others(name: str) -> NotTaken:
    """The sender of a file was too slow while others waited."""
    return NotTaken(
        408,
        f"Others wait to send files, and the connection is too slow for “{name}” meanwhile. Nothing of it was kept: "
        "send it again later, zipped, or from a faster connection.",
    )
