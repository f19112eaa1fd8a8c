# From the records of all papers to the tables, the pictures of their pages and the report.


rule merge:
    """Merge the records of all papers of the folder into the tables."""
    input:
        texts=expand(RESULTS / "text/{paper}.json", paper=sorted(PRESENT)),
        contexts=expand(RESULTS / "context/{paper}.json", paper=sorted(PRESENT)),
        extraction=expand(RESULTS / "extraction/{batch}.jsonl", batch=BATCHES),
        discovery=expand(RESULTS / "discovery/{batch}.jsonl", batch=BATCHES),
        parameters=config["parameters"],
        corrections=[file for file in [config["corrections"]] if Path(file).exists()],
    output:
        expand(
            RESULTS / "{table}.csv",
            table=[
                "papers",
                "extractions",
                "experiments",
                "parameters",
                "discoveries",
                "corrections_unused",
                "memory",
            ],
        ),
        RESULTS / "designspace.sqlite",
    log:
        RESULTS / "logs/merge.log",
    benchmark:
        RESULTS / "benchmarks/merge.tsv"
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: (2000 + len(PRESENT)) * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        # A renamed file or a new copy of a paper changes the tables, and no input.
        files=[(row.paper, row.file, row.duplicate_of) for row in ROWS if row.file in PDFS],
        scripts=site(SCRIPTS),
        papers=site(PAPERS),
        results=site(RESULTS),
        corrections=site(config["corrections"]),
    shell:
        "python {params.scripts:q}/merge.py --ledger {params.results:q}/ledger.csv --results {params.results:q} "
        "--papers {params.papers:q} --parameters {input.parameters:q} "
        "--corrections {params.corrections:q} 2>&1 | (tee {log:q} || true)"


if config["gold"]:

    rule evaluate:
        """Score the values against those that readers found."""
        input:
            rules.merge.output,
            gold=config["gold"],
            parameters=config["parameters"],
        output:
            expand(RESULTS / "{table}.csv", table=["evaluation", "evaluation_errors", "evaluation_calibration"]),
        log:
            RESULTS / "logs/evaluate.log",
        benchmark:
            RESULTS / "benchmarks/evaluate.tsv"
        conda:
            "../../envs/designspace.yaml"
        resources:
            mem_mb=lambda wildcards, attempt: (2000 + len(PRESENT)) * attempt,
            runtime=lambda wildcards, attempt: 30 * attempt,
        params:
            scripts=site(SCRIPTS),
            results=site(RESULTS),
        shell:
            "python {params.scripts:q}/evaluate.py --results {params.results:q} --gold {input.gold:q} "
            "--parameters {input.parameters:q} 2>&1 | (tee {log:q} || true)"


rule draw:
    """Draw the pages of a batch's papers that have evidence, as pages/{paper}/{page}.webp. Those drawn before stay."""
    input:
        texts=lambda wildcards: [RESULTS / f"text/{paper}.json" for paper in present_in(wildcards.batch)],
        answers=expand(RESULTS / "{task}/{{batch}}.jsonl", task=["extraction", "discovery"]),
    output:
        RESULTS / "pages/{batch}.json",
    log:
        RESULTS / "logs/draw/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/draw/{batch}.tsv"
    conda:
        "../../envs/designspace.yaml"
    resources:
        # Far more than a batch takes: the program ends the drawing of a paper at 2 GiB and some three minutes.
        mem_mb=3000,
        runtime=lambda wildcards, attempt: (5 + 4 * len(present_in(wildcards.batch))) * attempt,
    params:
        # A paper that comes back is drawn then, with the answers that it has got meanwhile.
        present=lambda wildcards: present_in(wildcards.batch),
        scripts=site(SCRIPTS),
        papers=site(PAPERS),
        results=site(RESULTS),
    shell:
        "python {params.scripts:q}/draw.py --paper {params.present} --ledger {params.results:q}/ledger.csv "
        "--papers {params.papers:q} --texts {params.results:q}/text --answers {input.answers:q} "
        "--output {output:q} 2>&1 | (tee {log:q} || true)"


rule report:
    """Write the page that shows the tables."""
    input:
        rules.merge.output,
        rules.evaluate.output if config["gold"] else [],
        pictures=expand(RESULTS / "pages/{batch}.json", batch=BATCHES),
        plan=rules.plan_memory.output,
        parameters=config["parameters"],
    output:
        RESULTS / "report.html",
    log:
        RESULTS / "logs/report.log",
    benchmark:
        RESULTS / "benchmarks/report.tsv"
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: (2000 + len(PRESENT)) * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        note=config["note"],
        evaluated=EVALUATED,
        scripts=site(SCRIPTS),
        papers=site(PAPERS),
        results=site(RESULTS),
        corrections=site(config["corrections"]),
        configuration=site(json.dumps(config)),
    shell:
        "python {params.scripts:q}/report.py --results {params.results:q} --papers {params.papers:q} "
        "--parameters {input.parameters:q} --corrections {params.corrections:q} --plan {input.plan:q} "
        "--configuration {params.configuration:q} --note={params.note:q} {params.evaluated} "
        "--output {output:q} 2>&1 | (tee {log:q} || true)"
