"""From Python functions to terms.

    import epic_actors.frontend as frontend
    function = frontend.translate(script)       # its term is function.lam

Where things are: `source` finds a function's syntax, `names`, `flow` and `survivors` say
what it does to its variables, `unit` and `block` hold a translation under way, and
`expressions`, `targets`, `statements`, `loops`, `tries`, `comprehensions`, `functions`
and `matching` each translate what their names say.  `translate` ties them together.
"""

from epic_actors.frontend.namespaces import let_go
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.translate import known, translate


__all__ = ["NotCompiled", "known", "let_go", "translate"]
