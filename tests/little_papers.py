"""Invented papers of some hundred letters that have what longer ones have: damaged copies of them are read hundreds of
times, and damage hits what matters more often in a small file."""

from functools import cache

import typst

# Headings become the outline of the PDF. Without a date, a paper is the same on every day.
HEAD = """
#set document(title: "{title}", author: "{author}", date: none)
#set page(width: 320pt, height: 420pt, margin: 24pt, columns: {columns}, footer: context counter(page).display())
#set text(font: "{font}", size: 8pt)
#text(6pt)[Journal of Invented Damage {number} (2021) {number}1–{number}2]

#text(12pt)[{title}]

{author}

Abstract. {text}
"""
TEXT = "A total of {n} participants (12 women, mean age 2{n}.5 years) moved a pen to a target at a distance of {n} cm."
BODIES = [
    """= Methods
The hand was hidden.#footnote[By a screen.] Table 1 has both groups.
#figure(table(columns: 3, [], [A], [B], [Participants], [12], [13], [Mean age], [22.1], [23.4]), caption: [Groups.])
#pagebreak()
= Results
The hand turned by 12.3° ± 2.1° (_p_ < 0.01), as others have found #link("https://example.org/turn")[before].""",
    """= Methods
The error of a trial was $ e_n = sum_(k=1)^n a^k x_k $ in degrees.
#figure(polygon(fill: gray, (0pt, 0pt), (30pt, 5pt), (20pt, 20pt)), caption: [The errors of all trials.])""",
    """== Participants
- Nobody had moved the pen before.
- Two left the room and did not come back.
#figure(table(columns: 2, stroke: none, table.hline(), [Day], [2], [Trials], [80], table.hline()), caption: [Plan.])""",
    """= Discussion
#columns(2)[What is learned on one day is kept until the next. #colbreak() #rotate(90deg, reflow: true)[The axis]]
= References
Nobody, A. (2001). On the turning of hands. Journal of Invented Damage 1, 2–3.""",
]
TITLES = [
    "The turned hand and the hidden pen",
    "An error that grows with every trial",
    "How two people left a room",
    "Columns of a day and axes of the next",
]
NAMES = ["Nobody", "Somebody", "Anybody", "Everybody"]


@cache
def little_papers():
    """The bytes of each paper, which are made once."""
    fonts = ["Libertinus Serif", "DejaVu Sans Mono"] * 2
    return [
        typst.compile(
            HEAD.format(
                title=title, author=f"Ada N. {name}", font=font, number=n, columns=2 - n % 2, text=TEXT.format(n=n)
            ).encode()
            + body.encode()
        )
        for n, (title, name, body, font) in enumerate(zip(TITLES, NAMES, BODIES, fonts, strict=True), 1)
    ]
