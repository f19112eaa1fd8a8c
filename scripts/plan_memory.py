"""Plan the memory of a run: how many tokens of a paper a model can read on a GPU. Without --output, print a table."""

import argparse
from pathlib import Path

from designspace.core import files, records
from designspace.core.program import program
from designspace.planning import branches, memory
from designspace.planning.costs import GIB
from designspace.runner import command_line
from designspace.settings import parameters

DEFAULT = Path(__file__).resolve().parent.parent / "config"


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    command_line.add_model(parser)
    parser.add_argument("--capacity", "--gpu-memory", default="79GiB", help="what a job may use of GPU or RAM")
    parser.add_argument("--reserve", default="2GiB", help="the part of it that stays free")
    parser.add_argument("--prefill-chunk", type=int, help="tokens that are read at once; without it, chosen")
    parser.add_argument("--token-budget", type=int, help="tokens of a paper to keep; without it, as many as fit")
    parser.add_argument("--parameters", type=Path, default=DEFAULT / "parameters.yaml", help="parameter library")
    parser.add_argument("--extraction-new-tokens", type=int, default=2048, help="tokens of all answers together")
    parser.add_argument(
        "--reasoning", action=argparse.BooleanOptionalAction, default=False, help="a sentence for each value"
    )
    parser.add_argument("--discovery-new-tokens", type=int, default=4096, help="tokens of all findings together")
    parser.add_argument("--categories", type=int, default=6, help="number of categories of discovery")
    parser.add_argument("--output", type=Path, help="the memory plan to write (JSON)")
    arguments = parser.parse_args()
    extraction, discovery = arguments.extraction_new_tokens, arguments.discovery_new_tokens
    asked = parameters.load(arguments.parameters)
    room = {name: memory.parse_size(getattr(arguments, name)) for name in ("capacity", "reserve")}
    plans = memory.plan_of(
        command_line.model_of(arguments),
        extraction=branches.of_extraction(asked, extraction, arguments.reasoning),
        discovery=branches.of_discovery(arguments.categories, discovery),
        **room,
        prefill_chunk=arguments.prefill_chunk,
        token_budget=arguments.token_budget,
        overhead_tokens=memory.estimate_tokens(arguments.parameters.read_text(encoding="utf-8")),
    )
    if arguments.output:
        files.write_whole(arguments.output, records.encode(plans, indent=1))
    if not arguments.output:
        print(memory.table(plans["extraction"], **room))
    for task in ("extraction", "discovery"):
        plan, peak = plans[task], plans[task]["predicted_peak_bytes"] / GIB
        print(f"{task}: {plan['token_budget']:,} tokens of a paper, limited by {plan['limited_by']}; ", end="")
        print(f"predicted peak {peak:.2f} GiB of {arguments.capacity}.")


if __name__ == "__main__":
    main()
