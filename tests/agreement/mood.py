"""A module beside the drawn programs, with a global that both may assign."""

level = 1


def set_level(value):
    """Assign it."""
    global level
    level = value
    return value


def get_level():
    """Read it."""
    return level
