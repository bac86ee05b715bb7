"""Face landmarks: data, models and measurements as one reproducible pipeline."""


class FacepointsError(Exception):
    """Bad input, told in one message: what was expected, what came, which file, what to do.

    Stages and commands print the message alone, without a stack trace, and exit with code 1.
    """
