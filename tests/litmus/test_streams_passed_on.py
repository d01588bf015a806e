"""What passes a text or list on as it arrives, in exact virtual seconds.

Five pieces come, one a second; the call for the first takes longest, so that all calls
end at the same time if, and only if, each begins when its piece has come.
"""

import collections
import itertools
import json
import operator
import re
from typing import Any

import pytest

from tests.litmus.table import Bad, Row, Table, check, check_positive, ok, outside


table = Table()
takes = table.takes
AT_ONCE = 6
"""Each call begins when its piece has come."""
A_PIECE_LATE = 7
"""Each call begins when the next piece has come."""


@outside.unordered(stream=str, seconds=lambda *pieces: 1)
def say(*pieces):
    """Stream these pieces, one a second."""
    return pieces


@outside.unordered(stream=str, seconds=lambda: 1)
def lines():
    """Stream five lines, one a second."""
    return [f"line {i}\n" for i in range(5)]


@outside.unordered(stream=list, seconds=lambda: 1)
def rows():
    """Stream five records, one a second."""
    return [{"i": i, "text": f"row {i}"} for i in range(5)]


@outside.unordered(stream=str, seconds=lambda: 1)
def breaking():
    """Stream five lines, one a second, and fail."""
    for i in range(5):
        yield f"line {i}\n"
    raise Bad("broken")


def left(x):
    """From the first digit of what is asked: the fifth piece leaves a second."""
    found: Any = re.search(r"\d", str(x))
    return 5 - int(found[0])


@outside.unordered(seconds=left)
def ask(x):
    """Take the longer the earlier the piece."""
    return x


@outside.unordered(seconds=lambda x: 4)
def slow(x):
    """Take four seconds."""
    return x


@takes(AT_ONCE)
def lines_with_their_ends():
    return [ask(line) for line in lines().splitlines(keepends=True)]


@takes(AT_ONCE)
def a_percent_sign():
    template = "0 %% %s %d\n%s."
    return [ask(line) for line in (template % ("a", 1, lines())).splitlines()]


@takes(AT_ONCE)
def a_percent_sign_and_one_text():
    template = "%s"
    return [ask(line) for line in (template % lines()).splitlines()]


@takes(AT_ONCE)
def str_format():
    text = "{0}{kind!r:>6}\n{1}".format("0", lines(), kind="a")
    return [ask(line) for line in text.splitlines()]


@takes(AT_ONCE)
def format_by_name():
    template = "0{}\n{text:s}"
    return [ask(line) for line in template.format(1, text=lines()).splitlines()]


@takes(AT_ONCE)
def an_f_string_that_says_it_is_a_text():
    return [ask(line) for line in f"0\n{lines()!s:s}".splitlines()]


@takes(AT_ONCE)
def without_a_prefix():
    return [ask(line) for line in lines().removeprefix("lin").splitlines()]


@takes(A_PIECE_LATE)
def without_a_suffix():
    return [ask(line) for line in lines().removesuffix("\n").splitlines()]


@takes(A_PIECE_LATE)
def stripped():
    return [ask(line) for line in lines().strip().split("\n")]


@takes(AT_ONCE)
def another_case():
    text = lines().lower().swapcase().casefold().upper()
    return [ask(line) for line in text.splitlines()]


@takes(AT_ONCE)
def letters_translated():
    return [ask(line) for line in lines().translate({108: "L"}).splitlines()]


@takes(A_PIECE_LATE)
def all_but_the_last_letter():
    return [ask(line) for line in lines()[:-1].split("\n")]


@takes(AT_ONCE)
def a_text_added_to():
    text = "0\n"
    text += lines()
    return [ask(line) for line in text.splitlines()]


@takes(AT_ONCE)
def a_text_in_a_list():
    parts = ["0", lines()]
    return [ask(line) for line in "\n".join(parts).splitlines()]


@takes(AT_ONCE)
def the_first_few():
    return [ask(line) for line in itertools.islice(lines().splitlines(), 5)]


@takes(AT_ONCE)
def one_after_the_other():
    return [ask(line) for line in itertools.chain(["0"], lines().splitlines())]


@takes(A_PIECE_LATE)
def pairs():
    return [ask(pair) for pair in itertools.pairwise(lines().splitlines())]


@takes(AT_ONCE)
def while_it_holds():
    found = itertools.takewhile(lambda line: line, lines().splitlines())
    return [ask(line) for line in found]


@takes(AT_ONCE)
def fields_from_the_right():
    return [ask(word) for word in say("0 ", "1 ", "2 ", "3 ", "4 ").rsplit()]


@takes(AT_ONCE)
def filtered_and_mapped():
    found = map(str.title, filter(None, lines().splitlines()))
    return list(map(ask, found))


@takes(AT_ONCE)
def through_a_generator():
    def cleaned(text):
        for line in text.splitlines():
            if line:
                yield line.strip()

    return [ask(line) for line in cleaned(lines())]


@takes(AT_ONCE)
def through_a_generator_expression():
    return [ask(line) for line in (line.strip() for line in lines().splitlines())]


@takes(AT_ONCE)
def into_a_dict():
    found = {}
    for line in lines().splitlines():
        _, _, number = line.partition(" ")
        found[int(number)] = ask(number)
    return found


@takes(AT_ONCE)
def each_line_in_a_try():
    out = []
    for line in lines().splitlines():
        try:
            out.append(ask(line))
        except Bad:
            out.append(None)
    return out


@takes(5)
def a_break_in_a_try():
    out = []
    try:
        for line in breaking().splitlines():
            out.append(ask(line))
    except Bad as error:
        out.append(error.args)
    return out


@takes(5)
def what_is_never_read_fails_all_the_same():
    try:
        breaking()
        return ask(4)
    except Bad as error:
        return error.args


@takes(AT_ONCE)
def matched_lines():
    out = []
    for line in lines().splitlines():
        if found := re.match(r"line (\d+)", line):
            out.append(ask(int(found[1])))
    return out


@takes(A_PIECE_LATE)
def json_lines():
    text = say('{"a": 0}\n', '{"a": 1}\n', '{"a"', ": 2}\n[3]\n", "4\n")
    return [ask(json.loads(line)) for line in text.splitlines()]


@takes(A_PIECE_LATE)
def ends_cut_in_two():
    return [
        ask(line)
        for line in say("0\r", "\n1\r", "\n2\r\n", "é\r", "4").splitlines()[:3]
    ]


@takes(5)
def pieces_that_are_empty():
    return [ask(line) for line in say("", "\n", "", "4").split("\n") if line]


@takes(1)
def no_piece_at_all():
    return [ask(line) for line in say().splitlines()], ask(4)


@takes(AT_ONCE)
def two_readers_of_one_text():
    text = lines()
    words = [ask(word) for word in text.split("\n") if word]
    return [ask(line) for line in text.splitlines()], words


@takes(AT_ONCE)
def a_text_in_a_record():
    found = {"text": [lines()]}
    return [ask(line) for line in found["text"][0].splitlines()]


@takes(AT_ONCE)
def a_text_chosen_late():
    text = lines()
    return [ask(line) for line in (text if ok(1) else "").splitlines()]


@takes(AT_ONCE)
def what_follows_the_first_line():
    _, _, rest = lines().partition("\n")
    return [ask(line) for line in rest.splitlines()]


@takes(AT_ONCE)
def what_follows_the_first_split():
    _, rest = lines().split("\n", 1)
    return [ask(line) for line in rest.splitlines()]


@takes(5)
def the_first_piece_tells_that_there_is_something():
    return slow(1) if lines() else 0


@takes(5)
def the_first_element_tells_that_there_is_something():
    text = lines() or "0"
    return slow(text.startswith("line")) if not (not rows()) else 0


@takes(5)
def a_line_that_is_there():
    return slow("line 0" in lines().splitlines())


@takes(5)
def any_of_the_lines():
    return slow(any(line == "line 0" for line in lines().splitlines()))


@takes(AT_ONCE)
def records():
    return [ask(row["i"]) for row in rows()]


@takes(AT_ONCE)
def records_behind_others():
    return [ask(row) for row in [{"i": 0}, *rows()]]


@takes(AT_ONCE)
def records_but_the_first():
    return [ask(row) for row in rows()[1:]]


@takes(A_PIECE_LATE)
def records_but_the_last():
    return [ask(row) for row in rows()[:-1]]


@takes(AT_ONCE)
def records_side_by_side():
    return [ask((a, b["text"])) for a, b in zip(itertools.islice(rows(), 0, 5), rows())]


@takes(AT_ONCE)
def a_field_of_each_record():
    return [ask(text) for text in map(operator.itemgetter("text"), rows())]


@takes(AT_ONCE)
def numbered_records():
    return [ask((i, row)) for i, row in enumerate(iterable=rows(), start=0)]


@takes(AT_ONCE)
def lines_taken_apart_by_patterns():
    out = []
    for line in lines().splitlines():
        match line.split():
            case ["line", str(number)]:
                out.append(ask(number))
            case _:
                out.append(None)
    return out


@takes(10)
def matches_wait_for_the_whole_but_not_for_each_other():
    return [ask(found[0]) for found in re.finditer(r"line \d", lines())]


@takes(10)
def so_does_a_deque():
    return [ask(line) for line in collections.deque(lines().splitlines())]


@takes(3)
def an_iterator_gives_no_more_than_the_script_has_taken():
    numbers, out = zip([3, 2, -1, 4], "abcd"), []
    try:
        for number, letter in numbers:
            out.append((check_positive(number), letter))
    except Bad:
        out += numbers
    return out


@takes(5)
def wrong_arguments_are_wrong():
    try:
        return [ask(line) for line in lines().splitlines(1, 2, 3)]
    except TypeError as error:
        return str(error)


@takes(5)
def a_wrong_format_is_wrong():
    template = "%s %d"
    try:
        return [ask(line) for line in (template % (lines(), "x")).splitlines()]
    except TypeError as error:
        return str(error)


@pytest.mark.parametrize("row", table.rows, ids=str)
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Same meaning as in CPython, in exactly the seconds given, on both machines."""
    check(row, fusion=fusion)
