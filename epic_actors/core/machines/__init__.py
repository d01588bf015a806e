"""The two machines that run a term: the literal one, and the fast one, which emits Python."""
