# From a PDF to the text that the model will read; one job a paper, on a CPU.


rule extract_text:
    """Read a PDF: its text, cleaned, with the page and the box of every line."""
    input:
        pdf=lambda wildcards: PAPERS / FILES[wildcards.paper],
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
        mem_mb=lambda wildcards, input, attempt: (500 + 10 * int(input.size_mb))
        * attempt,
        runtime=lambda wildcards, attempt: 5 * attempt,
    shell:
        "python {SCRIPTS:q}/extract_text.py --pdf {input.pdf:q} --paper {wildcards.paper} "
        "--output {output.text:q} > {log:q} 2>&1"


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
        # Not a file: contexts, and with them GPU work, are made anew where the budget changes and nowhere else.
        budget=PLAN["token_budget"],
        model=options(
            model=config["model"]["name"], revision=config["model"]["revision"]
        ),
    shell:
        "python {SCRIPTS:q}/truncate.py --text {input.text:q} --token-budget {params.budget} {params.model} "
        "--output {output.context:q} > {log:q} 2>&1"
