"""How `explain` finds out what a script waits for, by reading its term.

known       what is known of a value before the run
syntax      how the source says it
survey      the functions of a script, and what is found out of each
sentences   what is said, a sentence for each case
operations  native operations
steps       primitives that are not like the rest
functions   calls of externals and of Python functions
methods     calls of classes and methods
callables   calls, by what is called
waiting     the walk over a term
"""
