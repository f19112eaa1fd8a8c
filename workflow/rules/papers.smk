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
        plan=ancient(rules.plan_memory.output.plan),
        tokenizer=ancient(rules.plan_memory.output.tokenizer),
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
        # The plan is ancient, because an edited library makes it anew; what decides the budget stands here.
        model=MODEL,
        memory=lambda wildcards: {
            key: config["memory"][key]
            for key in ("capacity", "reserve", "token_budget")
        },
    shell:
        "python {SCRIPTS:q}/truncate.py --text {input.text:q} --plan {input.plan:q} "
        "--tokenizer {input.tokenizer:q} --output {output.context:q} > {log:q} 2>&1"
