"""A sentence is about the experiment whose part of the paper it stands in, whatever it compares that with."""

import pytest

from designspace.language import attribution, table_rows

EXPERIMENTS = ["Experiment 1", "Experiment 2", "Experiment 3"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Experiment 2. Subjects reached as in Experiment 1.", {2}),
        ("Experiment 2. As in Experiment 1, subjects reached.", {2}),
        ("Experiment 2. Subjects had not taken part in anything like Experiment 3.", {2}),
        ("Experiment 2. The lamps were on. Figure 1. Lamps of Experiment 3. All lamps were red.", {2}),
        ("Experiment 2. The lamps that were on the table in the middle of the room were those of Experiment 1.", {2}),
        ("Experiment 2. All was the same. In Experiment 1, subjects reached.", {1}),
        ("Experiment 1. All was the same. We then tested the idea in the laboratory with Experiment 2.", {2}),
        ("Experiments 1 and 2 had lamps.", {1, 2}),
        ("Lamps were lit as in Experiment 1.", {1}),
        ("Experiment 1. All lamps were on. In Experiments 1–3, all was red.", {1}),
        ("Experiment 1. All lamps stood on tables, whose height was that of all tables in Experiments 1–3.", {1}),
        # Looked ahead to, or looked back at
        ("Experiment 1. The lamps were dim in the middle, which is an issue we will address in Experiment 2.", {1}),
        (
            "Experiment 1. All lamps were dim, and the reasons are strange and not those of others (see Experiment 2).",
            {1},
        ),
        ("Experiment 2. Based on our results from Experiment 1, we had bells.", {2}),
        # People took part in it
        ("Experiments 2 and 3 had bells. Thirty adults, who were all young, were recruited for Experiment 1.", {1}),
        (
            "Experiment 2. Ten adults of Experiment 2 returned 9.5 months later (range, 4–18 months) for Experiment 3.",
            {3},
        ),
        ("Experiment 2. Adults who had participated in Experiment 1 were not recruited.", {2}),
        ("Forty adults were recruited for Experiment 1, and 26 for Experiment 2.", {1, 2}),
        ("Forty adults were tested: 24 in Experiment 1, 16 in Experiment 2.", {1, 2}),
        ("Twenty adults participated in Experiments 1 and 2.", {1, 2}),
        # Counted
        ("Experiment 1. All lamps were dim. In a second experiment, the lamps were bright.", {2}),
        ("Experiment 1. All lamps were dim. Ten adults were recruited for a third experiment.", {3}),
        ("Experiment 2. We repeated the first experiment to be sure.", {2}),
        # Below a heading that names none
        ("In Experiment 2, all lamps were dim.\nApparatus\nLamps stood on a table.", set()),
        ("In Experiment 2, all lamps were dim.\nApparatus. Lamps stood on a table.", set()),
        ("Experiment 2\nAll lamps were dim.\nApparatus\nLamps stood on a table.", {2}),
        ("Experiment 2\nAll of Experiments 1–3 had lamps.\nApparatus\nLamps stood on a table.", {2}),
        ("Experiment 2\nAll lamps were dim.\nGeneral procedure\nLamps stood on a table.", set()),
    ],
)
def test_what_the_next_sentence_is_about(before, after):
    text = f"{before} The lamps were red."
    last = attribution.read(text, [(0, len(text))], EXPERIMENTS)[-1]
    assert last.text == "The lamps were red." and not last.is_naming
    assert last.experiments == {f"Experiment {number}" for number in after}


def test_the_methods_of_an_experiment_may_be_those_of_another():
    heading, rest = "4 Experiment 2\n", "4.1 Methods\nThey were those of Experiment 1 but for the lamps. All was red."
    spans = [(0, len(heading)), (len(heading), len(heading + rest))]
    assert attribution.read(heading + rest, spans, EXPERIMENTS)[-1].experiments == {"Experiment 2"}


def test_a_sentence_that_compares_is_about_both():
    text = "Experiment 2. Subjects reached as in Experiment 1."
    assert attribution.read(text, [(0, len(text))], EXPERIMENTS)[0].experiments == {"Experiment 1", "Experiment 2"}


def rows_of(text, general=()):
    """{row's first words: numbers of the experiments that it is about}."""
    sentences = table_rows.attribute(attribution.read(text, [(0, len(text))], EXPERIMENTS, general))
    rows = [s for s in sentences if s.text.startswith(("Group: ", "Experiment: ", "Exp.: "))]
    return {s.text.split(";")[0]: {name[-1] for name in s.experiments} for s in rows}


def test_rows_of_a_table_are_about_the_experiments_whose_sentences_name_them():
    text = (
        "Experiment 1: bright lamps. Forty adults reached. Experiment 2: bells. In the Early group, bells rang. In the "
        "Late group, they did not. Late bells were few. Experiment 3: dim lamps. Ten adults reached. All was slow with "
        "bright lamps and late bells, and fast with early bells. Within the Late group, all was slow.\n"
        "Table 2. All groups.\nGroup: Bright lamps; n: 40; Age: 22.\nGroup: Early bells; n: 12; Age: 23.\n"
        "Group: Late bells; n: 13; Age: 24.\nGroup: Dim lamps; n: 10; Age: 24.\nGroup: Others; n: 8; Age: 20.\n"
        "The lamps were red."
    )
    assert rows_of(text) == {
        "Group: Bright lamps": {"1"},
        "Group: Early bells": {"2"},
        "Group: Late bells": {"2"},
        "Group: Dim lamps": {"3"},
        "Group: Others": {"3"},  # nothing but its place says more
    }


def test_a_column_and_a_caption_say_what_rows_are_about():
    text = (
        "Experiment 3. Ten adults reached.\nTable 1. Participants of Experiment 2.\nGroup: Early; n: 12; Age: 23.\n"
        "Group: Late; n: 13; Age: 24.\nTable 2. Participants.\nExperiment: 1, lamps; Group: Early; n: 9.\n"
        "Exp.: 2; n: 10; Age: 24.\nThe lamps were red."
    )
    assert rows_of(text) == {
        "Group: Early": {"2"},
        "Group: Late": {"2"},
        "Experiment: 1, lamps": {"1"},
        "Exp.: 2": {"2"},
    }
    text = "Experiment 3. Ten adults reached.\nExp.: 2; n: 10; Age: 24.\nThe lamps were red."
    assert attribution.read(text, [(0, len(text))], EXPERIMENTS)[-1].experiments == {"Experiment 3"}


def test_a_table_in_its_own_experiment_stays_there():
    text = (
        "Experiment 1. The Early group had lamps. The Early group was fast. The Early group was first. The Early group "
        "was good. The Early group left. Experiment 2. The Early and the Late group had bells. The Early group was "
        "slow.\nTable 1. Participants.\nGroup: Early; n: 9; Age: 20.\nGroup: Late; n: 9; Age: 20."
    )
    assert rows_of(text) == {"Group: Early": {"2"}, "Group: Late": {"2"}}


def test_what_was_named_in_an_abstract_or_an_introduction_does_not_go_on_into_the_next_part():
    text = "In Experiment 2, lamps were lit. Forty adults took part. Experiment 1. All was red."
    sentences = attribution.read(text, [(0, 33), (33, len(text))], EXPERIMENTS, [33])
    assert [s.experiments for s in sentences] == [{"Experiment 2"}, set(), {"Experiment 1"}]
    text = "In Experiment 2, lamps were lit.\nExperiment 1: lamps?\nExperiment 1 asks that. Forty adults took part."
    start = text.index("Forty")
    sentences = attribution.read(text, [(0, start), (start, len(text))], EXPERIMENTS, [start])
    assert sentences[-1].experiments == {"Experiment 1"}, "an introduction ends with a heading"


def test_abbreviations_of_an_experiment():
    text = "Exp. 2 was first. In Expt. 1, all was red. Exps. 1 and 2 were long. Expo 3 was none."
    numbers = [{n[-1] for n in s.experiments} for s in attribution.read(text, [(0, len(text))], EXPERIMENTS)]
    assert numbers == [{"2"}, {"1"}, {"1", "2"}, {"1"}]


def test_an_experiment_is_its_parts():
    text = "Experiment 1 had lamps. Experiment 1b had bells. Experiment 2 had none."
    read = attribution.read(text, [(0, len(text))], ["Experiment 1a", "Experiment 1b", "Experiment 2"])
    assert [{name.split()[1] for name in s.experiments} for s in read] == [{"1a", "1b"}, {"1b"}, {"2"}]


def test_the_section_of_an_experiment_looks_back_at_earlier_ones():
    text = "Experiment 2: bells\nBells rang. The results of Experiment 1 were strange. Bells are loud.\n"
    sentences = attribution.read(text, [(0, len(text))], EXPERIMENTS)
    assert [s.experiments for s in sentences[2:]] == [{"Experiment 1", "Experiment 2"}, {"Experiment 2"}]
    text += "Results\nIn Experiment 1, lamps were lit. They were red."
    start = text.index("Results")
    sentences = attribution.read(text, [(0, start), (start, len(text))], EXPERIMENTS)
    assert sentences[-1].experiments == {"Experiment 1"}
