"""Read generated papers with a small model of random weights, of which one in ten meets a real fault, and count what
becomes of them. First, request GPUs that differ from what the memory is planned for.

It runs ask.py on a GPU if there is one, and otherwise on a CPU.
"""

import argparse
import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil
import torch

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))

from benchmark.small_model import DTYPE, LIBRARY, config_of, make_model, make_paper
from designspace.planning.branches import Branches
from designspace.planning.costs import GIB, PROCESS_BYTES, costs_of

Record = dict[str, Any]
Use = dict[str, float]  # {what: how much of it is held}
Uses = dict[int, list[Use]]  # by the number of papers that are done
Kinds = dict[str, tuple[str, int]]

MINUTES = 0.25  # time limit of a paper
BUDGET = {"cuda": 12288, "cpu": 2048}  # tokens of a paper; of this model a token is a letter
WINDOW = 10  # papers at the start and at the end of which the memory is compared
# What is done to papers, the status that they then have, and their last attempt.
KINDS = {
    "worker killed": ("ok", 2),
    "memory for a smaller chunk": ("ok", 2),
    "memory for half": ("ok", 3),
    "memory for a quarter": ("ok", 4),
    "text broken": ("failed", 1),
    "no memory": ("failed", 4),
    "driver killed": ("ok", 1),
    "worker hangs": ("failed", 1),
}
ROUND = [*KINDS, "worker killed", "text broken"]
# The same where several papers share a process: they are tried again alone, and only a broken one fails.
KINDS_TOGETHER = {
    "worker killed": ("ok", 1),
    "text broken": ("failed", 1),
    "driver killed": ("ok", 1),
    "worker hangs": ("ok", 1),
}
# What is left of the memory: room for such a share of a paper, and for a chunk of a quarter of CHUNK. The first attempt
# reads a whole paper in a larger chunk, the second with this one, the third half of the paper, the fourth a quarter;
# each needs some 300 MB besides, 0.18 of a paper, of which `room_for` knows nothing.
STARVED = {"memory for a smaller chunk": 1.22, "memory for half": 0.7, "memory for a quarter": 0.55, "no memory": 0.15}
CAPACITY, RESERVE = 16 * GIB, GIB
CHUNK, NEW_TOKENS = 12288, 72


def choose(papers: list[str], n: int, kinds: list[str]) -> dict[str, str]:
    """{paper: its fault}, n of them, spread over the papers, without the first and the last."""
    places = [papers[round((i + 0.5) * len(papers) / n)] for i in range(n)]
    return dict(zip(places, islice(cycle(kinds), n), strict=True))


class Batch:
    """A run of ask.py over papers, which is started again when it was killed."""

    def __init__(
        self,
        folder: Path,
        device: str,
        papers: list[str],
        name: str,
        minutes: float = MINUTES,
        at_once: int = 1,
        capacity: int = CAPACITY,
        gpus: int = 1,
    ) -> None:
        self.papers, self.at_once = papers, at_once
        self.output, self.log = folder / f"{name}.jsonl", (folder / f"{name}.log").open("ab")
        self.journal = folder / f"{name}.jsonl.journal"
        command = f"{SCRIPTS}/ask.py --results {folder} --parameters {folder}/library.yaml"
        command += f" --extraction-output {self.output} --discovery-output {folder}/{name}_discovery.jsonl"
        command += f" --model {folder}/model --device {device} --dtype {DTYPE[device]} --prefill-chunk {CHUNK}"
        command += f" --capacity {capacity}B --reserve {RESERVE}B --minutes-per-paper {minutes} --gpus {gpus}"
        command += f" --papers-at-once {at_once}"
        command += f" --extraction-max-new-tokens {NEW_TOKENS} --extraction-min-confidence 0 --no-extraction-reasoning"
        command += f" --discovery-max-new-tokens {NEW_TOKENS} --discovery-findings 1"
        command += " --discovery-categories task --papers"
        self.command = [sys.executable, *command.split(), *papers]
        self.start()

    def start(self) -> None:
        environment = os.environ | {"PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True", "HF_HUB_OFFLINE": "1"}
        self.driver = psutil.Popen(self.command, stdout=self.log, stderr=self.log, env=environment)

    def finished(self) -> int:
        """How many papers are done: the lines of the journal but its first, two for each."""
        try:
            return max(0, self.journal.read_bytes().count(b"\n") - 1) // 2
        except FileNotFoundError:
            return 0

    def workers(self) -> list[psutil.Process]:
        """The processes of papers that run or are stopped, in the order in which they began: that of the current paper,
        and that of the next one. They are children of the fork server, a child of the driver."""
        with contextlib.suppress(psutil.NoSuchProcess):
            found = [worker for child in self.driver.children() for worker in child.children()]
            return sorted((w for w in found if w.status() != psutil.STATUS_ZOMBIE), key=lambda worker: worker.pid)
        return []

    def stop_worker(self, number: int = 0, newer_than: int = 0) -> psutil.Process | None:
        """The process with this place among those that are newer than another, stopped as soon as it exists; None if
        the driver has ended."""
        while self.driver.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess, IndexError):
                worker = [worker for worker in self.workers() if worker.pid > newer_than][number]
                worker.suspend()
                return worker
        return None


def ask_for_other_gpus(folder: Path, papers: list[str], device: str) -> None:
    """Start the program on GPUs that differ from what its memory was planned for, and print its messages."""
    refuse(folder, papers, "one GPU more than there is", gpus=torch.cuda.device_count() + 1)
    if device == "cuda":
        free, total = torch.cuda.mem_get_info()
        refuse(folder, papers, "a GPU that is too small", capacity=2 * total)
        held = torch.empty(free - CAPACITY // 2, dtype=torch.uint8, device=device)
        refuse(folder, papers, "a GPU that others use")
        del held
        torch.cuda.empty_cache()


def refuse(folder: Path, papers: list[str], what: str, **asked: int) -> None:
    """Run a batch that has to be refused, and print its message."""
    batch = Batch(folder, "cuda", papers, what.replace(" ", "_"), **asked)
    code = batch.driver.wait()
    refusals = [line for line in Path(batch.log.name).read_text().splitlines() if "The batch stopped" in line]
    if not code or not refusals or batch.finished():
        sys.exit(f"{what} was not refused: {Path(batch.log.name).read_text()[-3000:]}")
    print(f"{what}: {refusals[-1]}")


def make(fault: str, batch: Batch, device: str) -> bool:
    """Cause the fault of the current paper. Returns whether that paper met it."""
    if fault == "text broken":
        return True
    done = batch.finished()
    worker = batch.stop_worker()
    if worker and batch.finished() != done:
        worker.resume()  # it is of the next paper
    if not worker or batch.finished() != done:
        return False
    if fault == "worker killed":
        worker.kill()
    elif fault in STARVED:
        starve(batch, worker, batch.stop_worker(newer_than=worker.pid), device, fault)
    elif fault == "driver killed":
        worker.resume()
        batch.driver.kill()
        batch.driver.wait()
        batch.start()
    return True  # and one that hangs stays stopped


def starve(batch: Batch, worker: psutil.Process, following: psutil.Process | None, device: str, fault: str) -> None:
    """Take the memory of a paper's process. On a GPU, occupy all memory except what a share of the paper needs, until
    the paper is done; on a CPU, kill all attempts except one that is to succeed, as the kernel does when memory runs
    out. The process of the next paper is stopped until it is ended, as it is when a paper is tried again."""
    if device == "cpu":
        status, last = KINDS[fault]
        worker.kill()
        for _ in range(1, last - (status == "ok")):
            newest = max(process.pid for process in (worker, following) if process)
            again = batch.stop_worker(newer_than=newest)
            if not again:
                return  # the driver ended
            worker = again
            worker.kill()
        return
    done, (free, _) = batch.finished(), torch.cuda.mem_get_info()
    held = torch.empty(max(0, free - room_for(STARVED[fault], device)), dtype=torch.uint8, device=device)
    worker.resume()
    while batch.driver.poll() is None and batch.finished() == done:
        time.sleep(0.01)
    del held
    torch.cuda.empty_cache()


def room_for(share: float, device: str) -> int:
    """Bytes of a GPU in which a process can read that share of a paper as long as the budget, and no more."""
    model = {"dtype": DTYPE[device], "device": device, "gpus": 1, "attention": "fused", "quantization": None}
    number, slots = len(LIBRARY), Branches(len(LIBRARY), NEW_TOKENS).slots
    costs = costs_of(config_of(device), 0, model, prefill_chunk=CHUNK // 4, branches=number, branch_tokens=slots)
    keys_and_values = int(share * BUDGET[device] * costs["kv_bytes_per_token"])
    fixed: int = PROCESS_BYTES[device] + costs["workspace_bytes"] + costs["slots_bytes"]
    return fixed + keys_and_values


def gpu_memory() -> int:
    """Bytes of the GPU that are in use, by all processes together."""
    free, total = torch.cuda.mem_get_info()
    return total - free


def in_use(device: str, process: psutil.Process) -> Use:
    """What is in use: bytes of memory by a process, its open files and, if there is a GPU, bytes of it."""
    try:
        held = {"memory of the driver": process.memory_info().rss or math.inf}  # 0 of one that ended
        held |= {"open files of the driver": process.num_fds()}
    except psutil.NoSuchProcess:
        held = {}
    return held | ({"GPU memory": gpu_memory()} if device == "cuda" else {})


def watch(batch: Batch, faults: dict[str, str], device: str) -> tuple[dict[str, str], Uses]:
    """Run the batch to its end and cause the faults on the way. Returns the faults that were caused, and what was in
    use, many times, while each paper without a fault was read, {number: [uses]}."""
    made: dict[str, str] = {}
    uses: Uses = defaultdict(list)
    while (code := batch.driver.poll()) is None:
        done = batch.finished()
        if done < len(batch.papers):
            under_way = [paper for paper in batch.papers[done : done + batch.at_once] if paper in faults]
            if not under_way:
                uses[done].append(in_use(device, batch.driver))
            for paper in under_way:
                if paper not in made and make(faults[paper], batch, device):
                    made[paper] = faults[paper]
        time.sleep(0.005)
    if code:
        sys.exit(f"The batch ended with code {code}:\n{Path(batch.log.name).read_text()[-3000:]}")
    return made, uses


def minimum_of(uses: Uses, numbers: range) -> Use:
    """{what: the minimum of it that was in use while these papers were read}: what the driver keeps, since a paper's
    process begins with none."""
    taken = [use for number in numbers for use in uses[number]]
    return {what: min(use[what] for use in taken if what in use) for use in taken[:1] for what in use}


def report(
    papers: list[str], faults: dict[str, str], made: dict[str, str], records: list[Record], kinds: Kinds
) -> None:
    """Print what became of the papers, and end the program if one is lost, occurs twice, or has the wrong status."""
    by_paper = {record["paper"]: record for record in records}
    print(f"{len(papers)} papers: {dict(Counter(record['status'] for record in records))}; with a fault:")
    for kind in kinds:
        hit = [by_paper[paper] for paper in papers if faults.get(paper) == kind and paper in by_paper]
        ends = sorted(Counter((record["status"], record["attempt"]) for record in hit).items())
        outcomes = ", ".join(f"{n} {status} at attempt {attempt}" for (status, attempt), n in ends)
        print(f"  {kind:26} {sum(fault == kind for fault in made.values()):3} made: {outcomes}")
    lost, twice = set(papers) - set(by_paper), len(records) - len(by_paper)
    expected = {paper: kinds[faults[paper]] if paper in faults else ("ok", 1) for paper in papers}
    others = [paper for paper, end in by_paper.items() if (end["status"], end["attempt"]) != expected[paper]]
    print(f"  lost {len(lost)}, twice {twice}, with another end than expected {len(others)}")
    if lost or twice or others or made != faults:
        sys.exit(f"Not all is as it should be: {sorted(lost)} {others} {sorted(faults.keys() - made.keys())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=200, help="how many, at least 24 (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="an empty folder in which all files stay")
    parser.add_argument("--at-once", type=int, default=1, help="papers that share a process (default: %(default)s)")
    arguments = parser.parse_args()
    papers = [f"p{n:04d}" for n in range(1, arguments.papers + 1)]
    with tempfile.TemporaryDirectory() as temporary:
        run(arguments.folder or Path(temporary), papers, arguments.at_once)


def run(folder: Path, papers: list[str], at_once: int) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(f"PyTorch {torch.__version__} on {torch.cuda.get_device_name() if device == 'cuda' else device}")
    for name in ("text", "context"):
        (folder / name).mkdir(parents=True)
    (folder / "library.yaml").write_text(json.dumps(LIBRARY))
    kinds, order = (KINDS, ROUND) if at_once == 1 else (KINDS_TOGETHER, list(KINDS_TOGETHER))
    faults = choose(papers, max(len(kinds), len(papers) // 10), order)
    tokenizer = make_model(folder / "model", device)
    for paper in papers:
        fault, budget = faults.get(paper), BUDGET[device]
        sentences = budget // 100 if fault in STARVED else 6
        make_paper(folder, paper, sentences, budget, tokenizer, broken=fault == "text broken")
    long = next((paper for paper in faults if faults[paper] in STARVED), papers[1])
    ask_for_other_gpus(folder, papers[:2], device)
    watch(Batch(folder, device, [papers[0], long], "warm-up", minutes=10), {}, device)  # compiles the kernels

    before, begun = gpu_memory() if device == "cuda" else 0, time.monotonic()
    made, uses = watch(Batch(folder, device, papers, "all", at_once=at_once), faults, device)
    print(f"{time.monotonic() - begun:.0f} s. Between papers there were in use, at minimum:")
    first, last = (minimum_of(uses, window) for window in (range(1, WINDOW), range(len(papers))[-WINDOW:]))
    for what in first:
        amounts = [mib(each[what]) if "memory" in what else each[what] for each in (first, last)]
        print(f"  {what}: {amounts[0]} among the first {WINDOW}, {amounts[1]} among the last {WINDOW}")
    if device == "cuda":
        print(f"GPU memory in use before the batch: {mib(before)}, and after it: {mib(gpu_memory())}.")
    if not first or any(last[what] > first[what] + (2**26 if "memory" in what else 8) for what in first):
        sys.exit("It has grown, or was not measured.")
    report(papers, faults, made, [json.loads(line) for line in (folder / "all.jsonl").read_text().splitlines()], kinds)


def mib(size: float) -> str:
    return f"{size / 2**20:.0f} MiB"


if __name__ == "__main__":
    main()
