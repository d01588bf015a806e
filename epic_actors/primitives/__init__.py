"""Externals that scripts call, ready made; import the module of those you need."""
