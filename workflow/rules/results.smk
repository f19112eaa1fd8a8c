# From the records of all papers to the tables and the page.


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
        files=[(row.paper, row.file, row.duplicate_of) for row in ROWS if Path(PAPERS, row.file).exists()],
        scripts=site(SCRIPTS),
        papers=site(PAPERS),
        results=site(RESULTS),
        corrections=site(config["corrections"]),
    shell:
        "python {params.scripts:q}/merge.py --ledger {params.results:q}/ledger.csv --results {params.results:q} "
        "--papers {params.papers:q} --parameters {input.parameters:q} "
        "--corrections {params.corrections:q} > {log:q} 2>&1"


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
            "--parameters {input.parameters:q} > {log:q} 2>&1"


rule report:
    """Write the page that shows the tables."""
    input:
        rules.merge.output,
        rules.evaluate.output if config["gold"] else [],
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
        "--output {output:q} > {log:q} 2>&1"
