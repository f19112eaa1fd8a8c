# From the records of all papers to the tables and the page.


rule merge:
    """Merge the records of all papers of the folder into the tables."""
    input:
        texts=expand(RESULTS / "text/{paper}.json", paper=PRESENT),
        contexts=expand(RESULTS / "context/{paper}.json", paper=PRESENT),
        extraction=expand(RESULTS / "extraction/{batch}.jsonl", batch=BATCHES),
        discovery=expand(RESULTS / "discovery/{batch}.jsonl", batch=BATCHES),
        parameters=config["parameters"],
    output:
        expand(
            RESULTS / "{table}.csv",
            table=["papers", "extractions", "parameters", "discoveries", "memory"],
        ),
        RESULTS / "designspace.sqlite",
    log:
        RESULTS / "logs/merge.log",
    benchmark:
        RESULTS / "benchmarks/merge.tsv"
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, input, attempt: (1000 + 10 * int(input.size_mb)) * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        # A renamed file or a new copy of a paper changes the tables, and no input.
        files=[row[:2] + row[-1:] for row in ROWS if Path(PAPERS, row.file).exists()],
    shell:
        "python {SCRIPTS:q}/merge.py --ledger {RESULTS:q}/ledger.csv --results {RESULTS:q} --papers {PAPERS:q} "
        "--parameters {input.parameters:q} > {log:q} 2>&1"


rule report:
    """Write the page that shows the tables."""
    input:
        rules.merge.output,
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
        mem_mb=lambda wildcards, input, attempt: (1000 + 10 * int(input.size_mb)) * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        note=config["note"],
    shell:
        "python {SCRIPTS:q}/report.py --results {RESULTS:q} --parameters {input.parameters:q} --plan {input.plan:q} "
        "--note={params.note:q} --output {output:q} > {log:q} 2>&1"
