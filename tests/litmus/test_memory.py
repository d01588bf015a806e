"""Lists, dicts, objects and captured variables with pending values, in exact seconds."""

# mypy: disable-error-code="var-annotated, attr-defined"

import dataclasses
import re
from typing import NamedTuple

import attrs
import pytest

from tests.litmus.table import Row, Table, check, f, g, log, ok


table = Table()
takes = table.takes


@takes(2)
def swapping_pending_elements():
    arr = [f(1), f(2)]
    arr[0], arr[1] = arr[1], arr[0]
    return arr


@takes(1)
def lists_in_a_dict():
    found = {}
    for i in range(9):
        found.setdefault(i % 3, []).append(f(1))
    return found


class Thought:
    def __init__(self, score):
        self.score = score
        self.parent = None


@takes(1)
def what_is_told_by_its_identity_is_found_before_it_is_complete():
    seen, order, found = set(), [], {}
    first = Thought(f(1))
    second = Thought(f(1))
    second.parent = first
    for thought in (first, second, first):
        if thought not in seen and thought not in order:
            seen.add(thought)
            order.append(thought)
            found[thought] = f(1)
    order.remove(first)
    return found[second], order[0] == second, len(seen), second.score


@takes(1)
def sums_in_a_dict():
    sums = {}
    for i in range(9):
        sums[i % 3] = sums.get(i % 3, 0) + f(1)
    return sums


@takes(1)
def pending_keys():
    d = {}
    for k in range(3):
        d[g(k, 1)] = f(1)
    return d


@takes(1)
def counting_pending_words():
    counts = {"a": 0, "b": 0}
    for word in ("a", "b", "a"):
        counts[g(word, 1)] += 1
    return counts


@takes(1)
def a_cache_beside_lists_made_from_lists_that_are_pending():
    cache = {}
    for i in range(4):
        if i not in cache:
            replies = [reply["text"] for reply in g([{"text": "No"}], 1)]
            cache[i] = [text.lower() for text in replies]
    return cache


def between_tags(text, tag):
    match = re.search(f"<{tag}>(.*)</{tag}>", text)
    return match.group(1) if match else ""


@takes(1)
def what_a_match_found_is_kept_beside_a_list():
    found = []
    for i in range(4):
        asked = "<a>{i} {more}</a>".format(i=i, **{"more": ["b"]})
        found.append({"said": between_tags(g(asked, 1), "a")})
    return found


@takes(1)
def the_length_of_a_list_is_known():
    out = []
    for _ in range(9):
        out.append(f(1))
        if len(out) == 3:
            break
    return out


@takes(1)
def truth_and_membership_do_not_wait():
    cache = {}
    for key in ("a", "b", "a"):
        if not cache or key not in cache:
            cache[key] = g(key, 1)
    return cache


@takes(1)
def augmented_elements():
    arr = [0, 0]
    for i in range(6):
        arr[i % 2] += f(1)
    return arr


@takes(2)
def an_attribute_is_forwarded_to_its_reader():
    box = Account(0)
    box.balance = f(1)
    return g(box.balance, 1)


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.entries = []

    def deposit(self, amount):
        self.balance += amount
        self.entries.append(amount)
        return self


@takes(1)
def deposits_of_pending_amounts():
    account = Account(0)
    for _ in range(5):
        account.deposit(f(1))
    return account


@takes(1)
def a_chain_of_methods():
    return Account(f(1)).deposit(f(1)).deposit(f(1)).balance


@dataclasses.dataclass
class Point:
    x: int
    y: int


@attrs.define
class Pair:
    x: int
    y: int


class Couple(NamedTuple):
    x: int
    y: int


@takes(2)
def records_with_pending_fields():
    return [(Point(f(1), f(2)), Pair(f(1), f(2)), Couple(f(1), f(2))) for _ in "ab"]


@takes(3)
def an_undecided_store_holds_only_its_place():
    xs, ys = [], []
    if f(3):
        xs.append(1)
    ys.append(f(1))
    z = g(ys[0], 1)
    return xs, ys, z


@takes(3)
def an_undecided_store_holds_its_readers():
    xs = [0]
    if f(2):
        xs[0] = 5
    return g(xs[0], 1)


@takes(3)
def an_undecided_store_holds_readers_under_another_name():
    xs = [0]
    ys = xs
    if f(2):
        ys[0] = 5
    return g(xs[0], 1)


@takes(3, lambda: ([0, 0],))
def a_store_at_a_pending_index_holds_its_readers(xs):
    xs[g(1, 2)] = 7
    return g(xs[1], 1)


@takes(3, lambda: ([1],))
def a_call_reads_its_argument_as_it_was(xs):
    # The append waits for the call that reads xs, and the next call for the append.
    a = g(xs, 2)
    xs.append(2)
    b = g(xs, 1)
    return len(a), len(b)


@takes(2, lambda: ([1],))
def a_copy_frees_the_original(xs):
    a = g(list(xs), 2)
    xs.append(2)
    b = g(xs, 1)
    return a, b


@takes(1)
def joined_lists():
    return len([f(1)] + [f(1)] * 2)


@takes(2)
def a_slice_of_pending_elements():
    xs = [f(d) for d in (1, 1, 2, 2)]
    return g(sum(xs[:2]), 1)


@takes(2)
def pop_gives_the_pending_element():
    xs = [f(1), g(2, 1)]
    return g(xs.pop(), 1)


@takes(1)
def deleting_a_pending_element():
    d = {k: f(1) for k in range(3)}
    del d[0]
    return d


@takes(1)
def inserting_and_reversing():
    xs = []
    for i in range(3):
        xs.insert(0, g(i, 1))
    xs.reverse()
    return xs


@takes(1)
def a_captured_variable():
    n = 0

    def bump():
        nonlocal n
        n += f(1)
        return n

    return [bump() for _ in range(3)], n


@takes(1)
def closures_over_a_loop_variable():
    calls = []
    for x in range(3):
        calls.append(lambda d, x=x: (x, f(d)))
    return [call(1) for call in calls]


@takes(2)
def an_element_of_an_element():
    grid = [[f(1) for _ in range(2)] for _ in range(2)]
    grid[0][1] = grid[1][0] + 1
    return g(grid[0][1], 1)


@takes(2)
def updating_one_dict_from_a_pending_one():
    d = {"a": 1}
    d.update(g({"b": 2}, 1))
    return g(d["b"], 1)


@takes(1)
def two_lists_that_share_an_element():
    shared = [f(1)]
    both = [shared, shared]
    both[0].append(f(1))
    return both


@takes(2)
def objects_in_undecided_branches():
    out = []
    for x in range(4):
        if ok(x):
            out.append(Account(x).deposit(f(1)))
    return out


@takes(1.2)
def a_sequential_call_sees_whole_objects():
    account = Account(f(1))
    log(account.balance)
    log([account.balance])
    return account


@takes(2)
def agents_who_hear_each_others_last_words_speak_side_by_side():
    talks = [[{"says": f"view {i}"}] for i in range(3)]
    for turn in range(2):
        for i, talk in enumerate(talks):
            heard = "".join(t[turn]["says"] for j, t in enumerate(talks) if j != i)
            talk.append({"says": g({"talk": talk, "heard": heard}, 1)["heard"]})
    return talks


@takes(2)
def what_is_there_of_a_list_is_read_though_more_will_be_appended():
    notes = [{"a": 1}]
    for _ in range(2):
        notes.append(g({"notes": notes}, 1)["notes"][0])
    return g(notes[0], 1)["a"]


@takes(3)
def what_is_appended_may_still_be_changed_by_what_appends_it():
    notes = []
    for _ in range(2):
        if ok(1):
            note = {}
            notes.append(note)
            if ok(1):
                note["a"] = f(1)
    first = notes[0]
    return first["a"], len(notes)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)


def calls_beside_many_stores_in_pending_lists():
    found = []
    for i in range(40):
        box: list[object] = []
        if g(i, 2):
            box = [i]
        box.append({"role": i})
        said = {"role": i}
        said["text"] = f(1)
        found.append(g(said, 1))
    return found


def test_calls_beside_many_stores_in_pending_lists() -> None:
    """However many pending values are stored in, what is apart from them goes on.

    The literal machine takes a second longer.
    """
    check(Row(calls_beside_many_stores_in_pending_lists, 2, tuple), fusion=True)
