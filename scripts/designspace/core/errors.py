"""The base of all errors that a user can act on."""


class DesignspaceError(Exception):
    """Something is wrong with the input, the configuration or the machine; the message is a sentence for the user.

    A program ends with this message and without a traceback (see `core.program`).
    """
