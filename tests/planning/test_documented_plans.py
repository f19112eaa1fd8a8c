"""The documents have the figures that the planner prints."""

import io
import re
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from unittest import mock

import pytest

from benchmark import budgets, models
from designspace.settings import parameters

ROOT = Path(__file__).resolve().parents[2]


@cache  # a program plans for seconds
def table(program):
    """The rows of the Markdown table that a program prints. It makes more than a hundred plans with one library."""
    once = mock.patch.object(parameters, "load", cache(parameters.load))
    with once, redirect_stdout(io.StringIO()) as printed:
        program.main()
    return [line for line in printed.getvalue().splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(("program", "page"), [(budgets, "memory.md"), (models, "choosing-a-model.md")])
def test_a_page_has_the_table_of_its_program(program, page):
    rows = table(program)
    assert len(rows) > 8
    documented = re.sub(" +", " ", (ROOT / "docs" / page).read_text("utf-8"))
    assert [row for row in rows if re.sub(" +", " ", row) not in documented] == []


def test_the_readme_has_the_tokens_of_the_pages():
    (header, _, *rows) = table(budgets)
    cards = [cell.strip() for cell in header.split("|")[2:-1]]
    tokens = {
        (card, name.strip()): number.strip().rstrip("*")
        for _, name, *numbers, _ in (row.split("|") for row in rows)
        for card, number in zip(cards, numbers, strict=True)
    }
    readme = (ROOT / "README.md").read_text("utf-8")
    entries = re.findall(
        r"^\| (\d+ GB) \| ([\w.-]+)( with `quantization: fp8` or `int8`)?.* \| ([\d,]+) \|$", readme, re.M
    )
    assert len(entries) == len(cards)
    for card, model, eight_bits, number in entries:
        assert tokens[card, f"{model}, {'int8 or fp8' if eight_bits else 'bf16'}"] == number
