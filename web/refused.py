"""A request that is refused."""


class Refused(Exception):
    """The request is refused; `reason` is for the log, `sentence` for the reader."""

    def __init__(self, status: int, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.reason, self.sentence = status, reason, sentence
