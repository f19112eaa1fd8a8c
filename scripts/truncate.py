"""Choose the part of a paper that fits the token budget of the memory plan; write the context record."""

import argparse
from pathlib import Path

from tokenizers import Tokenizer

from designspace.core import files, records
from designspace.core.program import program
from designspace.language import context
from designspace.planning import model_files


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="text record of the paper (JSON)")
    parser.add_argument("--token-budget", type=int, required=True, help="tokens of its text to keep")
    parser.add_argument(
        "--model", required=True, help="the model whose tokenizer counts: a name on the hub, or a folder"
    )
    parser.add_argument("--revision", help="revision of a hub's model")
    parser.add_argument("--title", default="", help="title of the paper, if its PDF begins with another article")
    parser.add_argument("--output", type=Path, required=True, help="context record to write (JSON)")
    arguments = parser.parse_args()
    path = model_files.model_file(arguments.model, "tokenizer.json", arguments.revision)
    record = records.read_text(arguments.text)
    fitted = context.fit(dict(record), arguments.token_budget, Tokenizer.from_file(str(path)), arguments.title)
    files.write_whole(arguments.output, records.encode(fitted, indent=1))
    left_out = [section["title"] or section["kind"] for section in fitted["sections"] if not section["tokens_kept"]]
    print(f"{fitted['paper']}: {fitted['tokens_kept']} of {fitted['tokens']} tokens kept", end="")
    print("; left out: " + ", ".join(left_out) if left_out else "")


if __name__ == "__main__":
    main()
