"""The environments say the same in both of their forms."""

import ast
import sys
from importlib.metadata import packages_distributions

import yaml
from conftest import ROOT


def pins(file):
    lines = (ROOT / "envs" / file).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_conda_environment_has_the_pins_of_the_requirements():
    environment = yaml.safe_load((ROOT / "envs" / "designspace.yaml").read_text("utf-8"))
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert pip == pins("requirements.txt")


def test_every_import_of_the_programs_is_pinned():
    """A rule's environment has only what requirements.txt names."""
    imported = set()
    for path in (ROOT / "scripts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    packages = packages_distributions()
    # Triton comes with PyTorch where there is a GPU, and is not needed elsewhere.
    others = imported - sys.stdlib_module_names - {"designspace", "triton"}
    pinned = {canonical(pin.partition("==")[0]) for pin in pins("requirements.txt")}
    assert {canonical(packages[name][0]) for name in others} <= pinned


def canonical(name):
    return name.lower().replace("_", "-")


def test_every_requirement_is_pinned_to_one_version():
    for file in ("requirements.txt", "workflow.txt", "test.txt"):
        assert pins(file) and all(line.count("==") == 1 for line in pins(file))
