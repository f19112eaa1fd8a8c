"""Plan the memory of a run: how many tokens of a paper a model can read on a GPU. Without --output, print a table."""

import argparse
import json
import sys
from pathlib import Path

from designspace import configuration, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", required=True, help="a name on the model hub, a folder, or a config.json")
    parser.add_argument("--revision", help="commit or tag of a hub model")
    parser.add_argument("--dtype", choices=memory.DTYPE_BYTES, default="bfloat16", help="of weights and cache")
    parser.add_argument("--device", choices=memory.PROCESS_BYTES, default="cuda", help="where the model runs")
    parser.add_argument("--capacity", "--gpu-memory", default="79.25GiB", help="what a job may use of GPU or RAM")
    parser.add_argument("--reserve", default="2GiB", help="of it, what stays free")
    parser.add_argument("--prefill-chunk", type=int, default=4096, help="tokens that are read at once")
    parser.add_argument("--token-budget", type=int, help="tokens of a paper to keep; left out: as many as fit")
    library = Path(__file__).resolve().parent.parent / "config" / "parameters.yaml"
    parser.add_argument("--parameters", type=Path, default=library, help="parameter library (YAML)")
    parser.add_argument("--extraction-new-tokens", type=int, default=2048, help="of all parameters together")
    parser.add_argument("--discovery-new-tokens", type=int, default=4096, help="of all categories together")
    parser.add_argument("--findings", type=int, default=5, help="most findings of a category")
    parser.add_argument("--categories", nargs="+", default=["other"] * 6, help="of discovery")
    parser.add_argument("--output", type=Path, help="the memory plan to write (JSON)")
    parser.add_argument("--tokenizer", type=Path, help="with --output: where to save the model's tokenizer.json")
    arguments = parser.parse_args()
    try:
        parameters = configuration.load_parameters(arguments.parameters)
        costs = memory.costs_of(
            arguments.model,
            arguments.revision,
            dtype=arguments.dtype,
            device=arguments.device,
            prefill_chunk=arguments.prefill_chunk,
            tasks={
                "extraction": (len(parameters), arguments.extraction_new_tokens),
                "discovery": (len(arguments.categories), arguments.discovery_new_tokens),
            },
        )
        room = {name: memory.parse_size(getattr(arguments, name)) for name in ("capacity", "reserve")}
        # Only a run needs the exact prompt, and so the tokenizer; 2048 is ample for a library of thirty parameters.
        overhead = count_prompt(arguments, parameters) if arguments.output else 2048
        plan = memory.plan(costs, **room, overhead_tokens=overhead, token_budget=arguments.token_budget)
    except ValueError as error:
        sys.exit(str(error))
    if arguments.output:
        plan = {"model": arguments.model, "revision": arguments.revision, **plan}
        arguments.output.write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")
    else:
        print(memory.table(costs, **room))
    summary = f"{plan['token_budget']:,} tokens of a paper are kept, limited by {plan['limited_by']}; predicted peak "
    print(summary + f"{plan['predicted_peak_bytes'] / memory.GIB:.2f} GiB of {arguments.capacity}.")


def count_prompt(arguments, parameters):
    """Tokens around a paper in the longer prompt of the two tasks; saves the tokenizer on the way."""
    from designspace import discovery, extraction, model, prompt

    tokenizer = model.load_tokenizer(arguments.model, arguments.revision)
    tokenizer.backend_tokenizer.save(str(arguments.tokenizer))
    settings = {"findings": arguments.findings, "categories": arguments.categories}
    return max(prompt.overhead(tokenizer, *task.frame(parameters, settings)) for task in (extraction, discovery))


if __name__ == "__main__":
    main()
