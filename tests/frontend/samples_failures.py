"""Sample functions: exceptions, `finally`, and contexts."""

# mypy: ignore-errors
# ruff: noqa: E722, F821, PLE0643, RUF059

import contextlib

from tests.frontend.sample import Sample, samples_of


TABLE: list[Sample] = []
sample = samples_of(TABLE)


def note(log, x):
    log.append(x)
    return x


def fail(log, error):
    log.append(repr(error))
    raise error


class Manager:
    def __init__(self, log, name, suppress=False):
        self.log, self.name, self.suppress = log, name, suppress

    def __enter__(self):
        self.log.append(("enter", self.name))
        return self.name

    def __exit__(self, kind, error, trace):
        self.log.append(("exit", self.name, kind, str(error), trace is None))
        return self.suppress


@sample((1, 0), (1, 1), (1, "a"), ("a", 1))
def handlers(a, b):
    try:
        r = a / b
    except ZeroDivisionError:
        r = "zero"
    except (TypeError, ValueError) as e:
        r = "type", str(e)
    return r


@sample(([], 0), ([], 1), ([], "a"))
def all_clauses(log, x):
    try:
        log.append("body")
        y = 1 / x
    except ZeroDivisionError:
        log.append("handler")
        y = None
    else:
        log.append("else")
        y *= 2
    finally:
        log.append("finally")
    return y


@sample(([], 0), ([], 1), ([], 2), ([], 3), ([], 4))
def returns_everywhere(log, x):
    try:
        if x == 0:
            return note(log, "body")
        if x == 1:
            fail(log, ValueError(1))
        if x == 2:
            fail(log, KeyError(2))
        log.append("end of body")
    except ValueError as e:
        return note(log, ("handler", str(e)))
    else:
        log.append("else")
        if x == 4:
            return note(log, "in else")
    finally:
        log.append("finally")
    return "end"


@sample(([], [1, 2, 3, 4, 5, 6, 7]))
def loop_exits_from_try(log, xs):
    for x in xs:
        try:
            log.append(x)
            if x == 2:
                continue
            if x == 4:
                fail(log, ValueError(x))
            if x == 6:
                break
            log.append("end")
        except ValueError:
            log.append("handled")
            continue
        finally:
            log.append("finally")
        log.append("after")
    return x


@sample(([], [1, 2, 3]))
def loop_exits_from_handlers(log, xs):
    total = 0
    for x in xs:
        try:
            total += x
            fail(log, ValueError(x))
            total += 100
        except ValueError:
            total += 10
            if x == 3:
                break
            if x == 1:
                continue
            total += 1
    return total


@sample(([],))
def value_at_failure(log):
    x = 0
    try:
        x = 1
        y = x + 1
        fail(log, ValueError())
        x = 2
    except ValueError:
        return x, y
    return "not here"


@sample((True,), (False,))
def unbound_at_failure(c):
    try:
        if c:
            x = 1
        raise ValueError
    except ValueError:
        return x


@sample((0,), (1,))
def read_after_failure(d):
    result = None
    try:
        step = "one"
        result = 1 / d
        step = "two"
    except ZeroDivisionError:
        pass
    return step, result


@sample(([],))
def finally_overrides(log):
    try:
        return note(log, 1)
    finally:
        return note(log, 2)


@sample(([],))
def finally_swallows(log):
    for i in range(3):
        try:
            fail(log, ValueError(i))
        finally:
            if i < 2:
                continue
            log.append("out")
            break
    return i


@sample(([], 1), ([], 0))
def finally_may_return(log, x):
    y = 1
    try:
        y = 2
        y = 1 / x
    finally:
        log.append(y)
        if x == 0:
            return "swallowed", y
    return y


@sample(([],))
def finally_fails(log):
    try:
        fail(log, ValueError(1))
    finally:
        fail(log, KeyError(2))


@sample(([],))
def handler_fails(log):
    try:
        fail(log, ValueError(1))
    except ValueError:
        fail(log, KeyError(2))
    finally:
        log.append("finally")


@sample(([],))
def raise_from(log):
    try:
        fail(log, ValueError(1))
    except ValueError as e:
        raise KeyError(2) from e


@sample(())
def raise_from_none():
    try:
        1 / 0
    except ZeroDivisionError:
        raise KeyError("x") from None


@sample((ValueError,), (ValueError("x"),), (5,), (None,))
def raises(x):
    raise x


@sample((5,), (ValueError,))
def raises_from_odd(cause):
    raise KeyError from cause


@sample(([],))
def reraises(log):
    try:
        try:
            fail(log, ValueError(1))
        except ValueError:
            log.append("first")
            raise
    except ValueError as e:
        return "second", e.args


@sample(([], ValueError), ([], KeyError), ([], TypeError))
def nested_tries(log, kind):
    try:
        try:
            fail(log, kind("x"))
        except ValueError:
            log.append("inner")
        finally:
            log.append("inner finally")
    except KeyError:
        log.append("outer")
    finally:
        log.append("outer finally")
    return "end"


@sample(([],))
def error_name_is_gone(log):
    e = 5
    try:
        fail(log, ValueError(1))
    except ValueError as e:
        log.append(str(e))
    return e


@sample(([],))
def error_name_captured(log):
    def get():
        return str(e)

    try:
        fail(log, ValueError(1))
    except ValueError:
        log.append(get())
    try:
        get()
    except NameError as problem:
        return str(problem)


@sample((5,), ("x",), ((ValueError, 5),), ((ValueError, (KeyError,)),), ((),))
def bad_handler_classes(classes):
    try:
        raise KeyError("k")
    except classes:
        return "no"


@sample(([],))
def handler_classes_in_order(log):
    try:
        raise IndexError("k")
    except note(log, KeyError):
        return 1
    except (note(log, IndexError), note(log, ValueError)):
        return 2
    except note(log, Exception):
        return 3


@sample(([],))
def bare_except(log):
    try:
        fail(log, KeyboardInterrupt())
    except:
        log.append("caught")
    try:
        raise SystemExit(3)
    except BaseException as e:
        return e.code


@sample(([], 0), ([], 1))
def try_else_exits(log, x):
    for i in range(3):
        try:
            if x:
                fail(log, ValueError(i))
        except ValueError:
            log.append("handled")
        else:
            if i == 1:
                break
            continue
        log.append("after")
    return i


@sample(([],))
def else_is_not_guarded(log):
    try:
        log.append(1)
    except ValueError:
        log.append("no")
    else:
        fail(log, ValueError("else"))


@sample(([1, 0, "a", 2],))
def try_in_loop(xs):
    out = []
    for x in xs:
        try:
            out.append(10 / x)
        except ZeroDivisionError:
            out.append(None)
        except TypeError:
            continue
        out.append("ok")
    return out


@sample(({}, "a"), ({"a": 1}, "a"))
def try_returns(d, k):
    try:
        return d[k]
    except KeyError:
        return "default"


@sample((3,))
def retries(n):
    attempts = 0
    while True:
        try:
            attempts += 1
            if attempts < n:
                raise ValueError(attempts)
            break
        except ValueError as e:
            last = e.args
    return attempts, last


@sample((3,))
def retries_with_return(n):
    for attempt in range(10):
        try:
            if attempt < n:
                raise ValueError(attempt)
            return attempt
        except ValueError:
            if attempt == 5:
                raise
    return "gave up"


@sample(([],))
def with_plain(log):
    with Manager(log, "a") as name:
        log.append(name)
        x = name * 2
    return x


@sample(([], True), ([], False))
def with_failing(log, suppress):
    x = 0
    with Manager(log, "a", suppress):
        x = 1
        fail(log, ValueError("v"))
        x = 2
    return x


@sample(([], 0), ([], 1), ([], 2), ([], 3))
def with_exits(log, way):
    for i in range(3):
        with Manager(log, i) as m, Manager(log, "b"):
            if way == 1 and i == 1:
                break
            if way == 2 and i == 1:
                continue
            if way == 3:
                return note(log, m)
            log.append("end")
    return i


@sample(([],))
def with_several(log):
    with Manager(log, 1) as a, Manager(log, 2, True) as (b), Manager(log, 3):
        fail(log, KeyError(a))
    return a, b


@sample(([],))
def with_target_fails(log):
    with Manager(log, 1) as (a, b):
        pass


@sample((5,), ([],))
def with_no_manager(x):
    with x:
        pass


@sample(())
def with_half_manager():
    class Half:
        def __enter__(self):
            raise AssertionError("never")

    with Half():
        pass


@sample(([],))
def with_exit_fails(log):
    class Bad(Manager):
        def __exit__(self, *info):
            raise KeyError("exit")

    with Bad(log, 1):
        fail(log, ValueError(1))


@sample(([],))
def with_library(log):
    with contextlib.suppress(KeyError):
        fail(log, KeyError(1))
    with contextlib.ExitStack() as stack:
        stack.callback(log.append, "callback")
        log.append("in")
    with contextlib.nullcontext(5) as n, contextlib.suppress(ZeroDivisionError):
        return n / 0
    return "after", n


@sample(([],))
def with_in_try(log):
    try:
        with Manager(log, 1):
            fail(log, ValueError(2))
    except ValueError as e:
        log.append(("handler", e.args))
    else:
        log.append("else")
    finally:
        log.append("finally")


@sample(([],))
def finally_order(log):
    def f():
        try:
            return note(log, "value")
        finally:
            log.append("finally")

    return f(), log.copy()


@sample(())
def finally_keeps_value():
    x = 1
    try:
        return x
    finally:
        x = 2


@sample(())
def context_of_second_failure():
    try:
        {}["a"]
    except KeyError:
        [][0]


@sample(())
def deep_context():
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise ValueError("v") from e
    except ValueError:
        raise TypeError("t")


@sample(([], 3))
def captured_in_try(log, n):
    total = 0

    def add(x):
        nonlocal total
        total += x

    try:
        for i in range(n):
            add(i)
            if i == 2:
                fail(log, ValueError(i))
    except ValueError:
        add(100)
    return total, i


@sample(([],))
def assertion(log):
    try:
        assert not log, note(log, "never")
        assert log, note(log, "message")
    except AssertionError as e:
        return e.args


@sample(())
def stop_iteration():
    it = iter([1])
    next(it)
    return next(it)


@sample(([1, 2],))
def exception_groups(xs):
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except ExceptionGroup as g:
        return g.message, len(g.exceptions)


@sample(([0, 1, 2],))
def try_with_continue_in_else_and_finally(xs):
    out = []
    for x in xs:
        try:
            y = 4 // x
        except ZeroDivisionError:
            out.append("zero")
        else:
            if x == 1:
                continue
            out.append(y)
        finally:
            out.append("f")
        out.append("tail")
    else:
        out.append("loop else")
    return out
