"""What is read before it is whole."""
