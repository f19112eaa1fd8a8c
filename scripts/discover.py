"""Find what a batch of papers reports beyond the parameter library; write a JSON line for each paper."""

from designspace.core.program import program
from designspace.runner import command_line


@program
def main() -> None:
    parser = command_line.parser(__doc__)
    parser.add_argument("--findings", type=int, required=True, help="maximum number of findings of a category")
    parser.add_argument("--categories", nargs="+", required=True, help="a branch for each")
    arguments = parser.parse_args()
    command_line.run("discovery", arguments, {"findings": arguments.findings, "categories": arguments.categories})


if __name__ == "__main__":
    main()
