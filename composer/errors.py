"""The one exception that carries a sentence for the person at the keyboard."""


class BadInput(ValueError):
    """Something a person gave cannot be used; the message says what is wrong and what to do about it.

    Pages show the message in place, the command line prints it as one line and exits with code 2.
    """
