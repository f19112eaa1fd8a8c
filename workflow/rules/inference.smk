# The rule that runs the model on batches of papers, on a GPU or, for a small model, on a CPU.

ON_GPU = config["model"]["device"] == "cuda"


rule ask:
    """Ask a batch of papers for all parameters of the library at once, and for findings that it does not have. Each
    paper has a fresh process, which reads it once. What an earlier run has answered of the same inputs is kept.
    """
    input:
        texts=of_batch("text"),
        contexts=of_batch("context"),
        parameters=config["parameters"],
        model=ancient(MODEL_FOLDER),
    output:
        extraction=update(RESULTS / "extraction/{batch}.jsonl"),
        discovery=update(RESULTS / "discovery/{batch}.jsonl"),
    log:
        RESULTS / "logs/ask/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/ask/{batch}.tsv"
    conda:
        "../../envs/designspace.yaml"
    threads: 4 if ON_GPU else 1024  # all cores: on a CPU, the memory is planned for one job at a time
    resources:
        gpu=config["model"]["gpus"] if ON_GPU else 0,
        mem_mb=batch_memory,
        runtime=batch_minutes,
    params:
        papers=lambda wildcards: RUN.batches[wildcards.batch],
        model=MODEL,
        extraction=options(**{f"extraction_{key}": value for key, value in config["extraction"].items()}),
        discovery=options(**{f"discovery_{key}": value for key, value in config["discovery"].items()}),
        site=site,
    shell:
        "PYTORCH_CUDA_ALLOC_CONF={params.site[allocator]:q} python {params.site[scripts]:q}/ask.py "
        "--papers {params.papers} --results {params.site[results]:q} --parameters {input.parameters:q} "
        "{params.model} {params.site[limits]} {params.extraction} {params.discovery} "
        "--extraction-output {output.extraction:q} --discovery-output {output.discovery:q} "
        "2>&1 | (tee {log:q} || true)"
