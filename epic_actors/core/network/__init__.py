"""The network of one run: its actors, regions and calls, and the loop that drives them."""
