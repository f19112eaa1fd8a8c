"""The form of the code that no linter holds: functions and files stay short, and a package says what it is for."""

import ast
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

OXLINT = Path(sys.executable).parent / "oxlint"
FOLDERS = ("scripts", "tests", "workflow", ".ci")
LONGEST_FUNCTION, LONGEST_FILE = 60, 330  # lines; oxlint holds the scripts of the page to the same


def files(ending):
    """The files of the repository with this ending, other people's left out."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob(f"*.{ending}"))
    return sorted(path for path in found if "vendor" not in path.parts)


def long_functions(source):
    """The functions of a Python file with more lines than a screen has, as (name, lines)."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    lengths = [(node.name, node.end_lineno - node.lineno + 1) for node in functions]
    return [(name, lines) for name, lines in lengths if lines > LONGEST_FUNCTION]


def test_no_function_is_longer_than_a_screen():
    assert {path: long for path in files("py") if (long := long_functions(path.read_text("utf-8")))} == {}
    assert long_functions("def f():\n" + "    pass\n" * LONGEST_FUNCTION) == [("f", LONGEST_FUNCTION + 1)]


def test_no_file_is_long():
    lengths = {
        path: path.read_text("utf-8").count("\n") for ending in ("py", "js", "css", "smk") for path in files(ending)
    }
    assert len(lengths) > 150
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_the_linter_of_the_page_stops_a_long_function(tmp_path):
    lines = "  total += 1;\n" * LONGEST_FUNCTION
    (tmp_path / "long.js").write_text(f"function add(total) {{\n{lines}  return total;\n}}\nadd(0);\n")
    settings = ROOT / "scripts" / "designspace" / "report" / "page" / ".oxlintrc.json"
    linted = subprocess.run([OXLINT, "--config", settings, tmp_path], capture_output=True, text=True)
    assert linted.returncode and "max-lines-per-function" in linted.stdout


def test_a_package_says_what_it_is_for_and_imports_nothing():
    packages = sorted((ROOT / "scripts" / "designspace").rglob("__init__.py"))
    assert len(packages) > 10
    for package in packages:
        module = ast.parse(package.read_text("utf-8"))
        assert ast.get_docstring(module), package
        assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(module)), package
