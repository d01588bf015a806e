"""Scaffolding of demos: one script, run by plain Python and by epic-actors, compared.

    demonstration = Demonstration(report, ("tides",), play=play)
    if __name__ == "__main__":
        demonstration.run_command()

The script asks models as usual.  Unless `--live` is given, the environment names a model
that is simulated on this machine while the demo runs, and says what `play` says.
Parameters of the script that have a default are options of the program.
"""

import functools
import inspect
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import shorten
from typing import Any

import attrs
import click
import trio
from rich.console import Console

import epic_actors as epic
from epic_actors.errors import EpicError
from epic_actors.observe.timeline import Timeline
from epic_actors.testing.latency import Latency
from epic_actors.testing.loopback import open_simulated_model_thread
from epic_actors.testing.simulated_model import Reply, SimulatedModel


@attrs.frozen
class Outcome:
    """What a run gave, and when.

    Attributes:
        first_s: Seconds until the first piece of the value was there.
        seconds: Seconds until all of it was there.
        calls: The requests that the model got.
    """

    value: Any
    first_s: float
    seconds: float
    calls: int

    @property
    def ending(self) -> str:
        """The last line of the value, or what fits of it."""
        value = self.value if isinstance(self.value, list) else [self.value]
        return shorten(str(value[-1]).rstrip().split("\n")[-1], 76)

    def __str__(self) -> str:
        when = (
            f"first piece after {self.first_s:5.2f} s, all after {self.seconds:5.2f} s"
        )
        return f"{when}, {self.calls} requests; it ends:\n  {self.ending}"


@attrs.frozen
class Comparison:
    """The same script run in order and out of order."""

    in_order: Outcome
    parallel: Outcome

    def __str__(self) -> str:
        earlier = self.in_order.first_s / self.parallel.first_s
        faster = self.in_order.seconds / self.parallel.seconds
        return (
            f"The same value, the same requests; the first piece {earlier:.1f} times as "
            f"early, all of it {faster:.1f} times as fast."
        )


@attrs.define(eq=False)
class Demonstration:
    """A script with its arguments and a model that plays along.

    Attributes:
        play: What the simulated model says.
        latency: How long it takes.
        console: Where the demo prints.
    """

    script: Callable[..., Any]
    args: tuple[Any, ...]
    play: Reply = attrs.field(kw_only=True)
    latency: Latency = attrs.field(
        default=Latency(0.2, 0.005, jitter=0.3), kw_only=True
    )
    console: Console = attrs.field(factory=Console, kw_only=True)

    def compare(self) -> Comparison:
        """Run the script in order and out of order against the simulated model."""
        model = SimulatedModel(self.play, latency=self.latency)
        timeline = Timeline()
        with _environment(model):
            self._say("plain Python ...")
            in_order = _timed(model, self._in_order)
            self._say(f"{in_order}\n\nepic-actors, as it arrives:\n")
            parallel = _timed(model, lambda: self._as_it_arrives(timeline))
        self._say(f"{parallel}\n")
        self.console.print(timeline)
        found = Comparison(in_order, parallel)
        if parallel.value != in_order.value or parallel.calls != in_order.calls:
            raise AssertionError(f"the runs differ: {found!r}")
        self._say(f"\n{found}")
        return found

    def run_live(self) -> Any:
        """Run the script against the model that the environment names."""
        timeline = Timeline()
        value, _ = self._as_it_arrives(timeline)
        self.console.print(timeline)
        return value

    def command(self) -> click.Command:
        """The demo as a program, which compares, or runs live if it is asked to."""
        live = click.Option(
            ["--live"],
            is_flag=True,
            help="Ask the model named by EPIC_LLM_BASE_URL, EPIC_LLM_MODEL and "
            "OPENAI_API_KEY.",
        )
        about = sys.modules[self.script.__module__].__doc__
        params: list[click.Parameter] = [*options_of(self.script), live]
        return click.Command("demo", callback=self._run, params=params, help=about)

    def run_command(self) -> None:
        """Be the program; what is wrong is said in one line."""
        try:
            self.command().main(standalone_mode=False)
        except click.ClickException as error:
            sys.exit(f"demo: {error.format_message()}")
        except EpicError as error:
            sys.exit(f"demo: {error}")
        except click.Abort:
            sys.exit("demo: stopped")

    def _run(self, *, live: bool, **chosen: Any) -> None:
        script = functools.wraps(self.script)(functools.partial(self.script, **chosen))
        asked = attrs.evolve(self, script=script)
        if live:
            asked.run_live()
        else:
            asked.compare()

    def _in_order(self) -> tuple[Any, float]:
        value = epic.run_sequentially(self.script, *self.args)
        return value, time.perf_counter()

    def _as_it_arrives(self, timeline: Timeline) -> tuple[Any, float]:
        """Run the script out of order, and print its value piece by piece."""
        first: list[float] = []
        is_text = self.script.__annotations__.get("return") is str

        async def main() -> Any:
            async with epic.open_run(self.script, *self.args, on_event=timeline) as run:
                async for piece in run:
                    first.append(time.perf_counter())
                    self._say(str(piece), end="" if is_text else "\n")
                return await run.result()

        value = trio.run(main)
        self._say("\n")
        return value, first[0] if first else time.perf_counter()

    def _say(self, text: str, end: str = "\n") -> None:
        self.console.print(text, end=end, markup=False, highlight=False, soft_wrap=True)


def options_of(script: Callable[..., Any]) -> list[click.Option]:
    """An option for each parameter of a script that has a default."""
    return [
        click.Option(
            [f"--{name}"],
            default=parameter.default,
            type=type(parameter.default),
            show_default=True,
        )
        for name, parameter in inspect.signature(script).parameters.items()
        if parameter.default is not parameter.empty
    ]


def _timed(model: SimulatedModel, run: Callable[[], tuple[Any, float]]) -> Outcome:
    before, begun = model.statistics().requests, time.perf_counter()
    value, first = run()
    seconds = time.perf_counter() - begun
    return Outcome(value, first - begun, seconds, model.statistics().requests - before)


@contextmanager
def _environment(model: SimulatedModel) -> Iterator[None]:
    """Within, the environment names the simulated model."""
    with open_simulated_model_thread(model) as base_url:
        names = {"EPIC_LLM_BASE_URL": base_url, "EPIC_LLM_MODEL": "simulated"}
        before = {name: os.environ.get(name) for name in names}
        os.environ.update(names)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
