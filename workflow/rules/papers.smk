# From a PDF to the text that the model will read: one job for each paper, on a CPU.


rule extract_text:
    """Read the PDF of a paper: its text, cleaned, with the page and the box of every line; of a scan, by OCR."""

    # No input file: the ledger identifies the PDF by its content. A renamed PDF is not read again, a replaced one is, and
    # no file name reaches a shell.
    output:
        text=RESULTS / "text/{paper}.json",
    log:
        RESULTS / "logs/extract_text/{paper}.log",
    benchmark:
        RESULTS / "benchmarks/extract_text/{paper}.tsv"
    group:
        "papers"
    conda:
        "../../envs/designspace.yaml"
    resources:
        # Far more than a paper needs: the program limits its reading to 2 GiB and two minutes, and OCR to 20 minutes.
        mem_mb=5000 if config["ocr"] else 3000,
        runtime=lambda wildcards, attempt: (25 if config["ocr"] else 5) * attempt,
    params:
        sha256=lambda wildcards: RUN.sha256[wildcards.paper],
        again=lambda wildcards: RUN.notes.get(wildcards.paper, ""),
        reading=READING,
        site=site,
    shell:
        "python {params.site[scripts]:q}/extract_text.py --paper {wildcards.paper} "
        "--ledger {params.site[results]:q}/ledger.csv --papers {params.site[papers]:q} {params.site[ocr]} "
        "--output {output.text:q} 2>&1 | (tee {log:q} || true)"


rule truncate:
    """Choose the sections and sentences of a paper that fit the token budget."""
    input:
        text=rules.extract_text.output.text,
        model=ancient(MODEL_FOLDER),
    output:
        context=RESULTS / "context/{paper}.json",
    log:
        RESULTS / "logs/truncate/{paper}.log",
    benchmark:
        RESULTS / "benchmarks/truncate/{paper}.tsv"
    group:
        "papers"
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 1000 * attempt,
        runtime=lambda wildcards, attempt: 5 * attempt,
    params:
        # Not a file: contexts, and therefore GPU work, are made again only when the budget changes.
        budget=RUN.plan["token_budget"],
        model=lambda wildcards: options(
            model=config["model"]["name"],
            revision=config["model"]["revision"],
            title=RUN.titles.get(wildcards.paper),
        ),
        site=site,
    shell:
        "python {params.site[scripts]:q}/truncate.py --text {input.text:q} "
        "--token-budget {params.budget} {params.model} --output {output.context:q} 2>&1 | (tee {log:q} || true)"
