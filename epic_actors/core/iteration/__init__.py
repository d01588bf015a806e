"""Going over things, one step after another, where each step may have to wait."""
