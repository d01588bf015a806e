"""What a piece of a script may touch while it is undecided."""
