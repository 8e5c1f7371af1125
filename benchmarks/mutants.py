"""Do the tests notice a wrong sign? One change at a time in `softmodes/theory`, and what no test sees of them.

Run by hand: python benchmarks/mutants.py [module ...] [--share 0.2] [--seed 1]

Changed are operators, comparisons, numbers, conditions and what is returned, in memory: nothing is written into the
tree. Each mutant meets the quick tests that reach its lines, as coverage tells, then all of its module; what passes all
is shown, unless mutants.md explains it. (mutmut leaves decorated functions alone, which most equations are; cosmic-ray
starts Python anew for each mutant, which would be most of the time.)
"""

import argparse
import ast
import gc
import importlib
import importlib.util
import os
import random
import resource
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest
from coverage import CoverageData
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
EXPLAINED = Path(__file__).with_suffix(".md")
# Loaded once: a mutant gets a copy of this process, in which softmodes itself is not yet there.
LIBRARIES = "hypothesis.extra.numpy IPython matplotlib.figure mpmath numba scipy.integrate scipy.interpolate sympy"
SECTIONS = "section2_fundamentals section3_crossover section3_levels section3_heat_capacity section4_stability"
TESTS = [*(f"tests/test_{name}.py" for name in f"equations {SECTIONS}".split()), "softmodes/theory"]
RUN = ["-q", "-x", "-m", "not slow", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
SECONDS = 60  # of a processor, after which a mutant counts as noticed: it does not end
# fmt: off
PAIRS = [
    (ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq),
    (ast.And, ast.Or), (ast.BitAnd, ast.BitOr),
]
# fmt: on
OTHER = dict(PAIRS) | {b: a for a, b in PAIRS} | {ast.Pow: ast.Mult, ast.FloorDiv: ast.Div, ast.USub: ast.UAdd}


def changes(tree):
    """Every single change: which field of which node becomes what."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op) if type(op) in OTHER:
                yield node, "op", OTHER[type(op)]()
            case ast.Compare(ops=[op]) if type(op) in OTHER:
                yield node, "ops", [OTHER[type(op)]()]
            case ast.Constant(value=bool(value)):
                yield node, "value", not value
            case ast.Constant(value=int(value) | float(value)):
                yield node, "value", value + 1
            case ast.If(test=test) | ast.IfExp(test=test):
                yield node, "test", ast.UnaryOp(ast.Not(), test)
            case ast.Return(value=ast.expr()):
                yield node, "value", ast.Constant(None)


def outcome(act):
    """How a copy of this process ends that does something and says nothing: 0 if all is well."""
    child = os.fork()
    if not child:
        code = 1
        try:
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            code = act()
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def tested(path, tree, tests):
    """Run tests on a module made of a syntax tree, in its place among the others."""
    import softmodes.theory as room

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    spec = importlib.util.spec_from_file_location(f"{room.__name__}.{path.stem}", path)
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    setattr(room, path.stem, module)
    exec(compile(ast.fix_missing_locations(tree), path, "exec"), module.__dict__)
    return pytest.main([*RUN, *tests])


def reaching(paths):
    """The tests that reach each line of some files: {path: {line: tests}}."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COVERAGE_FILE"] = str(Path(folder) / "lines")
        measured = ["--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
        if outcome(partial(pytest.main, [*RUN, *measured, *TESTS])):
            raise RuntimeError("the tests must pass before a mutant meets them")
        data = CoverageData(os.environ["COVERAGE_FILE"])
        data.read()
        lines = {path: data.contexts_by_lineno(str(path)) for path in paths}
    return {
        path: {line: {name.rpartition("|")[0] for name in names if name} for line, names in reached.items()}
        for path, reached in lines.items()
    }


def survivors(path, reached, sample, tree):
    """Of mutants of a module those that no test notices, as what they have changed."""
    original, every = ast.unparse(tree).splitlines(), sorted(set().union(*reached.values()))
    for node, field, new in tqdm(sample, desc=path.stem, disable=None):
        old = getattr(node, field)
        setattr(node, field, new)
        near = set().union(*(reached.get(line, ()) for line in range(node.lineno, node.end_lineno + 1)))
        # what is cached is reached by the first of all tests that need it
        if all(outcome(partial(tested, path, tree, tests)) == 0 for tests in (sorted(near), every) if tests):
            pairs = zip(original, ast.unparse(tree).splitlines(), strict=True)
            yield from ((a.strip(), b.strip()) for a, b in pairs if a != b)
        setattr(node, field, old)


def explained():
    """What mutants.md says of: a line, and each that it may become."""
    rows = EXPLAINED.read_text(encoding="utf-8").splitlines()
    return {(a, b) for row in rows if row.startswith("- ") for a, *rest in [row.split("`")[1::2]] for b in rest}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for library in LIBRARIES.split():
        importlib.import_module(library)
    pytest.main(["--version"])  # with all its plugins
    gc.freeze()  # what a copy begins with, pytest in it would look through twice
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    paths = sorted((ROOT / "softmodes/theory").glob("[!_]*.py"))
    paths = [path for path in paths if path.stem in (given.modules or path.stem)]
    known = explained()
    for path, reached in reaching(paths).items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if outcome(partial(tested, path, tree, sorted(next(filter(None, reached.values()))))):
            raise RuntimeError(f"{path.name} must pass its tests unchanged")
        sample = list(changes(tree))
        sample = random.Random(given.seed).sample(sample, round(given.share * len(sample)))
        print(f"{path.name}: {len(sample)} mutants", flush=True)
        for a, b in survivors(path, reached, sample, tree):
            print(f"  `{a}` → `{b}`{', as explained' if (a, b) in known else ''}", flush=True)


if __name__ == "__main__":
    main()
