"""What is made after something undecided does not wait for it, in exact seconds."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, var-annotated"
# ruff: noqa: PTH123

import csv
import json
import os
import re
import sqlite3
import tempfile
from typing import Any

import attrs
import pytest

from tests.litmus.table import Row, Table, ask, check, g


table = Table()
takes = table.takes


class Note:
    """Has what is said of it."""

    def __init__(self, text: Any) -> None:
        self.text = text


@attrs.define(eq=False)
class Page:
    """A record."""

    text: Any


class Bare:
    """Has nothing yet."""

    text: Any


def chat(prompt: str) -> Any:
    """Ask as the common clients do: with a list of messages, for an answer of any type."""
    answer = g({"choices": [{"message": {"content": prompt.upper()}}]}, 1)
    return answer["choices"][0]["message"]["content"].strip()


@takes(1)
def answers_are_appended_to_a_file_one_by_one():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/answers.jsonl"
        for i in range(4):
            answer = chat(f"note {i}")
            with open(path, "a") as file:
                file.write(json.dumps({"i": i, "answer": answer}) + "\n")
        with open(path) as file:
            return file.read()


@takes(1)
def code_that_writing_a_file_calls_may_touch_anything():
    met = []

    def known(note):
        met.append(note.text)
        return note.text

    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/a.json", "w") as file:
            json.dump({"a": Note(1), "b": chat("b")}, file, default=known)
        met.append(2)
        with open(f"{folder}/a.json") as file:
            return met, file.read()


@takes(1)
def answers_are_rows_of_a_table():
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/rows.csv", "w", newline="") as file:
            rows = csv.writer(file)
            for i in range(4):
                rows.writerow([i, chat(f"note {i}")])
        with open(f"{folder}/rows.csv", newline="") as file:
            return list(csv.reader(file))


@takes(1)
def answers_are_kept_in_a_database():
    db = sqlite3.connect(":memory:")
    db.execute("create table notes (text)")
    for i in range(4):
        db.execute("insert into notes values (?)", (chat(f"note {i}"),))
    return db.execute("select text from notes").fetchall()


@takes(1)
def what_is_made_after_native_code_does_not_wait_for_it():
    os.fspath(ask("sea"))
    page, bare = Page(2), Bare()
    bare.text = [3]
    return g([Note(1)], 1)[0].text, g(page, 1).text, g({"a": {4}}, 1), g(bare, 1).text


@takes(2)
def what_was_made_before_native_code_waits_for_it():
    note = Note(1)
    os.fspath(ask("sea"))
    return g(note, 1).text


@takes(2)
def what_was_made_before_is_found_in_what_is_made_after():
    note = Note(1)
    os.fspath(ask("sea"))
    return g([note], 1)[0].text


@takes(1)
def a_loop_over_what_is_pending_makes_objects():
    made = []
    for _ in range(3):
        for line in chat("a\nb").split("\n"):
            note = Bare()
            note.text = line
            os.fspath("sea")
            made.append(note)
    return [note.text for note in made]


@takes(1)
def what_is_found_in_answers_is_printed():
    shown = []
    for i in range(3):
        found = re.search(r"NOTE (.*)", chat(f"note {i}"), re.DOTALL)
        said = found.group(1) if found else ""
        print("found", said)
        shown.append(said)
    return shown


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)


def writing_a_file_holds_back_nothing_of_the_scripts():
    prompts, settings, log = ["a", "b", "c"], {"n": 1}, []
    with tempfile.TemporaryDirectory() as folder:
        for prompt in prompts:
            answer = chat(f"{prompt} {settings['n']}")
            log.append({"prompt": prompt, "answer": answer})
            with open(f"{folder}/{prompt}.json", "w") as file:
                json.dump(log, file)
        with open(f"{folder}/c.json") as file:
            return file.read()


def test_writing_a_file_holds_back_nothing_of_the_scripts() -> None:
    """What was made before a file is written can be read meanwhile.

    The literal machine waits until it knows what it calls.
    """
    check(Row(writing_a_file_holds_back_nothing_of_the_scripts, 1, tuple), fusion=True)
