"""What went wrong with a command, for the person who gave it."""


class CannotGoOn(Exception):
    """The command cannot do its work; the message is one sentence that says what to do."""
