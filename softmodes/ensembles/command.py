"""The commands that make ensembles, or complete interrupted ones: ``softmodes glass``, ``liquid``, and so on."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from math import isfinite
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from softmodes.arguments import Decorated
from softmodes.signals import stopped_by_signals

from .files import DamagedFile, OtherSettings, kept
from .versions import Simulate
from .workers import refuse_little_memory, single_threads

_Ensemble = TypeVar("_Ensemble")


def ensemble_options(noun: str, *, count: int, n: int = 500) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorate a command with the options that all kinds share; `noun` is one member, `count` the default number.

    Whatever goes wrong, or stops it, is one line that says what is kept.
    """
    options = (
        click.option("--n", default=n, show_default=True, type=click.IntRange(min=216), help=f"Atoms of a {noun}."),
        click.option("--count", default=count, show_default=True, type=click.IntRange(min=1), help="How many."),
        click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Seed of the ensemble."),
        click.option("--exponent", type=click.IntRange(1, 31), help="p of the potential r^-p; the paper's by default."),
        click.option("--jobs", default=min(2, os.cpu_count() or 1), show_default=True, type=click.IntRange(min=1),
                     help="Processes, at most."),
        click.option("--scheduler", metavar="ADDRESS", help="Use the workers of a Dask scheduler, at tcp://host:8786"
                     " or named by its scheduler file, instead of processes here."),
        click.option("--output", required=True, metavar="DIR", help="Folder of the results; what is there is kept."),
        click.option("--redo", is_flag=True, help="Make what is damaged or foreign anew instead of refusing it."),
        click.option("--pack", metavar="FILE", help="Also write the whole ensemble as one compact file."),
    )  # fmt: skip

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def guarded(output: str, count: int, **settings: Any) -> None:
            with stopped_by_signals(), _one_line(command.__name__, output, count), single_threads():
                refuse_little_memory()
                if settings["scheduler"] is not None and _is_given("jobs"):
                    raise ValueError("--jobs counts processes here; with --scheduler its workers decide")
                if settings["exponent"] is None:
                    del settings["exponent"]
                command(output=output, count=count, **settings)

        for option in reversed(options):
            guarded = option(guarded)
        return guarded

    return decorate


def _is_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def complete(
    simulate: Simulate,
    describe: Callable[[dict[str, Any]], str],
    load: Callable[[str], _Ensemble],
    *,
    count: int,
    output: str,
    pack: str | None,
    **settings: Any,
) -> _Ensemble:
    """Make what is missing with `run_ensemble`, and pack it; return what `load` reads of all.

    `describe` puts the arrays of a member into words.
    """
    from tqdm import tqdm

    from .files import make_folder
    from .run import run_ensemble
    from .storage import pack_ensemble, pack_target

    kind = simulate.__name__.removeprefix("simulate_")
    make_folder(output)
    if pack is not None:
        pack_target(pack, kind)
    with tqdm(total=count, unit=kind, disable=not (sys.stderr and sys.stderr.isatty())) as bar:

        def progress(index: int, arrays: dict[str, Any], done: int, total: int) -> None:
            # move the bar, or, where nobody watches, write a line
            bar.update(count - total + done - bar.n)
            if bar.disable:
                click.echo(f"{kind} {index}: {describe(arrays)}; {total - done} to go")

        run_ensemble(output, simulate=simulate, count=count, progress=progress, **settings)
        if pack is not None:
            pack_ensemble(output, pack, kind=kind)
        return load(output)


class _Ended(click.ClickException):
    """What ended a command, and its exit status."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code  # type: ignore[misc]  # of a class there, for one status each


@contextmanager
def _one_line(kind: str, output: str, count: int) -> Iterator[None]:
    """Turn what can go wrong into one line."""
    where = click.format_filename(output)
    try:
        yield
    except KeyboardInterrupt as error:
        number = error.args[0] if error.args else signal.SIGINT
        raise _Ended(f"stopped by {signal.Signals(number).name}{kept(output, kind, count)}", 128 + number) from None
    except FileExistsError as error:
        raise _Ended(f"{error.filename or where} is a file, not a folder") from error
    except OSError as error:
        if error.errno is None:
            raise _Ended(str(error)) from error
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise _Ended("too many files are open (see ulimit -n)" + kept(output, kind, count)) from error
        place = click.format_filename(error.filename) if error.filename else where
        raise _Ended(f"cannot read or write {place}: {error.strerror or error}{kept(output, kind, count)}") from error
    except OtherSettings as error:
        raise _Ended(f"{error}; choose another --output, or --redo, which replaces what is there") from error
    except DamagedFile as error:
        raise _Ended(f"{error}; --redo makes it anew") from error
    except (ValueError, RuntimeError) as error:
        raise _Ended(str(error)) from error
    except MemoryError as error:
        raise _Ended(f"out of memory: {error}{kept(output, kind, count)}") from error
    except ImportError as error:
        raise _Ended(f"a library cannot be loaded: {error}") from error


@click.command()
@ensemble_options("glass", count=50)
@click.option("--temperature", default=1.0, show_default=True, help="k_B T of the melt.")
@click.option("--steps", default=3000, show_default=True, type=click.IntRange(min=1), help="Time steps in the melt.")
@click.option("--cooling-steps", default=0, show_default=True, type=click.IntRange(min=0),
              help="Time steps of linear cooling; 0 quenches at once.")  # fmt: skip
@click.option("--modes", type=click.IntRange(min=10), help="Only so many of the softest modes; all by default.")
def glass(output: str, **settings: Any) -> None:
    """Make computer glasses with all their modes, or complete an interrupted run."""
    from .glasses import load_glasses, simulate_glass

    ensemble = complete(simulate_glass, _describe_glass, load_glasses, output=output, **settings)
    # a single glass says nothing of the spread
    spread = f" +- {ensemble.energy.std(ddof=1):.4f}" if len(ensemble.energy) > 1 else ""
    click.echo(
        f"{len(ensemble.energy)} glasses of {ensemble.n} atoms in {output}, {ensemble.rejected.sum()} crystals"
        f" rejected; energy {ensemble.energy.mean():.4f}{spread} per atom"
    )


@click.command()
@ensemble_options("snapshot", count=16)
@click.option("--temperature", "temperatures", multiple=True, type=float, metavar="T",
              help="k_B T of the liquid; may be repeated. Several from 1 to 0.05 by default.")  # fmt: skip
@click.option("--steps", default=4000, show_default=True, type=click.IntRange(min=1),
              help="Time steps at each temperature.")  # fmt: skip
@click.option("--start", default="glass", show_default=True, type=click.Choice(["glass", "crystal"]),
              help="What is heated to the temperature.")  # fmt: skip
def liquid(output: str, temperatures: tuple[float, ...], **settings: Any) -> None:
    """Take snapshots of the liquid at several temperatures with all their modes, or complete an interrupted run."""
    from .liquids import load_liquids, simulate_liquid

    chosen: dict[str, Any] = {"temperatures": temperatures} if temperatures else {}
    liquids = complete(simulate_liquid, _describe_liquid, load_liquids, output=output, **chosen, **settings)
    click.echo(
        f"{liquids.energy.shape[1]} snapshots at {len(liquids.temperatures)} temperatures in {output},"
        f" {liquids.rejected.sum()} runs rejected"
    )


def _mixture_options(command: Decorated) -> Decorated:
    """Decorate a command with the options of a chain of a mixture."""
    options = (
        click.option("--cutoff", type=float, help="Of the potential, in diameters; 2 of r^-6, 1.25 of r^-12."),
        click.option("--spread", default=0.23, show_default=True, help="Standard deviation of diameters, of mean 1."),
        click.option("--temperature", "temperatures", multiple=True, type=float, metavar="T",
                     help="k_B T of the liquid, falling; may be repeated. Five of r^-6 and r^-12 by default."),
        click.option("--sweep", "sweeps", multiple=True, type=click.IntRange(min=20), metavar="N",
                     help="Sweeps at each temperature, on the way down and up; as often as those."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _of_exponent(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings of a chain, filled up with what is usual for its exponent."""
    from softmodes.glass.potential import EXPONENT

    from .swaps import PROTOCOLS

    left = {name for name in PROTOCOLS[EXPONENT] if settings[name] in (None, ())}
    given = {name: value for name, value in settings.items() if name not in left}
    return PROTOCOLS.get(settings.get("exponent", EXPONENT), {}) | given


@click.command()
@ensemble_options("chain", count=40)
@_mixture_options
def swap(output: str, **settings: Any) -> None:
    """Equilibrate a mixture by swap moves far below freezing, and find the soft modes of its minima."""
    from .swaps import load_swaps, simulate_swap

    chains = complete(simulate_swap, _describe_swap, load_swaps, output=output, **_of_exponent(settings))
    coldest = chains.energy[:, -1].mean(axis=0)
    click.echo(
        f"{len(chains.energy)} chains of {len(chains.diameters)} atoms in {output}; energy at"
        f" k_B T = {chains.temperatures[-1]:g}: {coldest[0]:.4f} on the way down, {coldest[1]:.4f} on the way up"
    )


@click.command()
@ensemble_options("chain", count=40)
@_mixture_options
def wells(output: str, **settings: Any) -> None:
    """Make chains as `softmodes swap` does, and search for double wells at the hottest and the coldest temperature."""
    from .soft_spots import load_wells, simulate_wells

    found = complete(simulate_wells, _describe_wells, load_wells, output=output, **_of_exponent(settings))
    click.echo(f"{len(found.energy)} chains in {output}; {_describe_wells({'distance': found.distance})}")


@click.command()
@ensemble_options("glass", count=40)
def softening(output: str, **settings: Any) -> None:
    """Soften local motions in glasses and see what it costs (eqs 15 and 16), or complete an interrupted run."""
    from .soft_spots import load_soft_spots, simulate_softening

    spots = complete(simulate_softening, _describe_softening, load_soft_spots, output=output, **settings)
    click.echo(
        f"{len(spots.energy)} glasses in {output}, {spots.ended_early} paths end early, where no minimum is left"
    )


@click.command()
@ensemble_options("crystal", count=8, n=256)
def instability(output: str, **settings: Any) -> None:
    """Search for the cheapest instability of the fcc crystal, of 4 times a cube of atoms, or go on searching."""
    from .soft_spots import load_instabilities, simulate_instability

    searches = complete(simulate_instability, _describe_instability, load_instabilities, output=output, **settings)
    arrived = [energy for energy in searches.energy[:, -1] if isfinite(energy)]
    least = f"least energy to lose all stiffness {min(arrived):.4f}" if arrived else "none has lost all stiffness"
    click.echo(f"{len(searches.energy)} searches in {output}, {len(searches.energy) - len(arrived)} cut short; {least}")


def _describe_softening(arrays: dict[str, Any]) -> str:
    cost = arrays["stiffness"] ** 2 / (2 * arrays["compliance"])
    from .soft_spots import MOTIONS

    energies = ", ".join(f"{name} {energy:.2f}" for name, energy in zip(MOTIONS, cost, strict=True))
    return f"energy in epsilon to lose all stiffness, by linear response: {energies}"


def _describe_instability(arrays: dict[str, Any]) -> str:
    from .soft_spots import FRACTIONS

    reached = [energy for energy in arrays["energy"] if isfinite(energy)]
    if not reached:
        return "no constrained minimum found"
    return f"energy {reached[-1]:.4f} where {FRACTIONS[len(reached) - 1]:.0%} of the stiffness is left"


def _describe_swap(arrays: dict[str, Any]) -> str:
    (hot, _), (cold, _) = arrays["inherent_energy"][[0, -1]]
    return f"inherent energy {hot:.4f} to {cold:.4f} per atom, bond order {arrays['order'].max():.2f} at most"


def _describe_wells(arrays: dict[str, Any]) -> str:
    hot, cold = ((arrays["distance"][..., parent, :] > 0).sum() for parent in (0, 1))
    return f"{hot} minima next to those below the hottest liquid, {cold} below the coldest"


def _describe_glass(arrays: dict[str, Any]) -> str:
    return (
        f"energy {arrays['energy']:.4f} per atom, lowest nu {arrays['frequencies'][0]:.4f},"
        f" {arrays['rejected']} crystals rejected"
    )


def _describe_liquid(arrays: dict[str, Any]) -> str:
    unstable = (arrays["frequencies"] < 0).mean(axis=1)
    return f"{unstable[0]:.1%} to {unstable[-1]:.1%} unstable modes, {arrays['rejected'].sum()} runs rejected"
