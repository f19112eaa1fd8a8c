"""Numbers and units as print has them, and where a text of numbers stands."""

import math

import pytest

from designspace.language import quantities


def found(text):
    return [(number, unit) for _, number, unit in quantities.find(text)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1 000 ms", [(1000, "ms")]),
        ("1\u00a0000 ms, 1\u2009500 ms and 2\u202f000\u00a0ms", [(1000, "ms"), (1500, "ms"), (2000, "ms")]),
        ("754 600 trials", [(754600, "")]),
        ("754,600 and 1,250.5 mm", [(754600, "mm"), (1250.5, "mm")]),
        ("12,5 cm and 0,05", [(12.5, "cm"), (0.05, "")]),
        ("in Experiment 1 200 trials", [(1, ""), (200, "")]),
        ("22 104 25 130 18", [(22, ""), (104, ""), (25, ""), (130, ""), (18, "")]),
        ("F(1,23) = 4.5", [(1, ""), (23, ""), (4.5, "")]),
        ("1e-3 s or 2.5E+3 ms", [(0.001, "s"), (2500, "ms")]),
        ("2 × 10³ ms, 2 x 10^3 ms, 3·10^-2 m", [(2000, "ms"), (2000, "ms"), (0.03, "m")]),
        ("5 × 10−3 N and 10⁻² N", [(0.005, "N"), (0.01, "N")]),
        ("a screen of 10 × 10 cm", [(10, "cm"), (10, "cm")]),
        ("1/2 of them, ½ h, 2½ years", [(0.5, ""), (0.5, "h"), (2.5, "years")]),
        ("20/24 were right-handed", [(20, ""), (24, "")]),
        ("R^2, CO_2 and 10^2", [(100, "")]),
        ("(M = 22.4, SD = 3.1 years)", [(22.4, "years"), (3.1, "years")]),
        ("22.4 years (SD = 3.1), 22.4 ± 3.1 years", [(22.4, "years"), (3.1, ""), (22.4, "years"), (3.1, "years")]),
        ("n = 20 per group", [(20, "")]),
    ],
)
def test_numbers_as_they_are_printed(text, expected):
    assert found(text) == [(pytest.approx(number), unit) for number, unit in expected]


@pytest.mark.parametrize(
    "text", ["9" * 400, "1e99999 ms", "2 × 10^99999 m", "9" * 300 + " × 10^99", "5 m" + "·m" * 999]
)
def test_every_number_is_finite(text):
    for _, number, unit in quantities.find(text):
        assert math.isfinite(number)
        assert quantities.agreement(number, unit, 1.0, unit) in (0, 1)


@pytest.mark.parametrize(
    "text, unit",
    [
        ("40 cm/s", "cm/s"),
        ("40 cm / s", "cm / s"),
        ("15°/s", "°/s"),
        ("15 deg per second", "deg per second"),
        ("2 N·m", "N·m"),
        ("9.8 m s^-2", "m s^-2"),
        ("9.8 m s−2", "m s−2"),
        ("20 m/s2", "m/s2"),
        ("12 cm²", "cm²"),
        ("0.5°/trial", "°/trial"),
        ("25 °C", "°C"),
        ("5 mHz", "mHz"),
        ("70 dB", "dB"),
    ],
)
def test_a_unit_is_read_whole(text, unit):
    assert [own for _, _, own in quantities.find(text)] == [unit]
    number = quantities.find(text)[0][1]
    for other in ("cm", "deg", "MHz", "N", "m", "s"):
        assert quantities.agreement(number, unit, number, other) == 0


@pytest.mark.parametrize(
    "number, unit, sought, other",
    [
        (40, "cm/s", 0.4, "m/s"),
        (40, "cm s^-1", 40, "cm/s"),
        (2, "N·m", 2000, "mN m"),
        (2, "Nm", 2, "N·m"),
        (15, "°/s", 15, "degrees per second"),
        (5, "mHz", 0.005, "Hz"),
        (5, "MHz", 5e6, "hz"),
        (2, "KHz", 2000, "HZ"),
        (130, "hz", 130, "Hz"),
        (10, "s^-1", 10, "Hz"),
        (12, "cm²", 1200, "mm^2"),
        (3, "Sec", 3000, "MSEC"),
        (2, "µA", 0.002, "mA"),
        (30, "Years", 30, "yrs"),
    ],
)
def test_units_agree_in_all_their_spellings(number, unit, sought, other):
    assert quantities.agreement(number, unit, sought, other) == 1
    assert quantities.convert(number, unit, other) == pytest.approx(sought)


def test_letters_that_are_no_units():
    assert found("24 M, 12 S and 5 T in 3 A groups of 10 n") == [(24, ""), (12, ""), (5, ""), (3, ""), (10, "")]
    assert found("10 cm/15 cm, 3 s or 4 s") == [(10, "cm"), (15, "cm"), (3, "s"), (4, "s")]


@pytest.mark.parametrize(
    "text, stands",
    [
        ("People of 18–34 years took part.", 1),
        ("They were between 18 and 34 years old.", 1),
        ("They were 18 years to 34 years old.", 1),
        ("Age range [18, 34].", 1),
        ("Of 18 people 34 trials were kept.", 0),
        ("In all 34 people were 18 years old.", 0),
        ("There were 18 of them. 34 were left out.", 0),
        ("Trials lasted 18–34 ms.", 0),
        ("A range of 18–35, and 34.", 0),
    ],
)
def test_a_range_stands_only_as_one_expression(text, stands):
    assert quantities.stands("18-34", "years", quantities.find(text)) == stands
