"""Attributes and classes in worlds that have nothing but what one statement runs.

As in `test_one_method`, but each world is written out: a few classes, the objects, and
the statement.  Whatever that runs says so in a list; the list is as in CPython, however
the statement comes to wait.
"""

# mypy: ignore-errors

import linecache
import textwrap

import pytest

from epic_actors.testing.agree import agree
from tests.agreement.test_one_method import boom, g, outside, re_indented


IMPORTS = """
import abc, attrs, copy, dataclasses, enum, functools, inspect, json, operator, string
import types, typing

said = []
"""

#: Each world: its classes, the objects, and the statement.
WORLDS = {
    "a_descriptor_read_through_its_class": """
        class D:
            def __get__(self, o, t=None): said.append(o is None); return 1
        class E: a = D()
        ---
        x = E
        ---
        x.a
        """,
    "a_descriptor_read_through_its_class_by_name": """
        class D:
            def __get__(self, o, t=None): said.append(o is None); return 1
        class E: a = D()
        ---
        x = E
        ---
        getattr(x, "a"); hasattr(x, "a"); operator.attrgetter("a")(x)
        """,
    "a_descriptor_called_through_its_class": """
        class D:
            def __get__(self, o, t=None): said.append(o is None); return lambda: 3
        class E: a = D()
        ---
        x = E
        ---
        x.a()
        """,
    "a_descriptor_of_a_metaclass": """
        class D:
            def __get__(self, o, t=None): said.append(1); return 1
        class M(type):
            a = b = D()
        class E(metaclass=M): a = 3
        ---
        x = E
        ---
        x.b; said.append(x.a)
        """,
    "a_data_descriptor_of_a_metaclass": """
        class D:
            def __get__(self, o, t=None): said.append(1); return 1
            def __set__(self, o, v): said.append(2)
        class M(type): shown = D()
        class E(metaclass=M): shown = 3
        ---
        x = E
        ---
        x.shown; x.shown = 3
        """,
    "a_descriptor_behind_super_of_an_instance": """
        class D:
            def __get__(self, o, t=None): said.append((o is None, t.__name__)); return 1
        class E: a = D()
        class F(E):
            def f(self): return super().a
        ---
        x = F()
        ---
        x.a = 3; x.f()
        """,
    "a_descriptor_behind_super_of_a_class": """
        class D:
            def __get__(self, o, t=None): said.append((o is None, t.__name__)); return 1
        class E: a = D()
        class F(E):
            @classmethod
            def f(cls): return super().a
        ---
        x = F
        ---
        x.f()
        """,
    "a_property_behind_super_of_a_class": """
        class A:
            f = property(lambda self: 1, lambda self, v: said.append(v))
        class B(A):
            def g(self): super(B, B).f.__set__(self, 3); super(B, type(self)).f.fset(self, 4)
        ---
        x = B()
        ---
        x.g()
        """,
    "super_takes_no_attributes": """
        class A:
            kept = property(lambda self: 1, lambda self, v: said.append(v))
        class B(A):
            def g(self):
                try: super().kept = 3
                except AttributeError as e: said.append(str(e))
        ---
        x = B()
        ---
        x.g()
        """,
    "a_descriptor_that_only_deletes": """
        class D:
            def __delete__(self, o): said.append(2)
        class E: gone = away = D()
        ---
        x = E()
        ---
        del x.gone; delattr(x, "away")
        """,
    "a_field_that_is_a_descriptor": """
        class V:
            def __get__(self, o, t=None): said.append("get"); return 3
            def __set__(self, o, v): said.append(("set", v))
        @dataclasses.dataclass
        class D:
            a: int = V()
        ---
        x = 1
        ---
        D(x).a
        """,
    "a_property_whose_value_is_called": """
        class A:
            @property
            def keys(self): return lambda: said.append(1)
        ---
        x = A()
        ---
        x.keys()
        """,
    "a_descriptor_whose_value_is_called_beside_a_method": """
        class A:
            def __get__(self, o, t): return lambda: said.append(1)
        class C: p = A()
        class B:
            def p(self): pass
        ---
        x = C()
        ---
        x.p()
        """,
    "an_object_of_a_class_called_like_a_method": """
        class I:
            def __call__(self): said.append(1)
        class A:
            items = I()
            keys = functools.partial(lambda: said.append(2))
        ---
        x = A()
        ---
        x.items(); x.keys()
        """,
    "a_function_made_by_getattr_called_like_a_method": """
        class A:
            def __getattr__(self, n): return lambda: said.append(n)
        class B:
            def p(self): pass
        ---
        x = A()
        ---
        x.p(); x.get()
        """,
    "a_method_of_what_an_object_stands_for": """
        class A:
            def __init__(self): self.t = said
            def __getattr__(self, n): return getattr(self.t, n)
        ---
        x = A()
        ---
        x.append(1)
        """,
    "a_method_of_another_object_as_an_attribute": """
        class A:
            def __init__(self): self.append = said.append; self.get = lambda: said.append(2)
        ---
        x = A()
        ---
        x.append(1); x.get()
        """,
    "a_text_that_asks_for_attributes": """
        class A:
            @property
            def v(self): said.append(1); return 1
        class B:
            def __getattr__(self, n): said.append(n); return 1
        ---
        x = [A(), B()]
        ---
        "{0.v}{a.v}{1:{b.w}}".format(x[0], 5, a=x[0], b=x[1]); "{a.v}".format_map({"a": x[0]})
        """,
    "a_formatter_asks_for_attributes": """
        class A:
            @property
            def v(self): said.append(1); return 1
        ---
        x = A()
        ---
        string.Formatter().format("{0.v}", x)
        """,
    "a_metaclass_says_what_is_an_instance": """
        class M(type):
            def __instancecheck__(cls, o): said.append(1); return True
            def __subclasscheck__(cls, o): said.append(2); return True
        class D(metaclass=M): pass
        ---
        x = D
        ---
        isinstance(1, x); isinstance(1, (str, x)); isinstance(1, str | D); issubclass(int, x)
        """,
    "an_abstract_class_says_what_is_derived": """
        class D(abc.ABC):
            @classmethod
            def __subclasshook__(cls, o): said.append(1); return True
        class E: pass
        ---
        x = type("E", (), {})
        ---
        isinstance(x(), D); issubclass(x, D)
        """,
    "a_protocol_asks_for_attributes": """
        @typing.runtime_checkable
        class P(typing.Protocol):
            f: int
        class A:
            @property
            def f(self): said.append(1); return 1
        ---
        x = A()
        ---
        isinstance(x, P)
        """,
    "what_a_copy_is_made_of": """
        class A:
            def __reduce__(self): said.append(1); return (int, ())
        class B:
            def __setstate__(self, s): said.append(s)
            def __getstate__(self): return 1
        class C:
            def __getnewargs__(self): said.append(2); return ()
        ---
        x = [A(), B(), C()]
        ---
        copy.copy(x[0]); copy.copy(x[1]); copy.copy(x[2]); copy.deepcopy(x)
        """,
    "a_copy_is_made_by_a_function": """
        def f(): said.append(1)
        class A:
            def __reduce__(self): return (f, ())
        ---
        x = A()
        ---
        copy.copy(x); copy.deepcopy([x])
        """,
    "a_copy_asks_for_attributes": """
        class A:
            def __getattr__(self, n): said.append(n); raise AttributeError(n)
        ---
        x = A()
        ---
        copy.deepcopy(x)
        """,
    "past_the_hook": """
        class A:
            p = property(lambda self: said.append(1), lambda self, v: said.append(v))
            def __getattribute__(self, n): return object.__getattribute__(self, n)
            def __setattr__(self, n, v): object.__setattr__(self, n, v)
        ---
        x = A()
        ---
        object.__getattribute__(x, "p"); x.__getattribute__("p"); x.__setattr__("p", 4)
        """,
    "what_a_function_calls": """
        class D:
            def __call__(self, *a): said.append(a); return 1
        ---
        x = D()
        ---
        operator.call(x, 2); operator.call(lambda: said.append(3))
        """,
    "what_is_printed_to": """
        class A:
            def write(self, s): said.append(s)
            def flush(self): said.append("f")
        ---
        x = A()
        ---
        print("a", 2, file=x, flush=True); print(sep="", file=x)
        """,
    "what_is_loaded_from": """
        class A:
            def read(self): said.append(1); return "1"
        ---
        x = A()
        ---
        json.load(x)
        """,
    "what_members_there_are": """
        class A:
            @property
            def p(self): said.append(1); return 1
        ---
        x = A()
        ---
        inspect.getmembers(x)
        """,
    "a_class_made_by_a_function": """
        class D:
            def __init_subclass__(cls, **k): said.append(k)
        ---
        x = D
        ---
        types.new_class("E", (x,))
        """,
    "a_name_that_is_given_twice": """
        class Map:
            def keys(self): said.append("keys"); return ["b", "a", "c"]
            def __getitem__(self, k): said.append(k); return 1
        ---
        x = Map()
        ---
        try: dict(a=1, **x)
        except TypeError as e: said.append(str(e))
        dict(d=1, **x)
        """,
    "a_class_attribute_where_classes_have_descriptors": """
        class V:
            def __get__(self, o, t): pass
        class D:
            @classmethod
            def put(cls, v): cls.foo = v
        ---
        x = D
        ---
        D.foo = 1
        g(D, 1).put(g(4, 1)); g(D.put, 1)(g(D.foo, 1) + 1); said.append(D.foo)
        """,
}


WAYS = {
    "undecided": "if g(1, 3):\n    STATEMENT",
    "pending": "STATEMENT",
    "behind": "if g(1, 2): said.append(g(7, 1))\nSTATEMENT",
    "failing": "try:\n    boom(1)\n    STATEMENT\nexcept ValueError: pass",
    "both": "if g(1, 2):\n    said.append(g(7, 1))\n    STATEMENT",
    "looped": "for _ in range(g(2, 1)):\n    STATEMENT",
    "tried": """try:
    if g(1, 2): pass
    STATEMENT
    if g(1, 1): raise KeyError
except KeyError: said.append('c')""",
}
"""How the statement comes to wait."""


def script_of(name, way):
    """A script with the statement of a world."""
    parts = textwrap.dedent(WORLDS[name]).split("---\n")
    world, made, statement = [part.strip("\n") for part in parts]
    if way == "pending":
        made = f"x = g({made.removeprefix('x = ')}, 1)"
    lines = [made, re_indented(WAYS[way], statement.replace("\n", "\\n"))]
    lines.append("return list(said), len(said)")
    text = f"{IMPORTS}{world}\ndef script():\n"
    text += textwrap.indent("\n".join(lines), "    ") + "\n"
    filename = f"/worlds/{name}_{way}.py"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    module = {"__name__": "inside", "g": g, "boom": boom}
    exec(compile(text, filename, "exec"), module)
    return module["script"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", WORLDS)
def test_all_that_is_run_is_seen(name, way):
    """However the statement comes to wait, on both machines."""
    agree(script_of(name, way), outside)
