"""The literal machine."""


class LiteralMachine:
    """Placeholder while the fast machine is brought up."""
