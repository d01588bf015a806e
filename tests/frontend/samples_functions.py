"""Sample functions: nested functions, closures, classes and methods."""

# mypy: ignore-errors
# ruff: noqa: E731, F821, RUF012, UP028

import functools

from tests.frontend.sample import Sample, samples_of


TABLE: list[Sample] = []
sample = samples_of(TABLE)


def note(log, x):
    log.append(x)
    return x


class Animal:
    def __init__(self, name):
        self.name = name
        self.__secret = name[::-1]

    def speak(self):
        return f"{self.name}: {self.sound()} {self.__secret}"

    def sound(self):
        return "..."

    @classmethod
    def make(cls, name):
        return cls(name)

    @staticmethod
    def legs():
        return 4


class Dog(Animal):
    def __init__(self, name, age):
        super().__init__(name)
        self.age = age

    def sound(self):
        return super().sound() + "woof" + self.__mark()

    def __mark(self):
        fs = [lambda: self.__tail for _ in [1]]
        self.__tail = __class__.__name__
        return fs[0]()

    def run(self):
        return [self.speak(), self.legs(), type(self).make]


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


@sample((5,))
def closure(n):
    def add(x):
        return x + n

    before = add(1)
    n = 100
    return before, add(1)


@sample(())
def counter():
    count = 0

    def bump(by=1):
        nonlocal count
        count += by
        return count

    return bump(), bump(5), count, bump.__defaults__


@sample(())
def late_binding():
    fs = []
    for i in range(3):
        fs.append(lambda: i)
    gs = [(lambda i=i: i) for i in range(3)]
    return [f() for f in fs], [g() for g in gs]


@sample((10,))
def inner_recursion(n):
    def fact(k):
        return 1 if k < 2 else k * fact(k - 1)

    return fact(n)


@sample((8,), (9,))
def mutual(n):
    return even(n), odd(n)


@sample(([],))
def defaults_and_annotations(log):
    @functools.wraps(note)
    def wrapped(*args):
        return args

    def f(
        a: note(log, "a"),
        b: note(log, "b") = note(log, 1),
        *c: int,
        d=note(log, 2),
        **e,
    ) -> note(log, "r"):
        """What it says."""
        return a, b, c, d, e

    return f, f(0), f.__kwdefaults__, f.__defaults__, wrapped(1), wrapped.__name__


@sample(([],))
def decorators(log):
    def deco(tag):
        log.append(tag)

        def wrap(fn):
            log.append((tag, "wraps"))
            return lambda *a: (tag, fn(*a))

        return wrap

    @deco(1)
    @deco(2)
    def f(x, y=note(log, "default")):
        return x, y

    return f(5)


@sample(())
def signatures():
    def f(a, /, b, *, c, d=4):
        return a, b, c, d

    out = [f(1, 2, c=3), f(1, b=2, c=3, d=5)]
    for args, kwargs in [
        ((1,), {}),
        ((1, 2, 3), {}),
        ((), {"a": 1}),
        ((1, 2), {"c": 1, "x": 2}),
    ]:
        try:
            f(*args, **kwargs)
        except TypeError as e:
            out.append(str(e))
    return out


@sample(("Rex", 3))
def methods(name, age):
    dog = Dog(name, age)
    cat = Animal.make("cat")
    return (
        dog.speak(),
        dog.run()[:2],
        cat.speak(),
        dog.age,
        Dog.legs(),
        Animal.speak(dog),
    )


@sample((2,))
def local_class(n):
    base = n

    class Point:
        """A point."""

        dims = base + 1
        names = [c for c in "xy"]

        def __init__(self, x, y=n):
            self.x, self.y = x, y

        def __add__(self, other):
            return Point(self.x + other.x, self.y + other.y)

        def __repr__(self):
            return f"Point({self.x}, {self.y})"

        @property
        def norm(self):
            return self.x * self.x + self.y * self.y

    class Sub(Point, **{}):
        def norm2(self):
            return super().norm + base

    p = Point(1) + Sub(3, 4)
    base = 50
    return (
        repr(p),
        p.norm,
        Point.dims,
        Sub(1, 1).norm2(),
        Point.__qualname__,
        Point.__doc__,
    )


@sample(())
def class_decorated():
    def tag(cls):
        cls.tag = cls.__name__
        return cls

    @tag
    class A:
        pass

    @tag
    class B(A):
        x = 1

    return A.tag, B.tag, B.__mro__[1].__name__, B.x


@sample(())
def free_unbound():
    def get():
        return later

    if not get:
        later = 1
    return get()


@sample(())
def cell_unbound():
    r = value

    def get():
        return value

    value = r
    return get


@sample(())
def nonlocal_deleted():
    x = 1

    def drop():
        nonlocal x
        del x

    drop()
    return x


@sample((1, 2))
def captured_parameters(a, b):
    def get():
        return a, b

    a, b = b, a
    for a in range(3):
        pass
    return get()


@sample(())
def closures_in_loop():
    fs = []
    for i in range(3):
        x = i * 10

        def f(k=i):
            return x, k, i

        fs.append(f)
    return [f() for f in fs]


@sample((3,))
def deep_closures(n):
    def a():
        m = n * 2

        def b():
            nonlocal m
            m += n
            return lambda: (m, n)

        return b()

    return a()()


@sample(())
def star_functions():
    def f(*args, **kwargs):
        return g(*args, **kwargs)

    def g(a, b=2, *rest, k=None):
        return a, b, rest, k

    return f(1), f(1, 2, 3, k=4), f(*[5, 6], **{"k": 7})


@sample(())
def generator_inside():
    def numbers(n):
        for i in range(n):
            yield i

    return list(numbers(3)), sum(numbers(4)), [x for x in numbers(2)]


@sample(([3, 1, 2],))
def callbacks(xs):
    def key(x):
        return -x

    return (
        sorted(xs, key=key),
        functools.reduce(lambda a, b: a * 10 + b, xs),
        [*filter(key, xs)],
    )


@sample((200,))
def recursion(n):
    return 0 if n == 0 else 1 + recursion(n - 1)


@sample((6, ["a", "b", "c"]))
def hanoi(n, pegs):
    moves = []

    def move(n, a, b, c):
        if n:
            move(n - 1, a, c, b)
            moves.append((a, c))
            move(n - 1, b, a, c)

    move(n, *pegs)
    return len(moves), moves[:3]


@sample((4,))
def queens(n):
    def safe(q, row, col):
        return all(c != col and abs(c - col) != row - r for r, c in enumerate(q))

    def place(q):
        row = len(q)
        if row == n:
            return [q]
        return [s for col in range(n) if safe(q, row, col) for s in place([*q, col])]

    return place([])


@sample(([],))
def wrong_calls(log):
    def f(a, b=1):
        return a

    try:
        f()
    except TypeError as e:
        log.append(str(e))
    try:
        f(note(log, 1), c=note(log, 2))
    except TypeError as e:
        log.append(str(e))
    return f(1, 2, 3)


@sample(())
def iterators():
    class Count:
        def __init__(self, n):
            self.n = n

        def __iter__(self):
            return self

        def __next__(self):
            if self.n == 0:
                raise StopIteration
            self.n -= 1
            return self.n

    return [x for x in Count(3)], list(Count(2)), max(Count(4))


@sample((1,))
def globals_of_module(x):
    return globals()["note"] is note, "x" in globals()


@sample(())
def async_helper():
    async def double(x):
        return x * 2

    async def both(x):
        return await double(x) + await double(1)

    try:
        both(3).send(None)
    except (StopIteration, AttributeError):
        return "done"


@sample(([1, 2],))
def partial_application(xs):
    f = functools.partial(note, xs)
    return f(3), xs, list(map(f, [7]))


MODULE_LAMBDA = lambda a, b=2: (a + b, [a for _ in range(b)])
PAIR = (lambda x: x + 1), (lambda x: x + 2)
sample((1,), (1, 5))(MODULE_LAMBDA)
sample((1,))(PAIR[0])
sample((1,))(PAIR[1])
