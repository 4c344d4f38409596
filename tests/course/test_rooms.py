"""The rooms of grader/: imports run downwards only, and the walls that are trust boundaries hold."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.quick

GRADER = Path(__file__).resolve().parents[2] / "grader"

# From the roof down; a module may import its own room and those below, the rooms of one floor not each other.
FLOORS = [
    ["cli"],
    ["lab", "classroom"],
    ["gradebook"],
    ["intake"],
    ["judging"],
    ["checks"],
    ["answers"],
    ["diagnosis"],
    ["base"],
]
ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# What is on the left never imports what is on the right, through whatever modules between them.
WALLS = [
    ("judging.learner", ["checks", "answers.table", "answers.check", "answers.compare", "gradebook", "judging.judge"]),
    ("judging.crossing", ["checks", "answers.table", "answers.check", "gradebook", "judging.judge", "judging.learner"]),
    ("judging.sandbox", ["checks", "answers", "gradebook", "judging.judge", "judging.learner", "judging.workers"]),
    ("judging.judge", ["judging.sandbox", "judging.workers", "judging.learner", "gradebook"]),
]


def name_of(file):
    return ".".join(file.relative_to(GRADER).with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {name_of(file): file for file in sorted(GRADER.rglob("*.py"))}


def imports(file, with_lazy=True):
    """Yield the modules of grader/ that a module imports, `grader.` left out; lazy ones stand in functions."""
    tree = ast.parse(file.read_text("utf-8"))
    checked = {inner for node in ast.walk(tree) if is_for_types(node) for inner in ast.walk(node)}
    lazy = {inner for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in checked or (node in lazy and not with_lazy):
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.removeprefix("grader.") in MODULES else node.module for name in inside]
        yield from (name.removeprefix("grader.") for name in names if name.startswith("grader."))


def is_for_types(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room(name):
    return name.partition(".")[0]


def is_in(name, place):
    return name == place or name.startswith(f"{place}.")


def reached(place, with_lazy):
    """Return what the modules of a place import, directly and through others."""
    found, open_ = set(), [name for name in MODULES if is_in(name, place)]
    while open_:
        for name in imports(MODULES[open_.pop()], with_lazy):
            if name not in found:
                found.add(name)
                open_.append(name)
    return found


def test_nothing_lies_loose_beside_the_rooms():
    assert {file.name for file in GRADER.glob("*.py")} == {"__init__.py", "__main__.py", "cli.py"}
    rooms = {file.parent.name for file in GRADER.glob("*/__init__.py")}
    assert rooms | {"cli"} == set(ROOMS)


def test_imports_run_downwards_only():
    pairs = [(name, other) for name, file in MODULES.items() if room(name) in ROOMS for other in imports(file)]
    assert len(pairs) > 100
    upwards = [(a, b) for a, b in pairs if room(a) != room(b) and ROOMS[room(b)] <= ROOMS[room(a)]]
    assert not upwards


@pytest.mark.parametrize(("place", "forbidden"), WALLS, ids=lambda value: value if isinstance(value, str) else "")
def test_no_import_goes_through_a_wall(place, forbidden):
    found = reached(place, with_lazy=True) - {name for name in MODULES if is_in(name, place)}
    through = [name for name in found if any(is_in(name, wall) for wall in forbidden)]
    assert not through


def test_no_two_modules_import_each_other():
    above = {name: set(imports(file, with_lazy=False)) for name, file in MODULES.items()}
    seen, way = set(), []

    def visit(name):
        assert name not in way, " > ".join([*way[way.index(name) :], name])
        if name not in seen:
            way.append(name)
            for other in sorted(above[name]):
                visit(other)
            seen.add(way.pop())

    for name in MODULES:
        visit(name)


def test_nothing_in_the_grader_imports_the_notebooks():
    folders = {path.name for path in (GRADER.parent / "notebooks").glob("*/__init__.py")}
    assert folders
    for file in MODULES.values():
        named = {
            node.module for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
        }
        assert not {str(name).partition(".")[0] for name in named} & {*folders, "notebooks"}, file
