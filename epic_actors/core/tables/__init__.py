"""What native operations read, write and need: data, a line for each."""
