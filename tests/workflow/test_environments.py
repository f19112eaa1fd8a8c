"""The environments say the same in both of their forms."""

import ast
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions, packages_distributions

import pytest
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
    """A rule's environment has only what requirements.txt names; benchmarks are run by people."""
    imported, scripts = set(), ROOT / "scripts"
    for path in [*scripts.glob("*.py"), *(scripts / "designspace").rglob("*.py")]:
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


AUDIT = ROOT / ".ci" / "audit.py"
REFUSED = re.compile(r"affero|\bAGPL|\bSSPL|server side public|non-?commercial|commons clause", re.IGNORECASE)


def licences(package):
    """What a package says of its licence: fields of its metadata, and the beginnings of its files of licences."""
    fields = [package.metadata.get(field) or "" for field in ("License-Expression", "License")]
    fields += [text for text in package.metadata.get_all("Classifier") or [] if text.startswith("License")]
    files = [file for file in package.files or [] if "dist-info" in str(file) and "licen" in file.name.lower()]
    return [text[:300] for text in fields + [file.read_text() for file in files if file.locate().exists()]]


def test_every_licence_lets_a_lab_ship():
    for package in distributions():
        assert not any(REFUSED.search(text) for text in licences(package)), package.name


@pytest.fixture
def audit():
    """The program of the audit, as a module."""
    spec = importlib.util.spec_from_file_location("audit", AUDIT)
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    return audit


def test_the_audit_fails_where_there_is_a_finding_and_says_where_nobody_answered(audit, monkeypatch, capsys):
    assert "pytest==9.2.0" in audit.pins() and not any("+" in pin for pin in audit.pins())
    safe = {"name": "a", "version": "1", "vulns": []}
    bad = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}]}
    unknown = {"name": "c", "skip_reason": "Dependency not found on PyPI"}
    here = dict.fromkeys(["a==1", "b==2", "c==3"], [False, False])
    monkeypatch.setattr(audit, "pins", lambda: list(here))
    none_of, gone = "0 known vulnerabilities in the", here | {"b==2": ["bad", True]}
    half, unheard = here | {"b==2": ["bad", False]}, here | {"b==2": []}
    about, rest = "that could be asked about.\n", "Of the others nothing is known"
    for packages, marks, code, said in (
        (
            [safe, bad, unknown],
            here,
            1,
            "b 2: PYSEC-1 (CVE-1), fixed in 3\n1 known vulnerabilities in the 2 of 3 packages",
        ),
        ([safe, unknown, unknown], here, 0, f"{none_of} 1 of 3 packages {about}"),
        ([], here, 0, f"{none_of} 0 of 3 packages {about}0 withdrawn releases among the 3 {about}{rest}"),
        ([safe] * 3, gone, 1, f"b==2 was withdrawn (bad)\n{none_of} 3 of 3 packages {about}1 withdrawn"),
        ([safe] * 3, half, 0, f"0 withdrawn releases among the 3 {about}"),
        ([safe] * 3, unheard, 0, f"0 withdrawn releases among the 2 {about}{rest}"),
    ):
        monkeypatch.setattr(audit, "ask", lambda pinned, packages=packages: packages)
        monkeypatch.setattr(audit, "marks", marks.get)
        with pytest.raises(SystemExit) as left:
            audit.main()
        assert left.value.code == code and said in capsys.readouterr().out


def test_what_the_index_says_of_a_release_is_read_from_its_files(audit, monkeypatch):
    names = ["one_thing-1.0-py3-none-any.whl", "one_thing-1.0.tar.gz", "one_thing-1.0.1.tar.gz", "one-thing-1.0.exe"]
    listing = json.dumps({"files": [{"filename": name, "yanked": name.endswith("gz") and "bad"} for name in names]})
    asked = []
    monkeypatch.setattr(audit, "urlopen", lambda request, **how: asked.append(request) or io.StringIO(listing))
    assert audit.marks("one-thing==1.0") == [False, "bad"]
    assert (asked[0].full_url, asked[0].get_header("Accept")) == ("https://pypi.org/simple/one-thing/", audit.JSON)
    listing = "<html>a firewall's own page</html>"
    assert audit.marks("one-thing==1.0") == []
    monkeypatch.undo()
    monkeypatch.setattr(audit, "INDEX", "https://localhost:1")
    assert audit.marks("one-thing==1.0") == [], "it is out of reach"


def canonical(name):
    return name.lower().replace("_", "-")


def test_every_requirement_is_pinned_to_one_version():
    for file in ("requirements.txt", "workflow.txt", "test.txt"):
        assert pins(file) and all(line.count("==") == 1 for line in pins(file))


def test_an_environment_that_a_link_leads_to_is_not_emptied(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "envs").mkdir()
    for file in ("requirements.txt", "workflow.txt", "test.txt"):
        (tmp_path / "envs" / file).touch()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "precious").touch()
    (tmp_path / ".venv").symlink_to("shared")
    command = ["make", f"PYTHON={sys.executable}", "env"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode and ".venv is a symbolic link" in made.stdout and "rm .venv" in made.stdout
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["precious"]
