"""Time and memory of the workflow by the number of papers.

`--run N ...` runs it over N papers: everything is as for a user, except the program with a model, which is
replaced by a stand-in that answers at once. `--write N ...` writes what a run over N papers leaves behind, tells
Snakemake that it is up to date, and measures what the next run does before its first job, and the merge and the report.

Each line of the output is a line of a Markdown table. CPU seconds are those of all processes of the command together.
"""

import argparse
import csv
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).resolve()
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from benchmark.stand_in import answer
from designspace.language import context
from designspace.parsing import text
from designspace.project import ledger

WORDS = "the hand was hidden and a cursor showed the movement of every participant on each trial while vision rotated"
BEFORE: dict[str, tuple[int, float]] = {}  # {part: (papers, CPU seconds)} of the size before
PLAN = ("-n", "-q", "rules")
# Replaces ask.py.
STAND_IN = """
import sys
sys.path.insert(0, {folder!r})
import stand_in
stand_in.run()
"""
# Snakemake itself as if all files were up to date, without the tenth of a second that it waits for each job then.
TOUCH = """
import sys
from snakemake.cli import main
from snakemake.executors.touch import Executor
Executor.SLEEPING_TIME = 0
main(sys.argv[1:] + ["--touch", "--forceall"])
"""


# What the papers are and what was found in them


def sentences(number: int, count: int) -> Iterator[str]:
    """Sentences of an invented paper, others for each number."""
    dice = random.Random(number)
    for at in range(count):
        text = " ".join(dice.choices(WORDS.split(), k=12))
        yield f"In part {at} of study {number}, {text} {dice.randrange(1000)} times."


def pdf(lines: list[str]) -> bytes:
    """A PDF with 50 of the lines on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    pages = [lines[at : at + 50] for at in range(0, len(lines), 50)]
    for page in pages:
        content = "BT /F1 8 Tf 14 TL 50 780 Td " + "".join(f"({line}) ' " for line in page) + "ET"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"
    data = "%PDF-1.7\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return f"{data}<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{data.index('xref')}\n%%EOF\n".encode()


# The project


def tokenizer() -> Tokenizer:
    """A byte-level BPE tokenizer, trained on a few words."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator([WORDS], trainer)
    return bpe


def make_project(project: Path, papers: int, pages: int) -> None:
    """A folder with papers, a configuration, the files of a tiny model, and a copy of the workflow whose program with
    a model is replaced by the stand-in."""
    shutil.rmtree(project, ignore_errors=True)
    for folder in ("workflow", "scripts", "config", "envs"):
        shutil.copytree(REPOSITORY / folder, project / "designspace" / folder)
    shutil.copy(REPOSITORY / "Snakefile", project / "designspace")
    (project / "designspace" / "scripts" / "ask.py").write_text(STAND_IN.format(folder=str(HERE.parent)))
    config = yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text())
    shutil.copytree(REPOSITORY / "config", project / "config")
    config["model"] |= {"name": "model", "device": "cpu", "dtype": "float32"}
    config["memory"] |= {"capacity": "8GiB", "reserve": "1GiB", "token_budget": 30000}
    (project / "config" / "config.yaml").write_text(yaml.safe_dump(config))
    (project / "model").mkdir()
    tokenizer().save(str(project / "model" / "tokenizer.json"))
    save_file({"weights": np.zeros(1, np.float32)}, project / "model" / "model.safetensors")
    shapes: dict[str, Any] = {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 96}
    shapes |= {"num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 400, "max_position_embeddings": 65536}
    (project / "model" / "config.json").write_text(json.dumps(shapes))
    (project / "papers").mkdir()
    add_papers(project, range(papers), pages)


def add_papers(project: Path, numbers: Iterable[int], pages: int) -> None:
    for number in numbers:
        data = pdf(list(sentences(number, 50 * pages)))
        (project / "papers" / f"study_{number:06}.pdf").write_bytes(data)
    time.sleep(2.1)  # what is younger than the ledger's margin is hashed once more, by design


def write_results(project: Path) -> None:
    """What a run over the papers leaves behind, except its tables: all papers have the same text of 12 pages."""
    results, library = project / "results", yaml.safe_load((project / "config" / "parameters.yaml").read_text())
    seen = time.time_ns()
    rows = ledger.plan(project / "papers", results / "ledger.csv", 16)
    for folder in ("text", "context", "extraction", "discovery", "pages"):
        (results / folder).mkdir(parents=True)
    record = text.extract_text(pdf(list(sentences(0, 600))), "PAPER")
    fitted = context.fit(record, 30000, tokenizer())
    for row in rows:
        for kind, content in (("text", record | {"sha256": row.sha256}), ("context", fitted)):
            (results / kind / f"{row.paper}.json").write_text(json.dumps(content | {"paper": row.paper}))
    for batch, papers in ledger.batches(rows).items():
        for task in ("extraction", "discovery"):
            with open(results / task / f"{batch}.jsonl", "w") as file:
                for paper in papers:
                    file.write(json.dumps(answer(task, record | {"paper": paper}, library)) + "\n")
        (results / "pages" / f"{batch}.json").write_text(json.dumps(dict.fromkeys(papers, [1])))
    ledger.save(rows, results / "ledger.csv", seen)


# The measurement


def peak_bytes(process: subprocess.Popen[str]) -> int:
    """The largest resident memory of a process itself, watched until it ends."""
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        peak = max(peak, 1024 * int(found[1])) if found else peak
        time.sleep(0.05)
    return peak


def measure(papers: int, part: str, command: Sequence[str | Path], project: Path) -> None:
    """Run a command and print its line of the table, with the CPU time of each further paper compared with the previous
    size."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with ThreadPoolExecutor() as pool:
        peak = pool.submit(peak_bytes, process)
        printed, _ = process.communicate()
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"{part} failed:\n{printed}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    jobs = len(re.findall(r"Finished jobid:", printed)) or int((re.findall(r"^total +(\d+)", printed, re.M) or [0])[-1])
    fewer, less = BEFORE.get(part, (0, 0))
    BEFORE[part] = papers, cpu
    each = f"{1000 * (cpu - less) / (papers - fewer):.1f}" if fewer else ""
    cells = [f"{papers:,}", part, f"{jobs:,}", f"{seconds:.1f}", f"{cpu:.1f}", each, f"{peak.result() / 1e6:.0f}"]
    print(f"| {' | '.join(cells)} |", flush=True)


def snakemake(project: Path, *arguments: str, start: Sequence[str] = ("-m", "snakemake")) -> list[str]:
    folder = project / "designspace"
    workflow = ["--snakefile", str(folder / "Snakefile"), "--profile", str(folder / "workflow/profiles/default")]
    return [sys.executable, *start, *workflow, "--cores", "2", "--set-threads", "ask=1", *arguments]


def run(project: Path, papers: int, more: int = 16) -> None:
    """A first run, one with one more batch, and one with nothing new."""
    make_project(project, papers, pages=2)
    measure(papers, "plan of the first run", snakemake(project, *PLAN), project)
    measure(papers, "first run", snakemake(project), project)
    add_papers(project, range(papers, papers + more), pages=2)
    measure(papers, f"run with {more} papers more", snakemake(project), project)
    measure(papers, "run with nothing new", snakemake(project), project)
    for rule in ("merge", "report"):
        with open(project / "results" / "benchmarks" / f"{rule}.tsv") as file:
            (row,) = csv.DictReader(file, delimiter="\t")
        print(f"  {rule}, as its benchmark has it: {row['s']} s, {row['max_rss']} MB", flush=True)


def write(project: Path, papers: int, more: int = 16) -> None:
    """What the runs after a first one do before their first job, and the merge and the report of the first run."""
    make_project(project, papers, pages=1)
    measure(papers, "plan of the first run", snakemake(project, *PLAN), project)
    write_results(project)
    results, scripts = project / "results", REPOSITORY / "scripts"
    shared: list[str | Path] = ["--results", results, "--parameters", project / "config" / "parameters.yaml"]
    shared += ["--papers", project / "papers", "--corrections", "none.csv"]
    merge: list[str | Path] = ["--ledger", results / "ledger.csv"]
    measure(papers, "merge", [sys.executable, scripts / "merge.py", *merge, *shared], project)
    subprocess.run(snakemake(project, "-q", "--until", "plan_memory"), cwd=project, check=True, capture_output=True)
    page: list[str | Path] = ["--plan", results / "memory_plan.json", "--output", results / "report.html"]
    measure(papers, "report", [sys.executable, scripts / "report.py", *page, *shared], project)
    subprocess.run(snakemake(project, "-q", start=["-c", TOUCH]), cwd=project, check=True, capture_output=True)
    measure(papers, "plan with nothing new", snakemake(project, *PLAN), project)
    job = [*PLAN, "--mode", "remote", "--force", "--target-jobs", f"truncate:paper=study_{papers // 2:06}"]
    job += ["--allowed-rules", "truncate"]
    measure(papers, "start of one job on a node", snakemake(project, *job), project)
    add_papers(project, range(papers, papers + more), pages=1)
    measure(papers, f"plan with {more} papers more", snakemake(project, *PLAN), project)
    library = project / "config" / "parameters.yaml"
    library.write_text(library.read_text() + "\n")
    measure(papers, "plan with a changed library", snakemake(project, *PLAN), project)


def main() -> None:
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the rules' `python` is this one
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the projects are made; it is left there")
    parser.add_argument("--run", type=int, nargs="*", default=[], help="numbers of papers of whole runs")
    parser.add_argument("--write", type=int, nargs="*", default=[], help="numbers of papers whose results are written")
    arguments = parser.parse_args()
    print("| papers | part | jobs | seconds | CPU seconds | CPU ms a paper more | MB |\n|" + " --- |" * 7, flush=True)
    for part, sizes in ((run, arguments.run), (write, arguments.write)):
        for size in sizes:
            part((arguments.folder / f"{part.__name__}_{size}").resolve(), size)


if __name__ == "__main__":
    main()
