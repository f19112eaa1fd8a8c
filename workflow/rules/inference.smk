# What the model reads and answers: batches of papers, on a GPU or, for a small model, on a CPU.

ON_GPU = config["model"]["device"] == "cuda"


# No parameters of the rules: answers do not depend on them, and what was answered stays when they change.
ALLOCATOR = config["memory"]["allocator"]
MEMORY = options(**{key: config["memory"][key] for key in ("capacity", "reserve", "prefill_chunk")})


def batch_of(kind):
    """The files of one kind, text or context, of all papers of a batch."""
    return lambda wildcards: [RESULTS / kind / f"{paper}.json" for paper in BATCHES[wildcards.batch]]


def main_memory(wildcards, attempt):
    """MB of main memory: on a CPU what the model may use, beside a GPU what it takes to load the weights."""
    return (32_000 if ON_GPU else memory.parse_size(config["memory"]["capacity"]) // 10**6) * attempt


def minutes(wildcards, attempt):
    """Minutes for a batch: to load the model, and for each paper far more than one takes."""
    return (20 + 5 * len(BATCHES[wildcards.batch])) * attempt


rule extract:
    """Ask a batch of papers for all parameters of the library at once, each paper in a fresh process."""
    input:
        texts=batch_of("text"),
        contexts=batch_of("context"),
        parameters=config["parameters"],
        model=ancient(MODEL_FOLDER),
    output:
        RESULTS / "extraction/{batch}.jsonl",
    log:
        RESULTS / "logs/extract/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/extract/{batch}.tsv"
    conda:
        "../../envs/designspace.yaml"
    threads: 4 if ON_GPU else 8
    resources:
        gpu=int(ON_GPU),
        mem_mb=main_memory,
        runtime=minutes,
    params:
        papers=lambda wildcards: BATCHES[wildcards.batch],
        model=MODEL,
        settings=options(**config["extraction"]),
    shell:
        "PYTORCH_CUDA_ALLOC_CONF={ALLOCATOR:q} python {SCRIPTS:q}/extract.py "
        "--papers {params.papers} --results {RESULTS:q} --parameters {input.parameters:q} "
        "{params.model} {MEMORY} {params.settings} --output {output:q} 2>&1 | tee {log:q}"


rule discover:
    """Ask a batch of papers for findings that the library does not have, each paper in a fresh process."""
    input:
        texts=batch_of("text"),
        contexts=batch_of("context"),
        parameters=config["parameters"],
        model=ancient(MODEL_FOLDER),
    output:
        RESULTS / "discovery/{batch}.jsonl",
    log:
        RESULTS / "logs/discover/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/discover/{batch}.tsv"
    conda:
        "../../envs/designspace.yaml"
    threads: 4 if ON_GPU else 8
    resources:
        gpu=int(ON_GPU),
        mem_mb=main_memory,
        runtime=minutes,
    params:
        papers=lambda wildcards: BATCHES[wildcards.batch],
        model=MODEL,
        settings=options(**config["discovery"]),
    shell:
        "PYTORCH_CUDA_ALLOC_CONF={ALLOCATOR:q} python {SCRIPTS:q}/discover.py "
        "--papers {params.papers} --results {RESULTS:q} --parameters {input.parameters:q} "
        "{params.model} {MEMORY} {params.settings} --output {output:q} 2>&1 | tee {log:q}"
