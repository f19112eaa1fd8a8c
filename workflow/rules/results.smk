# From the records of all papers to the tables, the pictures of pages and the report.


rule merge:
    """Merge the records of all papers of the folder into the tables."""
    input:
        texts=expand(RESULTS / "text/{paper}.json", paper=sorted(RUN.present)),
        contexts=expand(RESULTS / "context/{paper}.json", paper=sorted(RUN.present)),
        extraction=expand(RESULTS / "extraction/{batch}.jsonl", batch=RUN.batches),
        discovery=expand(RESULTS / "discovery/{batch}.jsonl", batch=RUN.batches),
        parameters=config["parameters"],
        corrections=corrections.files(config["corrections"]),
        excluded=[config["excluded"]] if Path(config["excluded"]).exists() else [],
        library=config["library"] or [],
    output:
        report(RESULTS / "parameters.csv", caption="../report/parameters.rst", category="Tables"),
        report(RESULTS / "agreement.csv", caption="../report/agreement.rst", category="Tables"),
        expand(
            RESULTS / "{table}.csv",
            table=[
                "papers",
                "prisma",
                "extractions",
                "experiments",
                "groups",
                "outcomes",
                "meta",
                "discoveries",
                "corrections_unused",
                "memory",
                "reviews",
            ],
        ),
        report(RESULTS / "prisma.svg", caption="../report/prisma.rst", category="Papers"),
        expand(RESULTS / "papers.{kind}", kind=["json", "bib"]),
        RESULTS / "designspace.sqlite",
        RESULTS / "designspace.xlsx",
        RESULTS / "datapackage.json",
        RESULTS / "ro-crate-metadata.json",
    log:
        RESULTS / "logs/merge.log",
    benchmark:
        RESULTS / "benchmarks/merge.tsv"
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: (2000 + len(RUN.present)) * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        # A renamed file or a new copy of a paper changes the tables, but no input.
        files=RUN.pdfs,
        sources=options(
            library=config["library"],
            excluded=config["excluded"],
            subfolders=config["papers_in_subfolders"],
            doi_lookup=config["doi_lookup"],
            disagreements=config["disagreements"],
        ),
        site=site,
    shell:
        "python {params.site[scripts]:q}/merge.py --ledger {params.site[results]:q}/ledger.csv "
        "--results {params.site[results]:q} --papers {params.site[papers]:q} --parameters {input.parameters:q} "
        "--corrections {params.site[corrections]:q} --configuration {params.site[configuration]:q} "
        "{params.sources} 2>&1 | (tee {log:q} || true)"


if config["gold"]:

    rule evaluate:
        """Compare the values with those of annotators."""
        input:
            rules.merge.output,
            gold=config["gold"],
            parameters=config["parameters"],
        output:
            report(RESULTS / "evaluation.csv", caption="../report/evaluation.rst", category="Tables"),
            expand(RESULTS / "{table}.csv", table=["evaluation_errors", "evaluation_calibration"]),
        log:
            RESULTS / "logs/evaluate.log",
        benchmark:
            RESULTS / "benchmarks/evaluate.tsv"
        conda:
            "../../envs/designspace.yaml"
        resources:
            mem_mb=lambda wildcards, attempt: (2000 + len(RUN.present)) * attempt,
            runtime=lambda wildcards, attempt: 30 * attempt,
        params:
            site=site,
        shell:
            "python {params.site[scripts]:q}/evaluate.py --results {params.site[results]:q} --gold {input.gold:q} "
            "--parameters {input.parameters:q} 2>&1 | (tee {log:q} || true)"


rule draw:
    """Draw the pages with evidence of a batch's papers, as pages/{paper}/{page}.webp. Existing pictures stay."""
    input:
        texts=lambda wildcards: [RESULTS / f"text/{paper}.json" for paper in RUN.present_in(wildcards.batch)],
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
        # Far more than a batch needs: the program limits the drawing of a paper to 2 GiB and some three minutes.
        mem_mb=3000,
        runtime=lambda wildcards, attempt: (5 + 4 * len(RUN.present_in(wildcards.batch))) * attempt,
    params:
        # A paper whose PDF comes back is drawn then, with its present answers.
        present=lambda wildcards: RUN.present_in(wildcards.batch),
        site=site,
    shell:
        "python {params.site[scripts]:q}/draw.py --paper {params.present} --ledger {params.site[results]:q}/ledger.csv "
        "--papers {params.site[papers]:q} --texts {params.site[results]:q}/text --answers {input.answers:q} "
        "--output {output:q} 2>&1 | (tee {log:q} || true)"


rule report:
    """Write the page that shows the tables."""
    input:
        rules.merge.output,
        rules.evaluate.output if config["gold"] else [],
        pictures=expand(RESULTS / "pages/{batch}.json", batch=RUN.batches),
        plan=rules.plan_memory.output,
        parameters=config["parameters"],
    output:
        report(RESULTS / "report.html", caption="../report/page.rst", category="Page"),
    log:
        RESULTS / "logs/report.log",
    benchmark:
        RESULTS / "benchmarks/report.tsv"
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: (2000 + len(RUN.present)) * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        note=config["note"],
        evaluated=EVALUATED,
        site=site,
    shell:
        "python {params.site[scripts]:q}/report.py --results {params.site[results]:q} --papers {params.site[papers]:q} "
        "--parameters {input.parameters:q} --corrections {params.site[corrections]:q} --plan {input.plan:q} "
        "--configuration {params.site[configuration]:q} --note={params.note:q} {params.evaluated} "
        "--output {output:q} 2>&1 | (tee {log:q} || true)"
