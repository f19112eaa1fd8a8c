"""Plan the memory of a run: how many tokens of a paper a model can read on a GPU. Without --output, print a table."""

import argparse
import contextlib
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
    for task, branches, cap in ("extraction", 32, 2048), ("discovery", 6, 4096):
        parser.add_argument(f"--{task}-branches", type=int, default=branches, help=f"questions of {task}")
        parser.add_argument(f"--{task}-new-tokens", type=int, default=cap, help="that they may write together")
    parser.add_argument("--overhead-tokens", type=int, default=2048, help="of the prompt around a paper")
    parser.add_argument("--output", type=Path, help="the memory plan to write (JSON)")
    arguments = parser.parse_args()
    try:
        config, folder = read_model(arguments.model, arguments.revision)
        costs = memory.costs(
            config,
            memory.weights_bytes(config, arguments.dtype, folder),
            dtype=arguments.dtype,
            device=arguments.device,
            prefill_chunk=arguments.prefill_chunk,
            tasks={
                "extraction": (arguments.extraction_branches, arguments.extraction_new_tokens),
                "discovery": (arguments.discovery_branches, arguments.discovery_new_tokens),
            },
        )
        room = {name: memory.parse_size(getattr(arguments, name)) for name in ("capacity", "reserve")}
        if not arguments.output:
            print(memory.table(costs, **room))
        plan = memory.plan(
            costs, **room, overhead_tokens=arguments.overhead_tokens, token_budget=arguments.token_budget
        )
    except ValueError as error:
        sys.exit(str(error))
    summary = f"{plan['token_budget']:,} tokens of a paper are kept, limited by {plan['limited_by']}; predicted peak "
    print(summary + f"{plan['predicted_peak_bytes'] / memory.GIB:.2f} GiB of {arguments.capacity}.")
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        plan = {"model": arguments.model, "revision": arguments.revision, **plan}
        arguments.output.write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")


def read_model(name, revision):
    """The model's configuration, and the folder that has it and what there is of the weights."""
    if name.endswith(".json"):
        return json.loads(Path(name).read_text(encoding="utf-8")), None
    with contextlib.suppress(configuration.ConfigurationError):  # many models have no index
        configuration.model_file(name, "model.safetensors.index.json", revision)
    config = configuration.model_config(name, revision)
    return config, configuration.model_file(name, "config.json", revision).parent


if __name__ == "__main__":
    main()
