"""How `explain` finds out what a script waits for, by reading its term.

known       what is known of a value before the run
syntax      how the source says it
survey      the functions of a script, and what is found out of each
sentences   what is said, a sentence for each case
steps       primitives and native operations
callables   calls
waiting     the walk over a term
"""
