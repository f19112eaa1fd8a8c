"""Choose what of a paper fits the token budget of the memory plan; write the context record."""

import argparse
import json
from pathlib import Path

from tokenizers import Tokenizer

from designspace import context


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="text record of the paper (JSON)")
    parser.add_argument("--plan", type=Path, required=True, help="memory plan with the token budget (JSON)")
    parser.add_argument(
        "--tokenizer", type=Path, required=True, help="tokenizer.json, or the model's folder that has it"
    )
    parser.add_argument("--output", type=Path, required=True, help="context record to write (JSON)")
    arguments = parser.parse_args()
    path = arguments.tokenizer / "tokenizer.json" if arguments.tokenizer.is_dir() else arguments.tokenizer
    if not path.is_file():
        parser.error(f"There is no tokenizer at {path}: --tokenizer takes a tokenizer.json or a folder that holds one.")
    record = json.loads(arguments.text.read_text(encoding="utf-8"))
    plan = json.loads(arguments.plan.read_text(encoding="utf-8"))
    fitted = context.fit(record, plan["token_budget"], Tokenizer.from_file(str(path)))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(fitted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    left_out = [section["title"] or section["kind"] for section in fitted["sections"] if not section["tokens_kept"]]
    print(f"{fitted['paper']}: {fitted['tokens_kept']} of {fitted['tokens']} tokens kept", end="")
    print("; left out: " + ", ".join(left_out) if left_out else "")


if __name__ == "__main__":
    main()
