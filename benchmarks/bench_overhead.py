"""What a run costs beside hand-written trio and beside CPython, against its budget.

    python benchmarks/bench_overhead.py [--quick] [--only WORD]

Ratios are paired: both sides run in turn in one process, and the median of the ratios is
shown, so that a busy machine slows both.  Figures of memory and of imports come from
processes of their own.  What only computes (imports, compiling, a piece of a stream) is
measured in processor time.
"""

import argparse
import gc
import linecache
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import trio

import epic_actors as epic


Timed: TypeAlias = Callable[[], Any]
KIB = 1024


@attrs.frozen
class Row:
    """One figure and the most it may be."""

    name: str
    figure: float
    budget: float | None
    unit: str = "x"

    def __str__(self) -> str:
        budget = "" if self.budget is None else f"{self.budget:g} {self.unit}"
        verdict = "" if self.budget is None else self.verdict
        return (
            f"{self.name:<58}{self.figure:>10.4g} {self.unit:<4}{budget:>11}  {verdict}"
        )

    @property
    def verdict(self) -> str:
        """`ok`, or `MISS`; figures without a budget cannot miss."""
        within = self.budget is None or self.figure <= self.budget
        return "ok" if within else "MISS"


@attrs.frozen
class Effort:
    """How much work a benchmark does."""

    repeats: int
    calls: int
    most: int
    loops: int


FULL = Effort(repeats=7, calls=10_000, most=1_000_000, loops=200_000)
QUICK = Effort(repeats=3, calls=10_000, most=100_000, loops=50_000)


def seconds(run: Timed) -> float:
    """Time one run."""
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def cpu_seconds(run: Timed) -> float:
    """Time one run of ours alone: a busy machine lends its processors to others."""
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start


def ratio(run: Timed, reference: Timed, repeats: int) -> float:
    """The median of `run` over `reference`, taken in turn after a first round."""
    run()
    reference()
    return statistics.median(seconds(run) / seconds(reference) for _ in range(repeats))


def epic_run(script: Callable[..., Any], *args: Any, fusion: bool = True) -> Timed:
    """A run of a script, to be timed."""
    return partial(trio.run, partial(epic.evaluate, script, *args, fusion=fusion))


# Fan-out at realistic latencies, behind a decision


def latency(key: int) -> float:
    """Between 50 and 100 ms, the same for the same call."""
    return 0.05 + key * 37 % 1000 * 0.00005


async def _decide(n: int) -> bool:
    await trio.sleep(latency(n))
    return True


async def _fetch(key: int) -> int:
    await trio.sleep(latency(key))
    return key


decide = epic.unordered(_decide)
fetch = epic.unordered(_fetch)


def fan_out(n: int) -> list[int]:
    out: list[int] = []
    if decide(n):
        for key in range(n):
            out.append(fetch(key))
    return out


async def fan_out_by_hand(n: int) -> list[Any]:
    out: list[Any] = [None] * n

    async def one(key: int) -> None:
        out[key] = await _fetch(key)

    if await _decide(n):
        async with trio.open_nursery() as nursery:
            for key in range(n):
                nursery.start_soon(one, key)
    return out


def realistic(effort: Effort) -> Iterator[Row]:
    for n, budget in ((10, 1.013), (100, 1.013), (1000, 1.05)):
        by_hand = partial(trio.run, fan_out_by_hand, n)
        name = f"50-100 ms calls behind an if, fan-out {n}, over trio"
        yield Row(name, ratio(epic_run(fan_out, n), by_hand, effort.repeats), budget)
        literal = epic_run(fan_out, n, fusion=False)
        yield Row(f"{name}, literal", ratio(literal, by_hand, 1), None)


# Calls that take no time


async def _quick(x: int) -> int:
    await trio.lowlevel.checkpoint()
    return x


quick = epic.unordered(_quick)


def many(n: int) -> list[int]:
    out: list[int] = []
    for x in range(n):
        out.append(quick(x))
    return out


def forget(n: int) -> None:
    for x in range(n):
        quick(x)


async def many_by_hand(n: int) -> list[Any]:
    out: list[Any] = [None] * n

    async def one(x: int) -> None:
        out[x] = await _quick(x)

    async with trio.open_nursery() as nursery:
        for x in range(n):
            nursery.start_soon(one, x)
    return out


def zero_latency(effort: Effort) -> Iterator[Row]:
    n = effort.calls
    by_hand = partial(trio.run, many_by_hand, n)
    name = f"{n} zero-latency calls, over a trio nursery"
    yield Row(name, ratio(epic_run(many, n), by_hand, effort.repeats), 1.25)
    literal = epic_run(many, n, fusion=False)
    yield Row(f"{name}, literal", ratio(literal, by_hand, 1), None)


def per_call(effort: Effort) -> Iterator[Row]:
    epic_run(forget, 10)()
    n = 1000
    while n <= effort.most:
        repeats = max(1, min(effort.repeats, 100_000 // n))
        taken = min(seconds(epic_run(forget, n)) for _ in range(repeats))
        yield Row(f"one call of {n}", taken / n * 1e6, 15, "us")
        n *= 10


# Calls in flight


def all_in_flight(call: Callable[[], Any], n: int) -> None:
    for _ in range(n):
        call()


async def in_flight(n: int) -> tuple[float, float]:
    """How long cancelling `n` calls takes, and the most memory while they wait."""
    left = n
    last = trio.Event()
    scope = trio.CancelScope()

    @epic.unordered
    async def forever() -> None:
        nonlocal left
        left -= 1
        if not left:
            last.set()
        await trio.sleep_forever()

    async def run() -> None:
        with scope:
            await epic.evaluate(all_in_flight, forever, n)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await last.wait()
        gc.collect()
        memory = _memory()
        start = time.perf_counter()
        scope.cancel()
    return time.perf_counter() - start, memory


def _memory() -> float:
    """The most memory of this process so far, in bytes."""
    # Why: what `resource` has starts with the parent's, where Linux has its own figure.
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    [most] = re.findall(r"^VmHWM:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
    return float(most) * KIB


def cancelling(effort: Effort) -> Iterator[Row]:
    taken = min(trio.run(in_flight, effort.calls)[0] for _ in range(effort.repeats))
    yield Row(f"cancelling {effort.calls} calls in flight", taken, 0.5, "s")


def memory(effort: Effort) -> Iterator[Row]:
    expression = "trio.run(b.in_flight, {})[1]"
    more = [_elsewhere(expression.format(n)) for n in (10, effort.calls)]
    per_call = (more[1] - more[0]) / effort.calls / KIB
    yield Row(f"memory for each of {effort.calls} calls in flight", per_call, 4, "KiB")
    used = _elsewhere(f"b.epic_run(b.forget, {effort.most})() or b._memory()")
    yield Row(f"memory of {effort.most} calls in a loop", used / KIB**2, 200, "MB")


def _elsewhere(expression: str) -> float:
    """Evaluate an expression of this module in a process of its own."""
    program = f"import bench_overhead as b, trio; print({expression})"
    return float(_python(program, cwd=Path(__file__).parent))


def _python(program: str, **how: Any) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True, **how)  # noqa: S603
    return str(done.stdout)


# Work between the calls


def chain(n: int) -> int:
    x: int = quick(0)
    for _ in range(n):
        x = x + 1
    return x


def chains(effort: Effort) -> Iterator[Row]:
    for n in (1000, 100_000):
        taken = min(seconds(epic_run(chain, n)) for _ in range(effort.repeats))
        yield Row(
            f"one link of a chain of {n} pending operations", taken / n * 1e6, 5, "us"
        )


def literal_nodes(effort: Effort) -> Iterator[Row]:
    n = 1000
    script = _load("x = quick(0)", *["x = x + 1"] * n, "return x")
    run = epic_run(script, fusion=False)
    run()
    taken = min(seconds(run) for _ in range(effort.repeats))
    yield Row(f"one of {n} nodes of the literal machine", taken / n * 1e6, 50, "us")


def body(n: int) -> tuple[int, int, dict[int, int]]:
    found: dict[int, int] = {}
    out: list[int] = []
    total = 0
    for i in range(n):
        k = i % 7
        if k in found:
            found[k] += i
        else:
            found[k] = i
        if k > 3 and i % 2 == 0:
            out.append(i * 2)
        total = total + k * 3 - (i // 5)
    return total, len(out), found


def helped(n: int) -> tuple[int, int, dict[int, int]]:
    return body(n)


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def helped_often(n: int) -> int:
    total = 0
    for _ in range(10):
        total += fib(n)
    return total


def pure(effort: Effort) -> Iterator[Row]:
    n, repeats = effort.loops, effort.repeats
    plain = partial(body, n)
    yield Row(
        "pure code in a script body, over CPython",
        ratio(epic_run(body, n), plain, repeats),
        1.6,
    )
    yield Row(
        "pure helper with a loop, over CPython",
        ratio(epic_run(helped, n), plain, repeats),
        1.1,
    )
    again = partial(helped_often, 22)
    yield Row(
        "pure helper that recurses, over CPython",
        ratio(epic_run(helped_often, 22), again, repeats),
        1.1,
    )


# Start-up


@epic.unordered
async def tell(n: int, pause: float) -> AsyncIterator[str]:
    """Stream `n` short lines, with a pause before each."""
    for _ in range(n):
        await trio.sleep(pause)
        yield "a line\n"


def retold(n: int) -> Any:
    """A stream, passed on."""
    return tell(n, 0)


def told_together(n: int, pause: float) -> str:
    """Many streams, one after the other."""
    return "\n".join([tell(3, pause) for _ in range(n)])


async def _read(script: Callable[..., str], *args: Any) -> tuple[float, float]:
    """The seconds to the first piece of a run, and to the last."""
    start, first = time.perf_counter(), 0.0
    async with epic.open_run(script, *args) as run:
        async for _piece in run:
            first = first or time.perf_counter() - start
    return first, time.perf_counter() - start


async def _read_bare(n: int) -> None:
    async with aclosing(tell.function(n, 0)) as pieces:
        async for _piece in pieces:
            pass


async def _first_by_hand(n: int, pause: float) -> float:
    """The seconds to the first piece of what trio users would write."""
    start = time.perf_counter()

    async def pump(send: trio.MemorySendChannel[str]) -> None:
        async with send, aclosing(tell.function(3, pause)) as pieces:
            async for piece in pieces:
                await send.send(piece)

    async with trio.open_nursery() as nursery:
        channels = [trio.open_memory_channel[str](math.inf) for _ in range(n)]
        for send, _receive in channels:
            nursery.start_soon(pump, send)
        await channels[0][1].receive()
        first = time.perf_counter() - start
        nursery.cancel_scope.cancel()
    return first


def streams(effort: Effort) -> Iterator[Row]:
    """What a piece costs, and how soon the first one is there."""
    n = effort.loops // 5
    ours, bare = partial(trio.run, _read, retold, n), partial(trio.run, _read_bare, n)
    over = [cpu_seconds(ours) - cpu_seconds(bare) for _ in range(effort.repeats)]
    yield Row("one piece of a stream", statistics.median(over) / n * 1e6, 10, "us")
    for count, budget in ((10, 1.013), (100, 1.013), (1000, 1.05)):
        ratios = [
            trio.run(_read, told_together, count, 0.05)[0]
            / trio.run(_first_by_hand, count, 0.05)
            for _ in range(effort.repeats)
        ]
        name = f"time to first piece of {count} streams, over by hand"
        yield Row(name, statistics.median(ratios), budget)


def starting(effort: Effort) -> Iterator[Row]:
    program = "import time; t = time.process_time(); import {}; print(time.process_time() - t)"
    with tempfile.TemporaryDirectory() as cache:
        # Why: what is installed has its bytecode, which the first import leaves here.
        env = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        for name, budget in (("epic_actors", 0.15), ("trio", None)):
            runs = range(effort.repeats + 1)
            taken = min(float(_python(program.format(name), env=env)) for _ in runs)
            yield Row(f"import {name}", taken, budget, "s")


FLAT = [
    "x = quick(x)",
    "xs.append(x + 1)",
    "y = f'{x} and {len(xs)}'",
    "d[y] = x - 1",
] * 25
NESTED = """
for i in range(1):
    if x:
        x = quick(x)
        for j in xs[:1]:
            if j > 100:
                x = quick(j)
                xs.append(x)
            elif x > 5:
                break
            else:
                d[j] = x
                if x == 3:
                    y = str(x)
                    continue
                y = 'none'
    else:
        xs = xs + [x]
        x += 1
d['last'] = y
d['x'] = x
"""
_loaded = 0


def _load(*lines: str) -> Callable[..., Any]:
    """A new script with these lines; it is compiled when it first runs."""
    global _loaded  # noqa: PLW0603
    _loaded += 1
    head = "def script():\n    x, y, xs, d = 0, '', [], {}\n"
    source = head + textwrap.indent("\n".join(lines), "    ")
    filename = f"<benchmark {_loaded}>"
    parts = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, parts, filename)
    namespace = {"quick": quick, "__name__": __name__}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102
    script: Callable[..., Any] = namespace["script"]
    return script


def compiling(effort: Effort) -> Iterator[Row]:
    nested = NESTED.strip("\n").split("\n") * 5
    for name, lines, budget in (("flat", FLAT, 20), ("nested", nested, 100)):
        figures = []
        for _ in range(effort.repeats):
            script = _load(*lines, "return x")
            first = cpu_seconds(epic_run(script))
            figures.append(first - cpu_seconds(epic_run(script)))
        yield Row(
            f"compiling {len(lines)} {name} lines", min(figures) * 1e3, budget, "ms"
        )


BENCHMARKS = (
    realistic,
    zero_latency,
    memory,
    per_call,
    chains,
    pure,
    streams,
    starting,
    compiling,
    cancelling,
    literal_nodes,
)


def main() -> int:
    """Print all rows; the exit code says whether one missed its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="less work, rougher figures"
    )
    parser.add_argument(
        "--only", default="", help="only benchmarks with this in the name"
    )
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    missed = 0
    for benchmark in BENCHMARKS:
        if options.only in benchmark.__name__:
            missed += _show(benchmark, effort)
    print(f"{missed} over budget" if missed else "all within budget")
    return missed


def _show(benchmark: Callable[[Effort], Iterator[Row]], effort: Effort) -> int:
    missed = 0
    try:
        for row in benchmark(effort):
            print(row, flush=True)
            missed += row.verdict != "ok"
    except Exception as error:
        print(f"{benchmark.__name__} failed: {error!r}", flush=True)
        missed += 1
    return missed


if __name__ == "__main__":
    sys.exit(main())
