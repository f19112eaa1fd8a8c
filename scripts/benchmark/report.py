"""How fast the report opens and filters: generates a run of invented papers, merges it, and opens its page in Chromium.

Needs chromium, chromium-driver and selenium (envs/test.txt). The papers are random and mean nothing.
"""

import argparse
import hashlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

from designspace.project import ledger

LIBRARY = SCRIPTS.parent / "config" / "parameters.yaml"
Record = dict[str, Any]
QUIET = """no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update
disable-dev-shm-usage"""
NUMBERS = {"integer": (8, 12, 16, 20, 24, 40, 80, 160, 320), "number": (0.1, 0.25, 8, 10, 12.5, 15, 30, 45, 60, 100)}
WORDS = [
    "the",
    "hand",
    "a",
    "cursor",
    "showed",
    "visual",
    "feedback",
    "of",
    "each",
    "reach",
    "was",
    "rotated",
    "about",
    "its",
]


def chromium(folder: Path, width: int = 1366, height: int = 768) -> webdriver.Chrome:
    """A headless browser that keeps its profile and downloads in `folder`, and its console and requests in its logs."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for option in [*QUIET.split(), "headless", "disable-sync", f"user-data-dir={folder}/profile"]:
        options.add_argument(f"--{option}")
    options.add_argument(f"--window-size={width},{height}")
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def generate(root: Path, papers: int, library: list[Record], seed: int = 7) -> None:
    """Write what the steps before the merge would have left for this many invented papers, into folders of `root`."""
    chance, results, rows = random.Random(seed), root / "results", []
    for folder in ("text", "context", "extraction", "discovery"):
        (results / folder).mkdir(parents=True)
    (root / "papers").mkdir()
    answers: dict[str, list[str]] = {"extraction": [], "discovery": []}
    for number in range(papers):
        paper = f"{chance.choice(['smith', 'garcia', 'tanaka', 'okafor', 'novak'])}_{1990 + number % 35}_{number:04}"
        (root / "papers" / f"{paper}.pdf").write_bytes(b"%PDF-1.7")
        rows.append(ledger.Row(paper, f"{paper}.pdf", hashlib.sha256(paper.encode()).hexdigest(), "b0001", ""))
        text, records = invent(paper, library, chance)
        for folder, record in (("text", text), ("context", context(text, chance))):
            (results / folder / f"{paper}.json").write_text(json.dumps(record), encoding="utf-8")
        for task, record in records.items():
            answers[task].append(json.dumps(record) + "\n")
    for task, lines in answers.items():
        (results / task / "b0001.jsonl").write_text("".join(lines), encoding="utf-8")
    ledger.save(rows, results / "ledger.csv", 0)


def invent(paper: str, library: list[Record], chance: random.Random) -> tuple[Record, dict[str, Record]]:
    """The text of a paper, made of the evidence of its values, and its records by task."""
    sentences: list[Record] = []
    length = 0

    def evidence(what: str) -> Record:
        nonlocal length
        sentence = f"In this study {what}, while {' '.join(chance.choices(WORDS, k=chance.randrange(6, 24)))}."
        number, start = len(sentences), length
        boxes = [
            [54, 700 - 14 * (number % 40) - 11 * line, 290, 711 - 14 * (number % 40) - 11 * line] for line in (0, 1)
        ]
        sentences.append({"start": start, "end": start + len(sentence), "text": sentence, "box": boxes[0]})
        length += len(sentence) + 1
        page = 1 + number // 40
        place = {"page": page, "start": start, "end": start + len(sentence)}
        return {"evidence": sentence} | place | {"boxes": [{"page": page, "box": box} for box in boxes]}

    named = [f"Experiment {n}" for n in range(1, chance.choice([1, 1, 1, 1, 3, 4]))]
    values = [answer(p, chance, evidence) for p in library]
    values += [
        answer(p, chance, evidence) | {"experiment": name} for name in named for p in library if chance.random() < 0.3
    ]
    experiments = [{"name": name, "confidence": 0.8} | evidence(f"{name} tested this") for name in named]
    names = chance.sample(range(400), 8)
    found = [finding(f"invented_detail_{name}", chance) | evidence(f"detail {name} was set") for name in names]
    head = {"paper": paper, "status": "ok", "reason": ""}
    pages: list[Record] = []
    for first in range(0, len(sentences), 40):
        lines = sentences[first : first + 40]
        size = {"page": len(pages) + 1, "width": 595.3, "height": 841.9}
        pages.append(size | {"start": lines[0]["start"], "end": lines[-1]["end"], "lines": lines})
    text = head | {"sha256": "", "n_pages": 12, "text": " ".join(s["text"] for s in sentences), "pages": pages}
    cost = {"model": "invented", "attempt": 1, "prompt_tokens": 11_000, "new_tokens": 600}
    cost |= {"seconds": {"attach": 0.1, "prefill": 2.0, "decode": 2.2}, "memory": {"predicted_bytes": 7 * 10**10}}
    extraction = head | {"task": "extraction"} | cost | {"values": values, "experiments": experiments, "groups": []}
    return text, {"extraction": extraction, "discovery": head | {"task": "discovery"} | cost | {"findings": found}}


def answer(parameter: Record, chance: random.Random, evidence: Callable[[str], Record]) -> Record:
    """A possible answer of a model about a parameter."""
    kind = parameter["kind"]
    choices = parameter.get("values") or NUMBERS.get(kind) or {"boolean": (True, False)}.get(kind)
    value = chance.choice(choices or ("a robotic manipulandum", "a tablet with a pen", "MATLAB", "18-35"))
    answered = {"parameter": parameter["name"], "value": value, "unit": parameter.get("unit", ""), "reason": ""}
    if chance.random() < 0.35:
        nothing = dict.fromkeys(("evidence", "page", "start", "end"))
        return answered | nothing | {"status": "not_reported", "p_null": chance.random(), "confidence": 0.0}
    answered |= {"status": "reported", "confidence": chance.random() ** 0.5, "p_null": chance.random() / 200}
    return answered | {"reasoning": "The methods say so."} | evidence(f"{parameter['name']} was {value}")


def finding(name: str, chance: random.Random) -> Record:
    """A possible finding of a model, without its evidence."""
    record = {"name": name, "value": str(chance.randrange(1, 90)), "unit": "deg", "description": f"What {name} says."}
    return record | {"category": "apparatus", "importance": chance.choice(("high", "medium", "low")), "confidence": 0.6}


def context(text: Record, chance: random.Random) -> Record:
    """The parts of a text that the model was given: all, or all but the references."""
    tokens = chance.randrange(6_000, 20_000)
    back = {"title": "References", "kind": "references", "tokens": 2_000, "tokens_kept": 0, "kept": []}
    cut = chance.random() < 0.5
    sizes = {"token_budget": 38_656, "tokens": tokens, "tokens_kept": tokens - 2_000 * cut, "sections": [back] * cut}
    return {"paper": text["paper"], "status": "ok", "reason": ""} | sizes


def write_page(root: Path, parameters: Path) -> Path:
    """Merge the records and write the page, by the programs of the rules."""
    page, results = root / "results" / "report.html", root / "results"
    (results / "memory_plan.json").write_text('{"extraction": {}}')
    common: list[str | Path] = ["--results", results, "--papers", root / "papers", "--parameters", parameters]
    common += ["--corrections", root / "corrections.csv"]
    programs: dict[str, list[str | Path]] = {
        "merge": ["--ledger", results / "ledger.csv"],
        "report": ["--plan", results / "memory_plan.json", "--output", page],
    }
    for program, more in programs.items():
        start = time.perf_counter()
        subprocess.run([sys.executable, SCRIPTS / f"{program}.py", *common, *more], check=True)
        print(f"{program}.py: {time.perf_counter() - start:.1f} s")
    return page


LOADED = "return document.querySelectorAll('#view tbody td').length"
FILTER = """const done = arguments[1], start = performance.now();
View.go(arguments[0]);
requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));"""


def busy(driver: webdriver.Chrome) -> float:
    """Seconds of CPU time that the page has taken so far: on a machine with other work, they say more than wall
    time."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def measure(page: Path, repeats: int) -> None:
    """Print how long the page takes to open, from the request to the first frame with cells, and to be filtered."""
    with tempfile.TemporaryDirectory() as folder:
        driver = chromium(Path(folder))
        driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        loads, busy_loads = [], []
        for _ in range(repeats):
            driver.get("about:blank")
            start, before = time.perf_counter(), busy(driver)
            driver.get(page.as_uri())
            assert driver.execute_script(LOADED) > 0
            driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
            loads.append(time.perf_counter() - start)
            busy_loads.append(busy(driver) - before)
        show(f"load, {repeats} times", loads, "s")
        show(f"load, {repeats} times", busy_loads, "s of a CPU")
        filters: dict[str, list[Record]] = {
            "search": [{"q": text} for text in ("cursor", "tablet", "cursor showed", "nothing of it", "")],
            "status": [{"status": status} for status in ("not_reported", "failed", "")],
            "confidence": [{"low": low} for low in ("0.9", "0.5", "")],
            "values": [{"where": where} for where in (["target_distance~8..20"], [])],
            "sort": [{"sort": sort} for sort in ("-n_total", "confidence", "")],
            "view": [{"view": view} for view in ("space", "pair", "discoveries", "papers", "matrix")],
        }
        every = []
        before = busy(driver)
        for name, changes in filters.items():
            took = [driver.execute_async_script(FILTER, change) for change in changes]
            show(f"{name}, {len(took)} changes", took, "ms")
            every += took if name != "view" else []
        show(f"all filters, {len(every)} changes", every, "ms")
        print(f"all filters and views: {busy(driver) - before:.3g} s of a CPU")
        driver.quit()


def show(what: str, times: list[float], unit: str) -> None:
    print(f"{what}: median {statistics.median(times):.3g} {unit}, longest {max(times):.3g} {unit}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=500, help="how many papers are invented")
    parser.add_argument("--parameters", type=Path, default=LIBRARY, help="the parameter library, YAML")
    parser.add_argument("--repeats", type=int, default=5, help="how often the page is opened")
    parser.add_argument("--keep", type=Path, help="a new folder for the papers and the page, to look at it")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        root = args.keep or Path(folder) / "run"
        library = yaml.safe_load(args.parameters.read_text("utf-8"))
        generate(root, args.papers, library)
        page = write_page(root, args.parameters)
        print(f"{args.papers} papers, {len(library)} parameters: the page has {page.stat().st_size / 1e6:.1f} MB")
        measure(page, args.repeats)


if __name__ == "__main__":
    main()
