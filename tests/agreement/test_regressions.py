"""Programs on which the machine once differed from CPython, shrunk, one name each."""

import textwrap
from typing import Any

import pytest

from tests.agreement.test_agreement import judge


HEAD = "def script(n0, xs0, ys0, d0, s0, b0):\n"

REGRESSIONS = {
    "a_global_stored_by_a_function_first_met_in_a_branch": """
        def put(x):
            globals()["count"] = x

        class Shelf:
            def __getitem__(self, k):
                return k

        def script(n0, xs0, ys0, d0, s0, b0):
            def space():
                return globals()
            if odd(f(1)):
                space()["other"] = 5
                put(7)
            return count
        """,
    "an_item_of_a_dict_that_must_wait_is_no_first_key": """
        seen = []
        class Noting:
            def __getitem__(self, n):
                seen.append(n)
                return n
            def __eq__(self, other):
                return seen == other
            def __hash__(self):
                return len(seen)
        n1 = Noting()[1]
        d1, s1 = {7: 1, 0: 2}, {3, 4}
        if f(n0) > 1 and f(1):
            seen.append(1)
            xs0.append(f(d1))
        try:
            n1 = s1[0]
        except TypeError:
            n1 = d1[0]
        return n1, seen
        """,
    "a_list_in_two_attributes": """
        b1 = f(b0)
        b1.xs = xs0
        xs0.append(inc(1))
        return b1.xs is b0.xs, b0, xs0
        """,
    "a_failure_behind_a_store_in_a_loop": """
        for n1 in items(n0):
            xs0.append(f(n1))
            risky(n1)
        return xs0
        """,
    "an_argument_that_a_sequential_call_changes": """
        xs1 = f(xs0)
        push(xs1, inc(n0))
        return total(xs0), xs1
        """,
    "a_swallowed_failure_in_a_guard": """
        with Guard(xs0, True) as guarded:
            guarded.append(f(1))
            risky(0)
            guarded.append(2)
        return xs0
        """,
    "a_closure_that_sees_a_later_assignment": """
        fn1 = lambda v: inc(v) + n0
        n0 = f(5)
        if odd(n0):
            n0 += 1
        return fn1(1), n0
        """,
    "finally_runs_before_the_failure_leaves": """
        try:
            xs0.append(risky(3))
        finally:
            xs0.append(inc(9))
        """,
    "a_property_among_the_arguments_of_an_undecided_call": """
        if f(n0):
            b0.best(1, *[], k2=b0.size)
        return len(xs0)
        """,
    "a_class_made_on_the_way": """
        class Local:
            def __init__(self, n):
                self.n = n
                inc(1)
            def get(self):
                self.n = f(self.n)
                return self.n
            @property
            def both(self):
                return self.n + 1
        inc(f(n0))
        local = Local(1)
        return local.get(), local.both
        """,
    "a_method_of_a_class_not_met_yet": """
        class Local:
            def get(self):
                self.n = f(1)
                return self.n
            @property
            def both(self):
                return self.n
        local = Local()
        local.get()
        return local.both
        """,
    "the_largest_of_objects_with_special_methods": """
        n1 = f(n0)
        m1 = max(Money(n1), Money(0))
        return m1, min(Money(n1), Money(5), Money(1)), max([Money(n1)], default=3)
        """,
    "a_dict_of_a_pending_dict": """
        d1 = f(d0)
        return dict(d1, b=0), dict(d1), dict(f([('a', 1), 'bc'])), dict(f(()))
        """,
    "a_dict_of_what_is_no_dict": """
        return dict(f(['a']))
        """,
    "a_call_in_a_finally_while_a_handler_fails": """
        try:
            risky(n0)
        except Bad:
            try:
                raise Bad(0)
            finally:
                items(n0)
        """,
}

ENDLESS = {
    "an_endless_loop_behind_a_failure": """
        risky(0)
        while True:
            xs0.append(1)
        """,
    "an_endless_loop_in_a_try": """
        try:
            risky(0)
            while n0 < 5:
                n0 -= 1
        except Bad:
            return n0, inc(n0)
        """,
    "an_endless_loop_over_what_it_appends_to": """
        risky(0)
        for n1 in xs0:
            xs0.append(n1)
        """,
    "an_endless_helper": """
        def fn1(v):
            while v:
                v += 1
            return v
        risky(0)
        return fn1(n0)
        """,
    "an_endless_recursion": """
        def fn1(v):
            xs0.append(v)
            return fn1(v + 1)
        risky(0)
        return fn1(n0)
        """,
    "an_endless_loop_in_an_undecided_branch": """
        risky(n0)
        if f(n0):
            while f(n0) or True:
                n0 += 1
        """,
}

REGRESSIONS |= {
    "a_method_of_super_in_a_pending_method": """
        parts = word(n0).split(',')
        class Deep(Box):
            def add(self, x):
                return super().add(x) + inc(x)
        b0 = Deep(n0, ys0)
        n4 = b0.add(max(ys0, default=n0) if parts else 0)
        b0.n += n0
        return n4, b0
        """,
    "a_pending_separator": """
        s0 = word(n0).join(["a"[1:], "b"])[:12]
        xs0 = word(n0).splitlines(f(n0))
        """,
    "what_is_starred_is_spread_before_what_follows": """
        try:
            xs0 = [*map(f, ys0), risky(n0), *map(inc, xs0)]
            n0 = h(*map(log, ys0), log(n0), *[log(9)])
        except NameError:
            pass
        """,
    "an iterator of what a method gave is let go behind the loop": """
        for n1, *xs1 in zip(list({}.values())[:2], [][:2]):
            n2 = 0
        b0.xs = list({v % 3: v for v in f([])}.values())
        """,
    "what_cpython_knows_to_be_unreachable_sends_nothing_aside": """
        if n0 and 0:
            class Never(Box):
                pass
        assert False, word(1)
        it = (inc(v) for v in xs0)
        """,
    "a_mapping_is_merged_before_what_follows": """
        more = {str(f(n0)): 1, **d0, "x": d0.pop("a"), **d0, str(d0.update(a=f(2))): 5}
        d = {"p": 1, "q": n0}
        xs0.append(dict(**d, x=d.pop("p")))
        xs0.append(dict(x=d.pop("q"), **d, y=d.setdefault("z", f(3)), **{}))
        return more
        """,
    "what_may_fail_is_read_behind_what_is_spread": """
        def later():
            return n0
        del n0
        return f([*map(f, xs0), n0][0])
        """,
    "a_loop_holds_what_its_variable_no_longer_does": """
        def gen(xs):
            for v in xs:
                yield f(v)
        it = gen(ys0)
        for n1 in it:
            n0 += inc(n1)
            it = 0
        for ys0 in (ys0, xs0):
            it = gen(ys0)
            for it in it:
                n0 += inc(it)
        return n0
        """,
    "a_slice_read_early_waits_for_the_store_to_what_has_come": """
        ys0[f(0)] = n0
        it = iter(xs0)
        next(it)
        xs8 = list(it)
        xs8[f(1)] = 0
        return [f(v) for v in xs8[:2]]
        """,
    "what_was_made_in_a_block_is_read_behind_what_is_stored_in_it": """
        for n0 in xs0:
            it = asked(sorted([], reverse=any((odd(v) for v in xs0))))
            n0 = [*it]
            if sum([Money(5)]):
                break
        """,
    "a_lambda_whose_result_is_folded_is_told_from_its_neighbours": """
        n0 = (lambda v: (1 or v))(functools.reduce(lambda a, v: f(a + v), xs0, n0))
        xs0 = [(lambda v: 0 and v)(1), (lambda v: f(v))(2), (lambda v: (1 or f(v)))(3)]
        ys0 = [g(3) for g in (lambda v: (0 and v) or (lambda v: 2 or v), lambda v: v)]
        return (lambda: 1 if True else 2)() + (lambda: f(1))(), ys0[0](1), ys0[1]
        """,
    "a_send_behind_the_end_fails_and_casts_a_shadow": """
        it = doubled(xs0[:1])
        s0 = next(it)
        s0 = it.send(None)
        return odd(f(1))
        """,
    "a_group_of_clauses_failures_while_another_exception_is_handled": """
        it = (inc(v) for v in xs0)
        try:
            risky(0)
        finally:
            try:
                raise ExceptionGroup("g", [Bad(next(it)), ValueError()])
            except* Bad as eg:
                [] = f(1)
            except* ValueError:
                raise KeyError(f(2))
        """,
    "an_exception_with_a_context_raised_while_another_is_handled": """
        old = ValueError(3)
        old.__context__ = KeyError(4)
        try:
            risky(0)
        except Bad:
            if f(1):
                raise old
        """,
    "a_list_that_a_call_is_given_in_an_object_of_an_undecided_branch": """
        if odd(f(1)):
            b0.xs = xs0
        b3 = f(b0)
        xs0[0] = 9
        return b3
        """,
    "a_list_that_is_printed_in_a_list_of_an_undecided_branch": """
        both = [1]
        if odd(f(1)):
            both.append(xs0)
        if odd(f(1)):
            both.append(f(3))
        s1 = repr(both)
        xs0[0] = 9
        return s1
        """,
    "a_list_in_a_list_in_a_list_of_undecided_branches": """
        mid, both = [2], [[1]]
        if odd(f(1)):
            both[0].append(mid)
        if odd(f(3)):
            mid.append(xs0)
        b3 = f(both)
        xs0[0] = 9
        return b3
        """,
    "a_list_that_an_object_gets_when_it_is_its_turn": """
        put(0, 0)
        with Guard([], Pair(6) < Pair(n0)):
            put(n0, 0)
        b3 = f(Box(xs0))
        xs0[0] = 0
        """,
    "a_list_that_is_made_in_an_undecided_branch": """
        if odd(f(1)):
            xs0 = [len(v) for v in word(2).split(",")]
        xs0.append(n0)
        return xs0
        """,
    "a_list_that_is_stored_in_a_pending_one": """
        nest = word(2).split()
        nest.append(xs0)
        s1 = repr(nest)
        xs0[0] = 9
        return s1
        """,
    "a_pending_list_that_is_stored_in_a_pending_one": """
        if odd(f(1)):
            ys0 = list(dict(zip(ys0, map(f, xs0))).values())
        nest = word(2).split()
        nest.append(ys0)
        s1 = repr(nest)
        ys0.append(9)
        return s1
        """,
    "a_list_that_a_pending_value_may_be_is_stored_in_another": """
        some = xs0 if odd(f(1)) else ys0
        nest = word(2).split()
        nest.append(some)
        s1 = repr(nest)
        xs0[0] = 9
        return s1
        """,
    "a_pending_list_in_one_that_is_stored_in_before_it_is_read": """
        ys0 = items(3)
        nest = items(3)
        nest.append(ys0)
        some = nest[f(f(3))]
        some.append(xs0)
        if odd(f(1)):
            s0 = str(ys0)
        xs0.append(9)
        return s0, ys0
        """,
    "a_pending_list_in_one_that_a_branch_stores_in": """
        ys0 = items(f(f(f(f(f(3))))))
        nest = [0]
        some = nest if odd(f(f(f(1)))) else [xs0]
        nest[0] = ys0
        if odd(f(1)):
            some[0].append(xs0)
        if odd(f(f(f(f(f(f(1))))))):
            s0 = str(ys0)
        xs0.append(9)
        return s0, ys0
        """,
    "a_keyword_given_twice_before_a_later_mapping": """
        d0["z"] = 1
        return dict(**d0, z=0, **{"y": put(n0, 0)})
        """,
    "a_keyword_in_two_mappings": """
        return dict(a=f(2), **f({"b": 3}), x=put(1, 0), **f({"x": 4}), d=put(0, 5))
        """,
    "a_keyword_that_is_no_name_in_a_mapping": """
        return dict(**f({3: 4}), x=put(1, 0), **f({"y": 4}), d=put(0, 5))
        """,
    "a_global_read_in_the_dictionary_of_a_branch": """
        if odd(f(1)):
            xs0[0] = globals()["count"]
        globals()["count"] = 5
        return xs0
        """,
    "a_global_stored_by_a_function_that_gives_the_dictionary": """
        def space():
            return globals()
        if odd(f(1)):
            space()["count"] = 5
        return count, globals()["count"]
        """,
    "a_store_in_a_pending_module": """
        m1 = [mood, None][f(0)]
        m1.level += f(n0)
        if odd(n0):
            setattr([mood][f(0)], "level", mood.level + 1)
        n1 = mood.level, mood.get_level()
        del m1.level
        return n1, hasattr(mood, "level"), setattr(mood, "level", 1)
        """,
    "a_store_in_a_pending_class": """
        class Kept:
            level = 1
        class Own(Kept):
            level = 2
        [Own, None][f(0)].level = inc(n0)
        n1 = Own.level, Own().level
        if f(1):
            [Kept][0].level = n0
        c1 = f(Own)
        del c1.level
        return n1, Own.level, Own().level
        """,
    "a_store_in_the_pending_dictionary_of_a_module": """
        d1 = [globals(), {}][f(0)]
        d1["count"] = inc(count)
        n1 = count
        d1.update(count=f(9))
        n2 = count
        if odd(n0):
            [globals()][0]["count"] = 8
        n3 = count
        f(mood).__dict__["level"] = n0
        return n1, n2, n3, mood.level, mood.get_level()
        """,
    "a_helper_that_stores_in_what_it_is_given": """
        class Kept:
            level = 1
        def put(held, n):
            for one in held:
                one.level = n
        if odd(n0):
            put([Kept, mood], 5)
        n1 = Kept.level, mood.level
        put(f([Kept, mood]), inc(n0))
        return n1, Kept().level, mood.level
        """,
    "a_global_read_through_a_pending_dictionary_before_a_store": """
        def put(n):
            global count
            count = n
        n1 = [globals(), {}][f(0)]["count"]
        put(5)
        return n1, count
        """,
    "a_global_that_a_pending_name_makes": """
        globals()[word(n0)] = f(n0)
        return globals()["three,four"], globals().pop(word(n0))
        """,
    "the_class_of_a_pending_object": """
        class Kept:
            level = 1
            def put(self, n):
                self.__class__.level += n
        kept = Kept()
        f(kept).put(n0)
        n1 = Kept.level
        type(f(kept)).level = inc(n0)
        return n1, Kept.level, kept.level
        """,
    "a_property_in_the_place_of_one_in_a_pending_class": """
        class Kept:
            @property
            def level(self):
                return f(1)
        n1 = Kept().level
        [Kept, None][f(0)].level = property(lambda self: f(2))
        return n1, Kept().level
        """,
    "a_map_that_a_branch_made_is_listed": """
        def noted(n):
            ys0.append(n)
            return f(n)
        rows = map(noted, xs0) if odd(n0) else []
        return tuple(rows), len(ys0)
        """,
    "a_pending_map_is_summed": """
        def noted(n):
            ys0.append(n)
            return f(n)
        return sum(f(map)(noted, [1, 2])), len(ys0), [*f(filter)(noted, xs0)]
        """,
    "a_class_method_of_a_class_that_a_call_is_given": """
        class Kept:
            level = 1
            @classmethod
            def put(cls, n):
                cls.level = n
        f(Kept).put(f(4))
        f(Kept.put)(f(Kept.level) + 1)
        return Kept.level
        """,
    "a_class_of_a_class_that_changes_what_it_makes": """
        class Kind(type):
            def put(cls, n):
                cls.level = n
        class Kept(metaclass=Kind):
            level = 1
        [Kept, None][f(0)].put(f(4))
        return Kept.level
        """,
    "a_member_of_an_enumeration_by_its_pending_value": """
        import enum
        class Kind(enum.Enum):
            A = 1
            B = 2
        Kind(f(1)).note = f(n0)
        return Kind.A.note
        """,
    "a_class_that_a_sequential_call_is_given": """
        class Kept(list):
            @classmethod
            def append(cls, n):
                cls.level = n
        push(Kept, n0)
        return Kept.level
        """,
    "views_of_a_dictionary_that_is_stored_in_under_another_name": """
        v1, v2, v3 = d0.items(), d0.keys(), d0.values()
        d1 = f(d0)
        d1["z"] = f(9)
        d0.pop("a")
        return list(v1), [*v2], sum(v3), list(zip(v1, v3)), "z" in v2
        """,
    "what_shows_a_dictionary_that_is_stored_in_under_another_name": """
        from collections import ChainMap, OrderedDict
        from types import MappingProxyType
        c1, m1, o1 = ChainMap({}, d0), MappingProxyType(d0), OrderedDict(a=1)
        v1 = o1.items()
        f(d0)["a"] = f(n0)
        f(o1)["a"] = inc(n0)
        return c1["a"], m1["a"], dict(m1), list(v1)
        """,
    "the_least_of_pending_values_by_a_key": """
        return min([f("abc"), f("de"), f("a")], key=len), max([f([1, 9]), f([2])], key=len)
        """,
    "the_greatest_of_two_lists_with_pending_elements": """
        return max([f(1)], [f(2)]), max([f([])], default=f(3))
        """,
    "a_pending_generator_that_is_zipped": """
        g = [asked][f(0)](xs0)
        return list(zip(ys0, g)), list(g)
        """,
    "a_pending_generator_in_many_hands": """
        if odd(f(1)):
            g, h = (word(v) for v in xs0), asked(xs0)
        else:
            g = h = []
        xs0.extend(h)
        return ",".join(g), list(itertools.chain.from_iterable([h, asked(xs0)]))
        """,
    "a_generator_of_a_function_not_met_before_that_stores": """
        def gen():
            xs0.append(f(1))
            yield 1
            xs0.append(2)
        def make():
            return gen()
        if odd(f(1)):
            g = make()
        else:
            g = []
        ys = [v for v in g]
        return ys, xs0[:]
        """,
    "a_pending_exception_thrown_into_a_generator_that_has_not_begun": """
        g = asked(xs0)
        return g.throw([KeyError, Bad][f(0)])
        """,
    "a_set_that_looks_no_further_than_it_must": """
        return {1}.isdisjoint(asked(xs0)), {1}.issuperset(asked(xs0))
        """,
    "a_function_that_stores_in_its_arguments_and_swaps_them_for_itself": """
        def swap(one, other, n):
            one.n = n
            if n:
                swap(other, one, n - 1)
        other = f(b0)
        if odd(f(3)):
            swap(b0, other, 3)
        return b0, other
        """,
    "a_method_that_stores_and_swaps_its_object_for_itself": """
        class Local:
            def swap(self, other, n):
                self.n = n
                if n:
                    other.swap(self, n - 1)
        one, other = Local(), Local()
        if odd(f(3)):
            one.swap(other, 3)
        return one.n, other.n
        """,
    "a StopIteration that no handler of a generator takes is turned": """
        def sender():
            got = yield f(1)

        def gen(it):
            try:
                it.send(f(2) % 3)
            except Bad:
                pass
            yield from asked([1, 2])

        it = sender()
        next(it)
        try:
            return list(gen(it))
        except RuntimeError as error:
            return repr(error), repr(error.__cause__)
        """,
    "a class that a function makes is of the script's module": """
        import collections, enum, typing

        made = type("C", (), {"x": f(1)}), f(type)("D", (), {})
        made += collections.namedtuple("N", "a b"), enum.Enum("E", "x y")
        if odd(f(1)):
            made += (typing.NamedTuple("T", [("a", int)]),)
        return [one.__module__ for one in made], repr(made[0])
        """,
    "what is gone over may be given by its name": """
        import itertools

        class Own:
            def __iter__(self):
                yield f(1)
                yield f(2)

        found = list(enumerate(iterable=Own(), start=f(4)))
        found += enumerate(iterable=f(Own()))
        found += itertools.accumulate(iterable=Own())
        return found
        """,
    "a bare raise in a function raises what its caller handles": """
        def again():
            if odd(f(1)):
                raise

        found = []
        try:
            try:
                raise Bad(f(1))
            except Bad:
                again()
        except Bad as error:
            found.append(repr(error))
        try:
            again()
        except RuntimeError as error:
            found.append(repr(error))
        return found
        """,
    "a generator in an except clause goes on handling": """
        def thrown():
            try:
                raise KeyError(f(1))
            except KeyError:
                yield f(2)

        def delegating():
            try:
                raise KeyError(f(1))
            except KeyError:
                yield from [f(2)]
                raise ValueError

        def passing():
            try:
                raise KeyError(f(1))
            except KeyError:
                yield from thrown_in()

        def thrown_in():
            yield f(2)

        found = []
        for it in thrown(), delegating(), passing():
            next(it)
            try:
                it.throw(ValueError) if it.__name__ != "delegating" else next(it)
            except ValueError as error:
                found.append(repr(error.__context__))
        return found
        """,
    "a generator's name is read behind the store to it": """
        def items():
            yield f(1)

        it = f(items())
        it.__name__ = "other"
        before = it.__name__
        return before, list(it), it.__name__
        """,
    "a lazy iterator over what cannot be gone over fails where it is made": """
        def same(*row):
            return f(row)

        found = []
        for lazy in map, filter, itertools.starmap, itertools.takewhile:
            for items in 42, f(42):
                try:
                    lazy(same, items)
                    found.append("made")
                except TypeError as error:
                    found.append(str(error))
        return found
        """,
    "a lazy iterator asks for pending items where it is made": """
        said = []
        class Shelf:
            def __iter__(self):
                said.append("asked")
                return iter([1, 2])

        def same(*row):
            return f(row)

        for lazy in map, filter, itertools.takewhile, zip:
            row = [same] if lazy is not zip else []
            made = lazy(*row, f(Shelf()))
            said.append("made")
            said.extend(made)
        return said
        """,
    "where_the_script_stands_is_asked_of_traceback": """
        import traceback
        def stands(x):
            at = traceback.extract_stack(limit=2)[-1]
            return at.name, at.lineno, x
        def script(n0, xs0, ys0, d0, s0, b0):
            return stands(f(n0)), f(1)
        """,
    "arguments_are_named_as_parameters_of_ours_are": """
        import functools
        class Shape(dict):
            def __init__(self, given, cls=None, **named):
                self.of = cls, len(named)
                super().__init__(given)
        class Plain:
            def __new__(cls, function=None, obj=None):
                return super().__new__(cls)
            def __init__(self, function=None, obj=None):
                self.given = f(function), obj
        @functools.singledispatch
        def told(one, function=None):
            return one, f(function)
        shape = f(Shape(f(d0), cls=f(3), args=f(4), fn=5))
        plain = Plain(function=f(n0), obj=f(4))
        return shape, shape.of, plain.given, told(f(1), function=f(n0))
        """,
    "a stream is gone over in a `try`, behind a call": """
        found = []
        try:
            risky(f(n0 + 1))
            for part in tell(n0).splitlines():
                found.append(f(part))
            for part, more in listed(n0):
                found.append(f(part))
        except Bad:
            found.append(0)
        return found
        """,
    "a loop that any item leaves goes on behind it with what has arrived": """
        pairs = zip([f(v) for v in word(n0).split(",")], [])
        for one, other in pairs:
            return one
        last = later = 0
        for last in zip(word(f(n0)), []):
            return last
        return list(pairs), last
        """,
}

WRONG: dict[str, str] = {}


def known(name: str, fusion: bool) -> Any:
    """A program on one machine; those that still disagree are marked so."""
    full = f"{name}-{'fused' if fusion else 'literal'}"
    why = WRONG.get(name) or WRONG.get(full)
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(name, fusion, id=full, marks=marks)


PROGRAMS = [known(name, fusion) for name in REGRESSIONS for fusion in (True, False)]


@pytest.mark.parametrize("schedule", range(3))
@pytest.mark.parametrize(("name", "fusion"), PROGRAMS)
def test_agrees(name: str, fusion: bool, schedule: int) -> None:
    """The machine does what CPython does, on a few schedules."""
    judge(program(REGRESSIONS[name]), schedule, fusion=fusion)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("name", ENDLESS)
def test_a_failure_is_not_waited_for_endlessly(name: str, fusion: bool) -> None:
    """What would never end is only reached because a failure is still on its way."""
    judge(program(ENDLESS[name]), fusion=fusion)


def program(body: str) -> str:
    """The source of a script with this body, or of a module that has one."""
    if "def script" in body:
        return textwrap.dedent(body)
    lines = [line[4:] for line in body.strip("\n").splitlines()]
    return HEAD + "\n".join(lines) + "\n"
