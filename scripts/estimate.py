"""Estimate what a run will cost before it starts: tokens, jobs, time, memory and disk."""

import argparse
from pathlib import Path
from typing import Any

import yaml

from designspace.core.program import program
from designspace.settings import estimate
from designspace.settings.run import Run


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--configfile", type=Path, nargs="*", default=[], help="further files of settings, as for snakemake"
    )
    args = parser.parse_args()
    config: dict[str, Any] = {}
    for file in (Path("config/config.yaml"), *args.configfile):
        merge(config, yaml.safe_load(file.read_text(encoding="utf-8")))
    print(estimate.of_run(Run(config, "run"), config).lines())


def merge(config: dict[str, Any], more: dict[str, Any]) -> None:
    """Replace the settings that another file has, key by key, as Snakemake does."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            merge(config[key], value)
        else:
            config[key] = value


if __name__ == "__main__":
    main()
