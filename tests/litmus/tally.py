"""A module with globals that its functions, and other modules, assign."""

spent = 0
level = 0


def spend(ask):
    """Assign a global to what is pending."""
    global spent
    spent = ask(1)


def current_level():
    """Read a global that no code of this module assigns."""
    return level


def current_spent():
    """Read a global that code of this module assigns."""
    return spent
