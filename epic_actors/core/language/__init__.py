"""What scripts do: calls, attributes, special methods, classes."""
