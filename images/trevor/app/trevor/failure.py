"""Errors the operator can act on. A Job shows the exit code next to the last words, so each stands for one thing to do."""

import os

UNEXPECTED = 1  # a migration or a job failed
INPUT = 2  # wrong arguments or environment
CREDENTIALS = 3  # the database or Redis refused a credential
REVISIONS = 4  # the revisions do not form one line
UNREACHABLE = 5  # the database or Redis did not answer in time


class Failure(Exception):
    """The text to print and the exit code to end with."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code

    def end(self) -> SystemExit:
        """Prints the text as the last line of the log, on stdout: two streams would not keep their order in a container's log."""
        print(self, flush=True)
        return SystemExit(self.code)


def reason(error: BaseException) -> str:
    """How a connection failed, without the address that the error may repeat."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__


def unanswered(server: str, error: BaseException) -> Failure:
    """A server that cannot be reached."""
    hint = "does it run, and does a network policy let this pod reach it?"
    return Failure(UNREACHABLE, f"{server} does not answer: {reason(error)}; {hint}")
