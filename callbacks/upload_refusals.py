"""Why an upload is not taken: a status and a sentence for whoever sends it."""


class NotTaken(Exception):
    """What was sent cannot be taken; the message is a sentence, `status` the answer's.

    `again` is after how many seconds the same may be sent again, 0 where waiting does not help.
    """

    def __init__(self, status: int, sentence: str, again: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.again = status, again


def too_large(most: int) -> str:
    """The sentence for more bytes than are taken."""
    return (
        f"At most {most // 1_000_000:,} MB can be sent at once: zip the files, split them, or use "
        "`marketing-dashboard import`."
    )


def no_room() -> NotTaken:
    """The disk is full."""
    return NotTaken(507, "The server has no room for the file: nothing was kept of it.")


def gone() -> NotTaken:
    """The upload was forgotten, or never was."""
    return NotTaken(
        410,
        "These files are here no longer: they are kept for an hour, and only the last few imports of a person. "
        "Send them again.",
    )


def busy(what: str, again: int) -> NotTaken:
    """Others come first."""
    return NotTaken(503, f"{what}: try again in {'a minute' if again >= 60 else 'a few seconds'}.", again)


def cut(size: int, length: int | None) -> NotTaken:
    """Less arrived than was sent."""
    of = f" of {length:,}" if length is not None else ""
    return NotTaken(400, f"Only {size:,}{of} bytes of the file arrived. Nothing of it was kept: send it again.")


def changed() -> NotTaken:
    """Something else arrived than was sent."""
    return NotTaken(400, "The file arrived changed (its SHA-256 differs). Nothing of it was kept: send it again.")


def too_slow(size: int) -> NotTaken:
    """The sender holds up others."""
    return NotTaken(
        408,
        f"The connection is too slow: only {size:,} bytes of the file arrived in the time there is. Nothing of it was "
        "kept: send it again, zipped, or from a faster connection.",
    )
