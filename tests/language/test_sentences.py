"""Sentence spans, on what scientific papers do to full stops and lines."""

import pytest

from designspace.language import sentences


def split(text):
    return [text[start:end] for start, end in sentences.spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "As shown by Smith et al. (2009), the error was 2.5 cm.",
        "It fell (Fig. 2, see also Eq. 3 and Exp. 1) in both groups.",
        "Some cues, e.g. colour, i.e. Hue, did not help vs. Control groups.",
        "We thank J. A. Taylor and M. Hegele for their help.",
        "A screen (22 in. LCD; Wacom Inc. Japan) stood there.",
        "A vertically mounted 22-in. LCD screen showed the targets.",
        "The effect was small (p < .05, N = 80) and no. 5 was left out.",
        "Experiment 4. This experiment had 30 trials.",
        "2.1. Participants and apparatus",
        "A reach to the target that a page break interrupts in the middle of\nthe sentence is one sentence.",
    ],
)
def test_one_sentence_stays_whole(text):
    assert split(text) == [text]


@pytest.mark.parametrize(
    "first, second",
    [
        ("Subjects adapted.", "They were right-handed."),
        ("The cost was known before.12,13", "Here we test it."),
        ("This was shown [4, 5].", "Here we test it."),
        ("Sampling was at 100 Hz.", "32 subjects were tested."),
        ("The rotation was 45°.", "(It was abrupt.)"),
        ("Was it “implicit?”", "It was."),
        ("They used MATLAB (Natick, MA).", "Data were filtered."),
        ("This was known to Smith et al.", "The present study goes on."),
        ("These two strategies are caching and MR.", "MR manifests as a slope."),
    ],
)
def test_two_sentences_are_told_apart(first, second):
    assert split(f"{first} {second}") == [first, second]


def test_a_heading_and_the_labels_of_a_figure_are_pieces_of_their_own():
    text = "Methods\nParticipants sat at a desk.\nRT (s)\nTrial\nApparatus\nA tablet recorded the hand."
    assert split(text) == text.split("\n")[:1] + ["Participants sat at a desk.", "RT (s)", "Trial", "Apparatus"] + [
        "A tablet recorded the hand."
    ]


def test_spans_lie_in_order_within_the_range_and_hold_all_but_white_space():
    text = "  One here.  Two there!\n\n Three (e.g. this) ends. \n"
    spans = sentences.spans(text, 0, len(text))
    assert all(a < b for a, b in spans) and all(one[1] <= two[0] for one, two in zip(spans, spans[1:], strict=False))
    rest = text
    for start, end in reversed(spans):
        rest = rest[:start] + rest[end:]
    assert not rest.strip()
    assert [text[a:b] for a, b in sentences.spans(text, 13, 23)] == ["Two there!"]
    assert sentences.spans(" \n ") == []
