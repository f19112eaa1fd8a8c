"""What a record may hold: no number that is not finite, no place that is nowhere."""

import json

import pytest
from conftest import text_record

from designspace.core import records


@pytest.fixture
def text(tmp_path):
    """Write a text record of which `change` edits the only line; its path."""

    def write(change=lambda line: None):
        record = text_record("p1", ["We tested 12 people."])
        change(record["pages"][0]["lines"][0])
        path = tmp_path / "p1.json"
        path.write_text(json.dumps(record))
        return path

    return write


def box(*edges):
    return lambda line: line.update(box=list(edges))


def test_a_text_is_read_as_it_was_written_with_what_else_it_holds(text):
    path = text(lambda line: line.update(font="Times"))
    assert records.read_text(path) == json.loads(path.read_text())


@pytest.mark.parametrize("change", [box(-90, 10, 60.5, 20), box(50, 700, 700, 900)])
def test_a_line_may_hang_over_the_edge_of_its_page(text, change):
    assert records.read_text(text(change))["status"] == "ok"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (box(0, 0, float("inf"), 10), r"has a number that is not finite \(Infinity\)"),
        (box(float("nan"), 0, 1, 1), r"has a number that is not finite \(NaN\)"),
        (box(0, 0, 1), r"is broken \(Expected `array` of length >= 4.*box"),
        (box(0, 0, 9000, 10), "has a line on page 1 that is not on its page"),
        (box(10, 0, 5, 10), "has a line on page 1 that is not on its page"),
        (lambda line: line.update(end=900), "has a line on page 1 that is outside its text"),
        (lambda line: line.update(start=9, end=2), "has a line on page 1 that is outside its text"),
        (lambda line: line.update(start=-1), r"is broken \(Expected `int` >= 0"),
        (lambda line: line.update(end="20"), r"is broken \(Expected `int`, got `str`.*end"),
    ],
)
def test_a_text_with_a_wrong_number_is_set_aside(text, change, problem):
    path = text(change)
    with pytest.raises(records.BrokenResult, match=f"p1.json {problem}.*: it is now called p1.json.broken"):
        records.read_text(path)
    assert not path.exists()


def test_a_number_too_large_for_a_float_is_not_finite(text):
    path = text(box(0, 0, 1, 1.5))
    path.write_text(path.read_text().replace("1.5", "1e999"))
    with pytest.raises(records.BrokenResult, match="is broken .*box"):
        records.read_text(path)


HEAD = {"paper": "p1", "task": "extraction", "status": "ok", "reason": ""}
VALUE = {"parameter": "n", "status": "reported", "value": 12, "p_null": 0.1, "confidence": 0.9}
VALUE |= {"evidence": "12 people", "page": 1, "start": 3, "end": 12}


def line(**changes):
    return json.dumps(HEAD | {"values": [VALUE | changes]}).encode()


@pytest.mark.parametrize("changes", [{}, {"evidence": None, "page": None, "start": None, "end": None}, {"value": True}])
def test_answers_are_read(changes):
    (item,) = records.items(records.parse_answers(line(**changes)))
    assert item == VALUE | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"p_null": float("nan")},
        {"confidence": float("inf")},
        {"p_null": 1.2},
        {"value": [12]},
        {"status": "maybe"},
        {"page": 0},
        {"start": 12, "end": 3},
        {"end": None},
    ],
)
def test_answers_with_a_wrong_field_are_refused(changes):
    with pytest.raises(records.Malformed):
        records.parse_answers(line(**changes))


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_no_record_is_written_with_a_number_that_is_not_finite(number):
    with pytest.raises(records.NotFinite, match="A record of p1 has a number that is not finite"):
        records.encode(HEAD | {"values": [VALUE | {"confidence": number}]})


@pytest.mark.parametrize(
    ("content", "problem"),
    [('{"p1": "a ti', "is not valid JSON"), ('{"p1": 3}', "is broken"), ("[]", "is broken")],
)
def test_titles_that_are_broken_are_set_aside(tmp_path, content, problem):
    path = tmp_path / "titles.json"
    path.write_text(content)
    with pytest.raises(records.BrokenResult, match=f"titles.json {problem}.*: it is now called titles.json.broken"):
        records.read_titles(path)
    with pytest.raises(records.BrokenResult, match="titles.json is missing: start again"):
        records.read_titles(path)
    path.write_text('{"p1": "a title"}')
    assert records.read_titles(path) == {"p1": "a title"}
