"""The command `epic-actors`."""

import functools
import importlib
import signal
import ssl
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import attrs
import click
import trio

from epic_actors.errors import EpicError, UsageError
from epic_actors.run import Script

from .limits import Limits
from .server import LOOPBACK, serve_runs


_Decorator: TypeAlias = Callable[[Callable[..., None]], Callable[..., None]]


def _limit(name: str, help: str) -> _Decorator:  # noqa: A002 - click's name for it
    """The option for one of the limits."""
    field = attrs.fields_dict(Limits)[name]
    flag = f"--{name.replace('_', '-')}"
    return click.option(
        flag, type=field.type, default=field.default, show_default=True, help=help
    )


@click.group()
@click.version_option(package_name="epic-actors")
def main() -> None:
    """Run ordinary sequential scripts with every external call in parallel."""


@main.command()
@click.argument("scripts", nargs=-1, required=True, metavar="MODULE[:SCRIPT]...")
@click.option(
    "--host", default=LOOPBACK, show_default=True, help="Address to listen on."
)
@click.option("--port", default=8000, show_default=True, help="Port; 0 for a free one.")
@click.option(
    "--token",
    envvar="EPIC_ACTORS_TOKEN",
    help="What clients have to know; better in the environment's EPIC_ACTORS_TOKEN.",
)
@click.option("--origin", "origins", multiple=True, help="A page that may connect.")
@click.option(
    "--certificate", type=click.Path(exists=True), help="For TLS, with its key."
)
@click.option(
    "--key", type=click.Path(exists=True), help="The key, if in another file."
)
@_limit("max_runs", "Runs at once.")
@_limit("max_runs_per_connection", "Runs at once of one connection.")
@_limit("max_connections", "Connections at once.")
@_limit("max_message", "The longest message of a client.")
@_limit("max_history", "How much of a run's events is kept.")
@_limit("requests_per_second", "Requests of one connection.")
@_limit("default_outlive", "Seconds that a run goes on while nobody is attached.")
@_limit("keep_ended", "Seconds that an ended run is kept.")
@_limit("idle_timeout", "Seconds after which an idle connection is closed.")
def serve(
    scripts: Sequence[str],
    host: str,
    port: int,
    token: str | None,
    origins: Sequence[str],
    certificate: str | None,
    key: str | None,
    **limits: Any,
) -> None:
    """Serve scripts over websockets, with a page to run them by hand.

    A module alone stands for all scripts in it.
    """
    try:
        offered = [script for name in scripts for script in find(name)]
        serving = functools.partial(
            serve_runs,
            offered,
            host=host,
            port=port,
            token=token,
            origins=origins,
            ssl_context=_tls(certificate, key),
            limits=Limits(**limits),
        )
        trio.run(
            _until_stopped, serving, host, "http" if certificate is None else "https"
        )
    except* EpicError as group:
        raise click.ClickException(str(_first(group))) from group
    except* OSError as group:
        said = f"cannot listen on {host}, port {port}: {_first(group)}"
        raise click.ClickException(said) from group


def _first(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


def find(name: str) -> list[Any]:
    """The scripts that `module:script` or `module` names.

    Raises:
        ClickException: There is no such thing.
    """
    module_name, _, wanted = name.partition(":")
    if not all(part.isidentifier() for part in module_name.split(".")):
        said = f"{name!r} is to be module or module:script, as in demos.debate:hold"
        raise click.ClickException(said)
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        module: ModuleType = importlib.import_module(module_name)
    except Exception as error:
        said = f"cannot import {module_name}: {type(error).__name__}: {error}"
        raise click.ClickException(said) from error
    if not wanted:
        found = [one for one in vars(module).values() if isinstance(one, Script)]
        return [one for one in found if one.__module__ == module.__name__]
    if not hasattr(module, wanted):
        raise click.ClickException(f"{module_name} has no {wanted}")
    return [getattr(module, wanted)]


def _tls(certificate: str | None, key: str | None) -> ssl.SSLContext | None:
    if certificate is None:
        if key is not None:
            raise UsageError("--key takes the --certificate that it belongs to")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        said = f"{certificate} has no certificate in PEM with its key: {error}"
        raise UsageError(said) from error
    return context


async def _until_stopped(serving: Any, host: str, scheme: str) -> None:
    """Serve until a signal asks to stop."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with trio.open_nursery() as nursery:
            port = await nursery.start(serving)
            shown = f"[{host}]" if ":" in host else host
            click.echo(f"serving at {scheme}://{shown}:{port}/")
            async for _ in signals:
                nursery.cancel_scope.cancel()
                break


if __name__ == "__main__":
    main()
