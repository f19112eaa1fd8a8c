"""Extract the parameters of a batch of papers; write a JSON line for each paper."""

from argparse import BooleanOptionalAction

from designspace.core.program import program
from designspace.runner import command_line


@program
def main() -> None:
    parser = command_line.parser(__doc__)
    parser.add_argument(
        "--min-confidence", type=float, required=True, help="the threshold from which a value is reported"
    )
    parser.add_argument("--reasoning", action=BooleanOptionalAction, required=True, help="a sentence for each value")
    arguments = parser.parse_args()
    settings = {"min_confidence": arguments.min_confidence, "reasoning": arguments.reasoning}
    command_line.run("extraction", arguments, settings)


if __name__ == "__main__":
    main()
