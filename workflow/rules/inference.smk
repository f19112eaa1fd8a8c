# What the model reads and answers: batches of papers, on a GPU or, for a small model, on a CPU.

ON_GPU = config["model"]["device"] == "cuda"
# What a paper may take; no answer depends on it.
LIMITS = options(
    minutes_per_paper=config["minutes_per_paper"],
    prefill_chunk=PLAN["prefill_chunk"],
    **{key: config["memory"][key] for key in ("capacity", "reserve")},
)


rule extract:
    """Ask a batch of papers for all parameters of the library at once, each paper in a fresh process; `discover` asks
    in the same way for findings that the library does not have.
    """
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
    threads: 4 if ON_GPU else 1024  # all there are: on a CPU the memory is planned for one job at a time
    resources:
        gpu=config["model"]["gpus"] if ON_GPU else 0,
        mem_mb=batch_memory,
        runtime=batch_minutes,
    params:
        program="extract.py",
        papers=lambda wildcards: BATCHES[wildcards.batch],
        model=MODEL,
        settings=options(**config["extraction"]),
        scripts=site(SCRIPTS),
        results=site(RESULTS),
        limits=site(LIMITS),
        allocator=site(config["memory"]["allocator"]),
    shell:
        "PYTORCH_CUDA_ALLOC_CONF={params.allocator:q} python {params.scripts:q}/{params.program} "
        "--papers {params.papers} --results {params.results:q} --parameters {input.parameters:q} "
        "{params.model} {params.limits} {params.settings} --output {output:q} 2>&1 | (tee {log:q} || true)"


use rule extract as discover with:
    output:
        RESULTS / "discovery/{batch}.jsonl",
    log:
        RESULTS / "logs/discover/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/discover/{batch}.tsv"
    params:
        program="discover.py",
        papers=lambda wildcards: BATCHES[wildcards.batch],
        model=MODEL,
        settings=options(**config["discovery"]),
        scripts=site(SCRIPTS),
        results=site(RESULTS),
        limits=site(LIMITS),
        allocator=site(config["memory"]["allocator"]),
