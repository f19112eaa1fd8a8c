"""The environments say the same in both of their forms."""

import yaml
from conftest import ROOT


def pins(file):
    lines = (ROOT / "envs" / file).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_conda_environment_has_the_pins_of_the_requirements():
    environment = yaml.safe_load((ROOT / "envs" / "designspace.yaml").read_text("utf-8"))
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert pip == pins("requirements.txt")


def test_every_requirement_is_pinned_to_one_version():
    for file in ("requirements.txt", "workflow.txt", "test.txt"):
        assert pins(file) and all(line.count("==") == 1 for line in pins(file))
