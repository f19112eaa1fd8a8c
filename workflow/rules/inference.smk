# The rules that run the model on batches of papers, on a GPU or, for a small model, on a CPU.

ON_GPU = config["model"]["device"] == "cuda"


rule extract:
    """Ask a batch of papers for all parameters of the library at once, each paper in a fresh process; `discover` asks
    in the same way for findings that the library does not have.
    """
    input:
        texts=of_batch("text"),
        contexts=of_batch("context"),
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
    threads: 4 if ON_GPU else 1024  # all cores: on a CPU, the memory is planned for one job at a time
    resources:
        gpu=config["model"]["gpus"] if ON_GPU else 0,
        mem_mb=batch_memory,
        runtime=batch_minutes,
    params:
        program="extract.py",
        papers=lambda wildcards: RUN.batches[wildcards.batch],
        model=MODEL,
        settings=options(**config["extraction"]),
        site=site,
    shell:
        "PYTORCH_CUDA_ALLOC_CONF={params.site[allocator]:q} python {params.site[scripts]:q}/{params.program} "
        "--papers {params.papers} --results {params.site[results]:q} --parameters {input.parameters:q} "
        "{params.model} {params.site[limits]} {params.settings} --output {output:q} 2>&1 | (tee {log:q} || true)"


use rule extract as discover with:
    output:
        RESULTS / "discovery/{batch}.jsonl",
    log:
        RESULTS / "logs/discover/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/discover/{batch}.tsv"
    params:
        program="discover.py",
        papers=lambda wildcards: RUN.batches[wildcards.batch],
        model=MODEL,
        settings=options(**config["discovery"]),
        site=site,
