# The model: the small embedded one, and the plan of the memory of any.

EMBEDDED_MODEL = configuration.EMBEDDED_MODEL
# A folder that has to be made first; none for a hub's model or a folder of the user's.
MODEL_FOLDER = [EMBEDDED_MODEL] if config["model"]["name"] == EMBEDDED_MODEL else []
MODEL = options(
    model=config["model"]["name"],
    revision=config["model"]["revision"],
    dtype=config["model"]["dtype"],
    device=config["model"]["device"],
)


rule fetch_model:
    """Download the embedded model of 135 million parameters, once; it is there to check an installation."""
    output:
        directory(EMBEDDED_MODEL),
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
    shell:
        "python {SCRIPTS:q}/fetch_model.py --output {output:q} > {log:q} 2>&1"


rule plan_memory:
    """Compute the token budget of a paper and the predicted peak; fails with the numbers if the model does not fit."""
    input:
        parameters=config["parameters"],
        model=ancient(MODEL_FOLDER),
    output:
        plan=RESULTS / "memory_plan.json",
        tokenizer=RESULTS / "tokenizer.json",
    log:
        RESULTS / "logs/plan_memory.log",
    benchmark:
        RESULTS / "benchmarks/plan_memory.tsv"
    retries: 0  # a model that does not fit will not fit the next time
    localrule: True
    conda:
        "../../envs/designspace.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: 10 * attempt,
    params:
        model=MODEL,
        memory=options(
            **{
                key: value
                for key, value in config["memory"].items()
                if key != "allocator"
            }
        ),
        extraction=options(extraction_new_tokens=config["extraction"]["max_new_tokens"]),
        discovery=options(
            discovery_new_tokens=config["discovery"]["max_new_tokens"],
            findings=config["discovery"]["findings"],
            categories=config["discovery"]["categories"],
        ),
    shell:
        "python {SCRIPTS:q}/plan_memory.py {params.model} {params.memory} --parameters {input.parameters:q} "
        "{params.extraction} {params.discovery} --output {output.plan:q} --tokenizer {output.tokenizer:q} 2>&1 | tee {log:q}"
