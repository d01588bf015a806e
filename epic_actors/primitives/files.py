"""Files of this machine.

What reads (`read_text`, `list_files`, …) reads the resource "files" and overlaps with
other reads; what writes is sequential on it, so that everything happens to the files in
the order of the script.  The work is done in threads.  Errors are those of Python:
`FileNotFoundError` and its kin.
"""

import functools
from pathlib import Path

import epic_actors as epic


RESOURCE = "files"
_reads = functools.partial(epic.readonly, resource=RESOURCE)
_changes = functools.partial(epic.sequential, resource=RESOURCE)


@_reads
def read_text(path: str | Path, encoding: str = "utf-8") -> str:
    """The text of a file.

    Example:
        >>> @epic.script
        ... def count_words(paths):
        ...     return sum([len(read_text(path).split()) for path in paths])
        >>> write_text("a.txt", "one two")
        >>> count_words(["a.txt", "a.txt"])
        4

    Raises:
        OSError: The file cannot be read.
        UnicodeDecodeError: It has another encoding.
    """
    return Path(path).read_text(encoding)


@_reads
def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file.

    Raises:
        OSError: The file cannot be read.
    """
    return Path(path).read_bytes()


@_reads
def exists(path: str | Path) -> bool:
    """Whether there is a file or folder of that name."""
    return Path(path).exists()


@_reads
def list_files(folder: str | Path, pattern: str = "*") -> list[str]:
    """The files in a folder whose names match, sorted; with `**/*`, also further down.

    Example:
        >>> @epic.script
        ... def read_all(folder):
        ...     return [read_text(path) for path in list_files(folder, "*.txt")]
        >>> write_text("notes/a.txt", "one")
        >>> write_text("notes/b.txt", "two")
        >>> read_all("notes")
        ['one', 'two']

    Args:
        folder: Where to look.
        pattern: What to look for, as for `pathlib.Path.glob`.

    Returns:
        Their paths, each beginning with that of the folder.

    Raises:
        OSError: There is no such folder.
    """
    top = Path(folder)
    if not top.is_dir():
        raise NotADirectoryError(f"{folder} is no folder")
    return sorted(str(path) for path in top.glob(pattern) if path.is_file())


@_changes
def write_text(path: str | Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text to a file, in place of what was there; folders are made.

    Example:
        >>> @epic.script
        ... def save(texts):
        ...     for name, text in texts.items():
        ...         write_text(name + ".txt", text)
        >>> save({"sea": "wide"})
        >>> read_text("sea.txt")
        'wide'

    Raises:
        OSError: The file cannot be written.
    """
    write_bytes.function(path, _encoded(text, encoding))


@_changes
def write_bytes(path: str | Path, data: bytes) -> None:
    """Write bytes to a file, in place of what was there; folders are made.

    Raises:
        OSError: The file cannot be written.
    """
    target, view = Path(path), memoryview(data)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(view)


@_changes
def append_text(path: str | Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text behind what is in a file; the file and its folders are made.

    Raises:
        OSError: The file cannot be written.
    """
    target, data = Path(path), _encoded(text, encoding)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab") as file:
        file.write(data)


@_changes
def make_folder(path: str | Path) -> None:
    """Make a folder, and those it stands in; one that is there is left as it is.

    Raises:
        OSError: The folder cannot be made.
    """
    Path(path).mkdir(parents=True, exist_ok=True)


@_changes
def remove(path: str | Path) -> None:
    """Remove a file, or a folder that is empty.

    Raises:
        OSError: There is none, or it cannot be removed.
    """
    target = Path(path)
    if target.is_dir() and not target.is_symlink():
        target.rmdir()
    else:
        target.unlink()


def _encoded(text: str, encoding: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"what is written is a str, not {type(text).__name__}")
    return text.encode(encoding)
