"""The participants of an experiment, or of the only one of a paper, are read where they are printed."""

import pytest
from test_participants import counts


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Sixteen adults took part.", {"analysed": (16, "")}),
        (
            "Sixteen adults took part, although one subject was excluded.",
            {"analysed": (15, "16 recruited less 1 excluded"), "recruited": (16, "")},
        ),
        ("Sixteen adults took part after two volunteers were excluded.", {"analysed": (16, "")}),
        ("Sixteen adults took part, and two trials were excluded.", {"analysed": (16, "")}),
        (
            "Sixteen undergraduates (age: 18–20 years; 2 left-handed) from Berlin, Germany, participated.",
            {"analysed": (16, "")},
        ),
        ("Sixteen college-aged undergraduates performed a 1-h session.", {"analysed": (16, "")}),
        ("Sixteen adults [9 women, no previous experience] were recruited.", {"analysed": (16, "")}),
        ("Sixteen adults, at least 18 years old, participated.", {"analysed": (16, "")}),
        ("In two groups, sixteen participants performed poorly.", {}),
        ("We recruited 16 adults from the neighborhood.", {"analysed": (16, "")}),
        ("Participants (N = 16, 9 women) were young.", {"analysed": (16, "")}),
        ("A within-subject design was employed (n = 16).", {"analysed": (16, "")}),
        ("A new group of participants (n = 16 [9 women]) was young.", {"analysed": (16, "")}),
        ("A subset of participants (n = 16) was asked. Trials (n = 20) were short.", {}),
        ("All 16 participants completed the task.", {"analysed": (16, "")}),
        ("Sixteen adults were recruited (15 valid; 9 women).", {"analysed": (15, ""), "recruited": (16, "")}),
        (
            "Sixteen adults were recruited, of whom 14 were included in the analysis.",
            {"analysed": (14, ""), "recruited": (16, "")},
        ),
        ("Ten adults returned. Six more were recruited, for a total of 16 adults.", {"analysed": (16, "")}),
        ("There were ten adults who participated in both.", {}),
        ("In this experiment, sixteen adults (9 women) completed two sessions.", {"analysed": (16, "")}),
        ("Thirty-two adults were tested, 16 in each experiment.", {"analysed": (16, "")}),
        ("Eight control subjects participated in it.", {}),
        ("Sixteen adults were recruited for each condition.", {}),
        ("We recruited 16 adults per group.", {}),
        ("A total of 12, 10, and 16 adults were recruited for three lamps, respectively.", {}),
    ],
)
def test_participants_of_the_only_experiment(text, counted):
    assert counts(text, "") == counted


def test_participants_of_each_of_several_experiments():
    text = "There were 44 adults: 24 in each of Experiments 1, 2, and 4 and 60 in Experiment 3."
    names = [f"Experiment {number}" for number in range(1, 5)]
    assert [counts(text, "", names, name)["analysed"][0] for name in names] == [24, 24, 60, 24]
