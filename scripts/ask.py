"""Ask a language model about a batch of papers: extract the parameters of the library, and discover what the papers
report beyond it; write a JSON line for each paper and task."""

from designspace.core.program import program
from designspace.runner import command_line


@program
def main() -> None:
    command_line.run(command_line.parser(__doc__).parse_args())


if __name__ == "__main__":
    main()
