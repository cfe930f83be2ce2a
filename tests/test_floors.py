"""The floors of the house: who may import whom, and what nobody may load."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMMON = {"errors", "settings", "paths", "trash"}
LEARNING = ["music", "data", "algorithms", "training", "jobs"]
BELOW = {
    **{floor: set(LEARNING[: height + 1]) for height, floor in enumerate(LEARNING)},
    "evaluation": {*LEARNING[:4], "evaluation"},
    "plots": {"music", "plots"},
    "projects": {"music", "projects"},
}
"""The floors that each floor may import from; every floor may import COMMON as well, which stands on nothing."""
EVERYTHING = {*BELOW, "cli"}
ALLOWED = {
    **{name: set() for name in COMMON},
    **BELOW,
    "cli": EVERYTHING,
    "__main__": EVERYTHING,
    "ui": {*EVERYTHING, "ui"},
    "app": {*EVERYTHING, "ui", "app"},
}
WITH_STREAMLIT = {"ui", "app"}
PICKLE_MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
PICKLE_CALLS = {"torch.load", "torch.save", "read_pickle", "to_pickle"}

SOURCES = sorted(
    [*ROOT.glob("composer/**/*.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("scripts/*.py"), *ROOT.glob("*.py")]
)


def floor_of(path: Path) -> str:
    """The floor a file stands on: "music", ..., "cli"; "app" for the entry and pages; "" for what is on none."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] in {"streamlit_app", "pages"}:
        return "app"
    return parts[1] if parts[0] == "composer" and parts[1] != "__init__" else ""


def imports(tree: ast.AST, package: tuple[str, ...] = ()) -> Iterator[str]:
    """Every dotted name that is imported anywhere in `tree`, inside functions and by import_module("...") as well.

    `from a import b` counts as a.b, for b may be a module; `package` is what relative imports are relative to.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and name_of(node.func).endswith(("import_module", "__import__")):
            yield from leading_text(node.args[:1])


def leading_text(nodes: list[ast.expr]) -> Iterator[str]:
    """The text that string constants and f-strings begin with."""
    for node in nodes:
        first = node.values[0] if isinstance(node, ast.JoinedStr) else node
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def name_of(node: ast.expr) -> str:
    """A name with its dots, such as torch.load; "" for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def breaches(source: str, path: Path) -> list[str]:
    """What `source`, were it the file `path`, imports from floors it may not import from."""
    package = path.relative_to(ROOT).parent.parts
    floor, found = floor_of(path), []
    for name in imports(ast.parse(source), package):
        top, _, rest = name.partition(".")
        if top == "streamlit" and floor not in WITH_STREAMLIT:
            found.append(name)
        if top == "composer" and rest.split(".")[0] in ALLOWED.keys() - COMMON - ALLOWED.get(floor, set()):
            found.append(name)
    return found


def pickles(source: str) -> list[str]:
    """The ways of reading or writing pickles in `source`."""
    tree = ast.parse(source)
    found = [name for name in imports(tree) if name.split(".")[0] in PICKLE_MODULES or name in PICKLE_CALLS]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        if name in PICKLE_CALLS or name.split(".")[-1] in PICKLE_CALLS:
            found.append(name)
        found += [f"{name}({word.arg}=)" for word in node.keywords if asks_for_pickle(word)]
    return found


def asks_for_pickle(word: ast.keyword) -> bool:
    """Whether a keyword argument is allow_pickle=..., unless False, or persist=..., which makes streamlit pickle."""
    value = word.value.value if isinstance(word.value, ast.Constant) else ...
    return (word.arg == "allow_pickle" and value is not False) or (word.arg == "persist" and value not in (None, False))


def label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_file_imports_only_from_floors_below(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_file_touches_no_pickle(path: Path) -> None:
    assert pickles(path.read_text(encoding="utf-8")) == []


def test_every_module_of_the_package_is_on_a_floor() -> None:
    assert {floor_of(path) for path in SOURCES} <= {"", *ALLOWED}


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("composer/music/midi.py", "from composer.data import registry"),
        ("composer/music/midi.py", "from composer import data"),
        ("composer/music/arranger/a.py", "from ...plots import pianoroll"),
        ("composer/data/a.py", "def late():\n    import composer.algorithms.base"),
        ("composer/algorithms/a.py", "import_module('composer.training.loop')"),
        ("composer/training/loop.py", "import importlib\nimportlib.import_module(f'composer.jobs.{name}')"),
        ("composer/jobs/local.py", "from composer.evaluation import bench"),
        ("composer/evaluation/bench.py", "from composer.jobs import local"),
        ("composer/plots/losses.py", "from composer.training import runs"),
        ("composer/projects/a.py", "from composer.plots import pianoroll"),
        ("composer/paths.py", "from composer.music import score"),
        ("composer/cli.py", "def studio():\n    from streamlit.web import cli"),
        ("composer/cli.py", "from composer.ui import player"),
        ("composer/errors.py", "import streamlit as st"),
        ("composer/__init__.py", "from composer.music import score"),
        ("scripts/setup.py", "import streamlit"),
    ],
)
def test_import_from_above_is_noticed(file: str, source: str) -> None:
    assert len(breaches(source, ROOT / file)) == 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("composer/music/midi.py", "from .score import Score\nfrom composer.errors import BadInput"),
        ("composer/jobs/local.py", "from composer.training import loop\nfrom composer.paths import home"),
        ("composer/cli.py", "from composer import __version__\nfrom composer.evaluation import bench"),
        ("pages/2_Train.py", "import streamlit as st\nfrom composer.ui import player"),
    ],
)
def test_import_from_below_is_allowed(file: str, source: str) -> None:
    assert breaches(source, ROOT / file) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from cloudpickle import loads",
        "torch.load(path, weights_only=True)",
        "from torch import load",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=trusted)",
        "frame = pandas.read_pickle(path)",
        "@st.cache_data(persist='disk')\ndef figures(): ...",
    ],
)
def test_pickle_is_noticed(source: str) -> None:
    assert len(pickles(source)) == 1


@pytest.mark.parametrize("source", ["np.load(path, allow_pickle=False)", "np.load(path)", "json.load(file)"])
def test_plain_loading_is_allowed(source: str) -> None:
    assert pickles(source) == []
