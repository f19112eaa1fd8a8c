# What the rules have in common: the papers and their batches, and how settings become options of a program.

SHA256 = {row.paper: row.sha256 for row in ROWS}
PDFS = set(ledger.pdf_files(PAPERS))
PRESENT = set(ledger.present(ROWS, PAPERS))


def readable(paper):
    """Whether what a model reads of a paper is there or can be made: its PDF may have been removed before it was."""
    made = (Path(RESULTS, kind, f"{paper}.json").exists() for kind in ("text", "context"))
    return paper in PRESENT or all(made)


# A batch keeps the papers that were removed since, so that nothing in it changes; one with none left is not needed.
BATCHES = {
    batch: list(filter(readable, papers))
    for batch, papers in ledger.batches(ROWS).items()
    if not PRESENT.isdisjoint(papers)
}


def present_in(batch):
    """The papers of a batch that the tables are about."""
    return [paper for paper in BATCHES[batch] if paper in PRESENT]


# The text and the context of a paper that was removed are used as they are: no rule can make them again.
REMOVED = "|".join(row.paper for row in ROWS if row.batch and row.paper not in PRESENT)


wildcard_constraints:
    paper=rf"(?!(?:{REMOVED})\.json)[A-Za-z0-9][A-Za-z0-9_-]*",
    batch=r"b\d+",


def batch_of(kind):
    """The files of one kind, text or context, of all papers of a batch."""
    return lambda wildcards: [RESULTS / kind / f"{paper}.json" for paper in BATCHES[wildcards.batch]]


AGAIN = rereads.noted(RESULTS / "text", config["ocr"])


def options(**values):
    """Command-line options of a program, quoted for the shell. A list gives several values, None gives no option."""
    words = []
    for name, value in values.items():
        name = name.replace("_", "-")
        if isinstance(value, bool):
            words += [f"--{name}" if value else f"--no-{name}"]
        elif value is not None:
            words += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    return shlex.join(words)


def site(value):
    """A parameter on which no result depends, such as a folder. Snakemake compares no parameter derived from resources
    with that of the last run, so that nothing is made again where it changes."""
    return lambda wildcards, resources: value


def batch_memory(wildcards, attempt):
    """MB of main memory for a batch: on a CPU what the model may use, beside a GPU what it takes to load the weights."""
    return (32_000 if ON_GPU else memory.parse_size(config["memory"]["capacity"]) // 10**6) * attempt


def batch_minutes(wildcards, attempt):
    """Minutes for a batch: to start and to load the model, and for each paper the most that one may take."""
    return math.ceil(30 + config["minutes_per_paper"] * len(BATCHES[wildcards.batch])) * attempt
