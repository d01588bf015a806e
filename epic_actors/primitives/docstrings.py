"""What Google docstrings say of a function, a class and their parameters."""

import inspect
import re


_SECTION = re.compile(r"^(Args|Arguments|Parameters|Attributes):\s*$")
_ENTRY = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)$")


def summary_of(docstring: str) -> str:
    r"""The text above the first section, its paragraphs on one line each.

    Example:
        >>> summary_of('''Find pages.
        ...
        ...     Searches the titles
        ...     and the text.
        ...
        ...     Args:
        ...         words: What to look for.
        ... ''')
        'Find pages.\nSearches the titles and the text.'
    """
    lines = inspect.cleandoc(docstring).split("\n")
    ends = [i for i, line in enumerate(lines) if re.match(r"^[A-Z]\w*:\s*$", line)]
    text = "\n".join(lines[: ends[0]] if ends else lines)
    return "\n".join(" ".join(part.split()) for part in text.split("\n\n")).strip()


def read_docstring(docstring: str) -> dict[str, str]:
    """What is said of each parameter or attribute.

    Example:
        >>> read_docstring('''Find pages.
        ...
        ...     Args:
        ...         words: What to look
        ...             for.
        ...         limit (int): The most pages.
        ... ''')
        {'words': 'What to look for.', 'limit': 'The most pages.'}
    """
    found: dict[str, list[str]] = {}
    current: list[str] = []
    depth: int | None = None
    inside = False
    for line in inspect.cleandoc(docstring).split("\n"):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent == 0:
            inside, depth = _SECTION.match(line) is not None, None
        elif inside and line.strip():
            depth = indent if depth is None else depth
            entry = _ENTRY.match(line.strip()) if indent == depth else None
            if entry is not None:
                current = found.setdefault(entry[1], [])
                current.append(entry[2])
            else:
                current.append(line.strip())
    return {name: " ".join(" ".join(parts).split()) for name, parts in found.items()}
