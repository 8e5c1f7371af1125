"""The command ``softmodes glass``: makes an ensemble of glasses, or completes one."""

import os
import sys
from contextlib import contextmanager

import click


@click.command()
@click.option("--n", default=500, show_default=True, type=click.IntRange(min=216), help="Atoms of each glass.")
@click.option("--count", default=50, show_default=True, type=click.IntRange(min=1), help="Number of glasses.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Seed of the ensemble.")
@click.option("--jobs", default=min(2, os.cpu_count() or 1), show_default=True, type=click.IntRange(min=1),
              help="Processes.")  # fmt: skip
@click.option("--cooling-steps", default=0, show_default=True, type=click.IntRange(min=0),
              help="Time steps of linear cooling; 0 quenches at once.")  # fmt: skip
@click.option("--output", required=True, metavar="DIR", help="Folder of the glasses; what is there is kept.")
@click.option("--redo", is_flag=True, help="Make damaged or foreign glasses anew instead of refusing them.")
@click.option("--pack", metavar="FILE", help="Also write the whole ensemble as one compact file.")
def glass(n, count, seed, jobs, cooling_steps, output, redo, pack):
    """Make computer glasses with all their modes, or complete an interrupted run."""
    from tqdm import tqdm

    from .ensemble import run_ensemble
    from .storage import load_ensemble, pack_ensemble

    settings = {"n": n, "count": count, "seed": seed, "jobs": jobs, "cooling_steps": cooling_steps, "redo": redo}
    with tqdm(total=count, unit="glass", disable=not sys.stderr.isatty()) as bar, _one_line(output):
        run_ensemble(output, progress=_follow(bar), **settings)
        if pack:
            pack_ensemble(output, pack)
    ensemble = load_ensemble(output)
    click.echo(
        f"{len(ensemble.energy)} glasses of {ensemble.n} atoms in {output}, {ensemble.rejected.sum()} crystals"
        f" rejected; energy {ensemble.energy.mean():.4f} +- {ensemble.energy.std():.4f} per atom"
    )


def _follow(bar):
    """What to do when a glass is finished: move the bar, or, where nobody watches, write a line."""

    def progress(index, arrays, done, total):
        bar.update(bar.total - total + done - bar.n)
        if bar.disable:
            click.echo(
                f"glass {index}: energy {arrays['energy']:.4f} per atom, lowest nu {arrays['frequencies'][0]:.4f},"
                f" {arrays['rejected']} crystals rejected; {total - done} to go"
            )

    return progress


@contextmanager
def _one_line(output):
    """Turn what can go wrong into one line."""
    from .storage import DamagedGlass

    try:
        yield
    except OSError as error:
        where = error.filename or output
        raise click.ClickException(f"cannot write {where}: {error.strerror}; finished glasses are kept") from error
    except DamagedGlass as error:
        raise click.ClickException(f"{error}; --redo makes it anew") from error
    except (ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
