"""Texts and lists that arrive piece by piece, in exact virtual seconds."""

import pytest

from tests.litmus.table import Bad, Row, Table, ask, check, f, fail, g, log, ok, outside


table = Table()
takes = table.takes


@outside.unordered(stream=str, seconds=lambda n: 1)
def lines(n):
    """Stream `n` lines, one a second."""
    return [f"line {i}\n" for i in range(n)]


@outside.unordered(stream=str, seconds=lambda *pieces: 1)
def say(*pieces):
    """Stream these pieces, one a second."""
    return pieces


@outside.unordered(stream=list, seconds=lambda n: 1)
def rows(n):
    """Stream `n` rows, one a second."""
    return [[i] for i in range(n)]


@outside.unordered(stream=str, seconds=lambda n: 1)
def breaking(n):
    """Stream `n` lines, one a second, and fail."""
    for i in range(n):
        yield f"line {i}\n"
    raise Bad(n)


@takes(6)
def lines_start_calls_as_they_come():
    out = []
    for _line in lines(5).splitlines():
        out.append(f(1))
    return out


@takes(6)
def a_comprehension_over_lines():
    return [g(line, 1) for line in lines(5).splitlines()]


@takes(6)
def numbered_lines():
    return [g((i, line), 1) for i, line in enumerate(lines(5).splitlines(), 1)]


@takes(6)
def lines_of_a_text_around_a_stream():
    text = "Title\n" + lines(5)
    return [g(line, 1) for line in text.splitlines()]


@takes(6)
def lines_through_an_f_string():
    text = f"<<\n{lines(5)}>>"
    return [g(line, 1) for line in text.splitlines()]


@takes(6)
def lines_by_split():
    return [g(line, 1) for line in lines(5).split("\n")]


@takes(5)
def words():
    return [g(word, 1) for word in say("one t", "wo th", "ree four ", "five").split()]


@takes(6)
def two_streams_side_by_side():
    return [g(pair, 1) for pair in zip(lines(5).split("\n"), lines(5).split("\n"))]


@takes(5)
def two_streams_joined():
    return len("\n".join([lines(3).strip(), lines(5)]))


@takes(6)
def stripped_lines():
    out = []
    for line in lines(5).strip().splitlines():
        if line.startswith("line"):
            out.append(g(line.upper(), 1))
    return out


@takes(3)
def a_prefix_decides_early():
    text = say("Yes, ", "because ", "it is")
    return f(2) if text.startswith("Yes") else f(5)


@takes(3)
def another_first_word_decides_early():
    return f(2) if say("No", " and", " no") == "Yes" else f(1)


@takes(4)
def a_word_found_decides_early():
    return f(2) if "stop" in say("go ", "stop", " go", " go") else f(9)


@takes(4)
def the_first_lines_of_a_text():
    head, _, rest = say("Title\n", "a ", "b ", "c").partition("\n")
    return g(head, 3), rest


@takes(5)
def what_follows_a_first_line_streams_on():
    _, _, rest = say("Title\n", "a\n", "b\n", "c\n").partition("\n")
    return [g(line, 1) for line in rest.splitlines()]


@takes(3)
def the_start_of_a_text():
    text = say("abc", "def", "ghi")
    return g(text[:2], 2), text[4]


@takes(5)
def the_first_element():
    return g(lines(5).splitlines()[0], 3)


@takes(4)
def rows_start_calls_as_they_come():
    return [g(row, 1) for row in rows(3)]


@takes(4)
def rows_are_ones_own():
    out = []
    for row in rows(3):
        row.append(g(row[0], 1))
        out.append(row)
    return out


@takes(4)
def a_list_changed_while_it_arrives():
    found = rows(3)
    found.append("end")
    return [g(row, 1) for row in found]


@takes(4)
def a_list_changed_behind_a_loop():
    found, out = rows(3), []
    for row in found:
        out.append(g(row, 1))
    found.clear()
    return found, out


@takes(6)
def characters_as_they_come():
    return [g(letter, 1) for letter in say("a", "b", "c", "d", "e")]


@takes(3)
def leaving_the_loop_does_not_end_the_stream():
    for line in lines(3).splitlines():
        if line == "line 0":
            return line
    return None


@takes(8)
def streams_of_streams():
    out = []
    for line in lines(3).splitlines():
        out.append([g(word, 2) for word in say(line, " and", " more").split()])
    return out


@takes(4.1)
def ordered_calls_wait_for_the_end():
    for line in lines(4).splitlines():
        pass
    log(line)


@takes(5)
def through_a_helper():
    def outline(n):
        return lines(n).strip()

    return [ask(line) for line in outline(4).splitlines()]


@takes(6)
def through_an_undecided_helper():
    def outline(n):
        return lines(n) if ok(n) else ""

    return [ask(line) for line in outline(4).splitlines()]


@takes(3)
def a_stream_that_breaks():
    try:
        return [ask(line) for line in breaking(3).splitlines()]
    except Bad as error:
        return error.args


@takes(2)
def an_older_failure_ends_the_stream():
    fail(2)
    return [ask(line) for line in lines(9).splitlines()]


@takes(3)
def a_stream_that_breaks_uncaught():
    return "\n".join(ask(line) for line in breaking(3).splitlines())


@takes(7)
def a_second_loop_over_a_list_that_grows():
    first = [ask(line) for line in lines(4).splitlines()]
    second, seconds = [], 5
    for answer in first:
        second.append(g(answer, seconds))
        seconds -= 1
    return second


@takes(7)
def a_list_that_undecided_branches_append_to():
    first, second, seconds = [], [], 5
    for line in lines(4).splitlines():
        if line:
            first.append(ask(line))
    for answer in first:
        second.append(g(answer, seconds))
        seconds -= 1
    return second


@takes(9)
def a_list_that_is_also_changed():
    first: list[object] = []
    second, seconds = [], 5
    for line in lines(4).splitlines():
        first.append(ask(line))
        first[0] = "first"
    for answer in first:
        second.append(g(answer, seconds))
        seconds -= 1
    return second


@takes(5)
def two_names_of_a_list_that_grows():
    first, second = [], []
    other = first
    for line in lines(4).splitlines():
        first.append(ask(line))
        if len(first) > 2:
            other.pop()
    for answer in first:
        second.append(g(answer, 1))
    return second


@takes(7)
def what_a_try_appends_may_be_taken_back():
    first, second = [], []
    try:
        for line in say("a\n", "b\n", "c\n").splitlines():
            first.append(ask(line))
        fail(5)
    except Bad:
        first.append("end")
    for answer in first:
        second.append(g(answer, 2))
    return second


@pytest.mark.parametrize("row", table.rows, ids=str)
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Same meaning as in CPython, in exactly the seconds given, on both machines."""
    check(row, fusion=fusion)
