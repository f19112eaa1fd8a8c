# The rules that download the small embedded model and that plan the memory of any model.

# The folder that has to be made first; none for a hub's model or a folder of the user.
MODEL_FOLDER = [model_files.EMBEDDED_MODEL] if model_files.is_embedded(config["model"]["name"]) else []
MODEL = options(model=config["model"]["name"], **{k: v for k, v in config["model"].items() if k != "name"})


rule fetch_model:
    """Download the embedded model of 135 million parameters, once; it serves to check an installation."""
    output:
        directory(model_files.EMBEDDED_MODEL),
    log:
        "resources/logs/fetch_model.log",
    benchmark:
        "resources/benchmarks/fetch_model.tsv"
    localrule: True  # needs the network, which a compute node may not have
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 3000 * attempt,
        runtime=lambda wildcards, attempt: 15 * attempt,
    params:
        site=site,
    shell:
        "python {params.site[scripts]:q}/fetch_model.py --output {output:q} 2>&1 | (tee {log:q} || true)"


rule plan_memory:
    """Write the memory plan for people: the token budget of a paper and the predicted peak. The budget is computed when
    the Snakefile is read, so that a model that does not fit stops the run before any job.
    """
    input:
        parameters=config["parameters"],
    output:
        RESULTS / "memory_plan.json",
    log:
        RESULTS / "logs/plan_memory.log",
    benchmark:
        RESULTS / "benchmarks/plan_memory.tsv"
    retries: 0  # an error would occur again
    localrule: True
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 500 * attempt,
        runtime=lambda wildcards, attempt: 10 * attempt,
    params:
        model=MODEL,
        site=site,
        memory=options(**{key: value for key, value in config["memory"].items() if key != "allocator"}),
        tasks=options(
            extraction_new_tokens=config["extraction"]["max_new_tokens"],
            reasoning=config["extraction"]["reasoning"],
            discovery_new_tokens=config["discovery"]["max_new_tokens"],
            categories=len(config["discovery"]["categories"]),
        ),
    shell:
        "python {params.site[scripts]:q}/plan_memory.py {params.model} {params.memory} {params.tasks} "
        "--parameters {input.parameters:q} --output {output:q} 2>&1 | (tee {log:q} || true)"
