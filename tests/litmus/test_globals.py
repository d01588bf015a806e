"""Globals, by name and as attributes of their module, in exact seconds."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from typing import Any, ClassVar

import pytest

from tests.core.rows import both_ways
from tests.litmus import tally
from tests.litmus.table import Row, Table, check, f, g, log, ok


table = Table()
takes = table.takes
count = 0
kept: Any = []
chosen: Any = f


def add():
    global count
    count += f(1)


def read():
    return count


@takes(1)
def a_global_that_is_summed_up_while_another_is_called():
    global chosen, count
    count, chosen = 0, f
    for _ in range(4):
        count += chosen(1)
    return count


@takes(1)
def a_function_that_sums_up_is_itself_in_a_global():
    global chosen, count
    count, chosen = 0, add
    for _ in range(4):
        chosen()
    return count


def add_one():
    global count
    count += 1


@takes(3)
def a_sum_after_a_call_of_what_was_pending():
    global count
    count = 0
    count += f(3)
    [None, add_one][f(1)]()
    if f(2):
        count += 1
    return count


def nothing():
    pass


def choose_add_one():
    global chosen
    chosen = add_one


@takes(4)
def what_is_called_was_chosen_in_the_branch():
    global chosen, count
    chosen, count = nothing, 0
    if f(3):
        chosen = add_one
        chosen()
    return g(count, 1)


@takes(4)
def what_is_called_was_chosen_by_a_function_called_in_the_branch():
    global chosen, count
    chosen, count = nothing, 0
    if f(3):
        choose_add_one()
        chosen()
    return g(count, 1)


@takes(5)
def what_is_called_in_a_branch_was_chosen_in_one_before():
    global chosen, count
    chosen, count = nothing, 0
    if f(3):
        choose_add_one()
    if f(4):
        chosen()
    return g(count, 1)


@takes(5)
def what_is_called_in_a_branch_is_chosen_when_all_have_called_what_was_before():
    global chosen, count
    chosen, count = nothing, 0
    if f(3):
        chosen()
    chosen = add_one
    if f(4):
        chosen()
    return g(count, 1)


@takes(6)
def what_is_called_was_chosen_since_another_branch_was_looked_through():
    global chosen, count
    chosen, count, rounds = nothing, 0, 0
    while g(rounds, 1) < 2:
        if f(3):
            chosen()
        chosen = add_one
        rounds += 1
    return g(count, 1)


def keep(items):
    global kept
    kept = items


def push():
    kept.append(1)


@takes(4)
def a_list_is_put_in_a_global_when_all_have_read_what_was_there():
    global kept
    kept = None
    if f(3):
        log(kept)
    kept = []
    if f(4):
        kept.append(1)
    return list(kept)


@takes(3)
def a_list_put_in_a_global_in_a_branch_is_appended_to_there():
    global kept
    items, kept = [], []
    if f(3):
        kept = items
        kept.append(1)
    return len(items)


@takes(3)
def a_list_put_in_a_global_by_a_function_is_appended_to_by_another():
    global kept
    items, kept = [], []
    if f(3):
        keep(items)
        push()
    return len(items)


@takes(4)
def a_list_put_in_a_global_in_a_branch_is_appended_to_in_the_next():
    global kept
    items, kept = [], []
    if f(3):
        keep(items)
    if f(4):
        push()
    return len(items)


class Holder:
    items: Any = None
    called: Any = nothing


@takes(5)
def what_a_class_is_given_is_what_the_next_branch_finds_there():
    global count
    items, count = [], 0
    Holder.items, Holder.called = [], nothing
    if f(3):
        log(Holder.items)
    Holder.items, Holder.called = items, add_one
    if f(4):
        Holder.items.append(1)
        Holder.called()
    return len(items), g(count, 1)


@takes(1)
def what_an_undecided_branch_reads_is_not_yet_assigned():
    global count
    count, found = 1, 0
    if ok(1):
        found = count
    count = 2
    return found, count


@takes(1)
def what_a_function_called_in_an_undecided_branch_reads():
    global count
    count, found = 1, 0
    if ok(1):
        found = read()
    count = 2
    return found, count


@takes(1)
def an_attribute_of_a_module_is_what_its_function_assigned():
    tally.spend(f)
    return tally.spent


@takes(1)
def an_attribute_of_a_module_read_in_an_undecided_branch():
    found = []
    tally.spent = 1
    if ok(1):
        found.append(tally.spent)
    tally.spend(f)
    return found


@takes(1)
def a_function_reads_what_is_assigned_to_its_module():
    tally.level = 0
    before = tally.current_level(), tally.current_level()
    if ok(1):
        tally.level = 5
    return before, tally.current_level()


@takes(2)
def a_function_reads_what_is_assigned_by_a_name_that_comes():
    tally.spent = 0
    if ok(1):
        setattr(tally, "sp" + "ent", f(1) + 6)
    return tally.current_spent()


@takes(1)
def what_is_imported_is_what_was_assigned():
    tally.spend(f)
    from tests.litmus.tally import spent

    return spent


@takes(2)
def what_is_read_from_a_global_may_share_what_its_call_was_given():
    global chosen
    notes = [1]
    chosen = g(notes, 1)
    read = chosen
    read.append(2)
    return len(notes), g(notes, 1)


@takes(2)
def what_is_read_from_a_module_may_share_what_its_call_was_given():
    notes = [1]
    tally.spent = g(notes, 1)
    tally.spent.append(2)
    return len(notes), g(notes, 1)


class Sized:
    """Has a length, and no arithmetic."""

    def __len__(self):
        return 3


class Shelf:
    """Has what all of its instances see."""

    books: ClassVar[list[int]] = []
    used = 0
    of: dict[str, int]


@takes(2)
def what_is_read_from_a_class_may_share_what_its_call_was_given():
    notes, shelf = [1], Shelf()
    Shelf.books = g(notes, 1)
    shelf.books.append(2)
    Shelf.books.append(3)
    return len(notes), g(notes, 1)


@takes(1)
def usage_is_summed_up_in_a_global_from_answers_of_any_type():
    global count
    count, texts = 0, []
    messages = [{"role": "user", "content": "sea"}]
    for _ in range(4):
        answer = g({"of": messages, "used": {"tokens": 3}}, 1)
        texts.append(answer["of"][0]["content"])
        count += answer["used"]["tokens"]
    return count, texts


@takes(1)
def usage_is_summed_up_in_a_module_from_answers_of_any_type():
    tally.spent, texts = 0, []
    messages = [{"role": "user", "content": "sea"}]
    for _ in range(4):
        answer = g({"of": messages, "used": {"tokens": 3}}, 1)
        texts.append(answer["of"][0]["content"])
        tally.spent += answer["used"]["tokens"]
    return tally.spent, texts


@takes(1)
def usage_is_summed_up_in_variables_and_attributes_from_answers_of_any_type():
    total, words, meter = 0, "", Shelf()
    meter.used, meter.of = 0, {"tokens": 0}
    messages = [{"role": "user", "content": "sea"}]
    for _ in range(4):
        answer = g({"of": messages, "used": {"tokens": 3, "word": "a"}}, 1)
        total += answer["used"]["tokens"]
        words = words + answer["used"]["word"]
        words += "."
        meter.used += answer["used"]["tokens"]
        meter.of["tokens"] += answer["used"]["tokens"]
    return total, words, meter.used, meter.of


@takes(2)
def what_is_added_to_in_place_may_be_what_a_call_was_given():
    notes = [1]
    for _ in range(2):
        answer = g({"notes": notes}, 1)
        more = answer["notes"]
        more += [2]
    return notes


WRONG = {
    "an_attribute_of_a_module_read_in_an_undecided_branch-literal": "the literal machine "
    "does not know yet that it is the module in which a number is stored",
}


@pytest.mark.parametrize(("row", "fusion"), both_ways(table, WRONG))
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)
