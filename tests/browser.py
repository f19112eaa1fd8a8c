"""An invented run of all kinds of papers, and the browser in which tests look at its page."""

import json
import time

import pikepdf
import pypdfium2
import pytest
import yaml
from conftest import ROOT
from made_up_run import LIBRARY, Run, finding, reported, unreported
from written_report import PAYLOAD, program, write_report

from designspace.core import places
from designspace.parsing import text

PAPERS = ROOT / "tests" / "papers"
POPULATION = {"name": "population", "kind": "category", "multiple": True, "values": ["young", "older", "patients"]}
ENTRIES = [*LIBRARY, POPULATION | {"definition": "Who took part."}]
WORDS = "Thirty-two young adults made center-out reaches under a 45° visuomotor rotation."
FILLERS = 120


def save_batches(run):
    for (task, batch), records in run.batches.items():
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (run.results / task / f"{batch}.jsonl").write_text(lines, encoding="utf-8")


def add_real(run, paper, file, is_turned=False):
    """A paper with a PDF of its own: its text as the workflow reads it, and the pictures of its pages."""
    run.add(paper, file=file, values=[reported("n_total", 32, evidence=WORDS), reported("age_mean", 22.4)])
    with pikepdf.open(PAPERS / "okafor_2021.pdf") as pdf:
        for page in pdf.pages if is_turned else []:  # printed sideways and shown upright
            left, bottom, right, top = map(float, page.mediabox)
            assert left == bottom == 0
            page.contents_add(f"q 0 1 -1 0 {top} 0 cm".encode(), prepend=True)
            page.contents_add(b" Q")
            page.mediabox, page.Rotate = [0, 0, top, right], 90
        pdf.save(run.papers / file)


def settle_real(run, paper, file):
    """Replace what `Run.write` says of the paper by what is read from its PDF."""
    record = text.extract_text((run.papers / file).read_bytes(), paper)
    del record["citation"]  # two papers of one citation are versions of each other
    run._json(f"text/{paper}.json", record)
    (answers,) = [r for r in run.batches["extraction", "b0001"] if r["paper"] == paper]
    for value in answers["values"]:
        start = record["text"].index(WORDS)
        place = {"evidence": WORDS, "start": start, "end": start + len(WORDS), "page": 1}
        value |= place | {"boxes": places.boxes(record, start, start + len(WORDS))}
    draw_pages(run, paper, run.papers / file)


def tell_cost(run):
    """What truncation left out of a paper, and what a step took."""
    context = run.results / "context" / "several.json"
    section = {"title": "General discussion", "kind": "discussion", "tokens": 1800, "tokens_kept": 300, "kept": []}
    context.write_text(json.dumps(json.loads(context.read_text()) | {"sections": [section]}))
    folder = run.results / "benchmarks" / "ask"
    folder.mkdir(parents=True)
    (folder / "b0001.tsv").write_text("s\th:m:s\tmax_rss\n150.0\t0:02:30\t2048.0\n")


def draw_pages(run, paper, file):
    folder = run.results / "pages" / paper
    folder.mkdir(parents=True)
    with pypdfium2.PdfDocument(file) as pdf:
        for number, page in enumerate(pdf, 1):
            page.render(scale=1.5).to_pil().save(folder / f"{number}.webp", method=0)  # quickly


def invented_run(folder):
    """A run of papers of all kinds, two of them with a PDF, and what readers found in them."""
    run = Run(folder)
    run.parameters.write_text(yaml.safe_dump(ENTRIES))
    real = {"okafor_2021": "Okafor & 2021 #1 50%.pdf", "turned": "turned.pdf"}
    add_real(run, "okafor_2021", real["okafor_2021"])
    add_real(run, "turned", real["turned"], is_turned=True)
    place = {"confidence": 0.9, "page": 2, "start": 0, "end": 0, "boxes": []}
    of_two = [
        place | {"name": name, "evidence": f"It was said of {name}."} for name in ("Experiment 1", "Experiment 2")
    ]
    several = [
        reported("n_total", 40),
        reported("age_mean", 25.0, experiment="Experiment 1"),
        reported("age_mean", 71.5, experiment="Experiment 2", confidence=0.2),
        unreported("offset", -77),
        unreported("aiming_report", None, "failed", "The answer was cut off."),
        reported("software", "Matlab; Psychtoolbox"),
        reported("population", "young"),
        reported("population", "older"),
    ]
    run.add("several", values=several, experiments=of_two, findings=[finding("tablet_tilt")])
    hostile = [reported("software", PAYLOAD, evidence=PAYLOAD, reasoning=PAYLOAD)]
    hostile += [reported("age_mean", 30.0, experiment=PAYLOAD, evidence=PAYLOAD)]
    texts = {"name": PAYLOAD, "description": PAYLOAD, "category": PAYLOAD, "evidence": PAYLOAD}
    named = [place | {"name": PAYLOAD, "evidence": PAYLOAD}]
    file = PAYLOAD.replace("/", "\\") + ".pdf"
    run.add("hostile", file=file, values=hostile, experiments=named, findings=[finding("x") | texts])
    run.add("scan", text="needs_ocr", reason="It has no text.")
    run.add("stuck", task="failed", reason="Out of memory.")
    run.add("copy", copy_of="several")
    for number in range(FILLERS):
        found = [finding("zigzag_targets")] if number < 2 else []  # that two papers have
        run.add(f"z_{number:03}", values=[reported("n_total", 10 + number % 7, confidence=0.5)], findings=found)
    for record in run.batches["extraction", "b0001"]:
        record |= {"model": "Qwen/Qwen3-32B", "revision": "9216db5", "software": "torch 2.6.0, CUDA 12.4"}
    run.write()
    tell_cost(run)
    for paper, file in real.items():
        settle_real(run, paper, file)
    for paper in ("several", "hostile"):
        draw_pages(run, paper, PAPERS / "tanaka_2020.pdf")
    save_batches(run)
    gold = run.results.parent / "gold.csv"
    gold.write_text("paper,parameter,value\nseveral,n_total,41\nokafor_2021,n_total,32\n")
    run.gold = ["--gold", gold, "--parameters", run.parameters]
    return run


class Browser:
    """The page, which its browser has not seen before, and short ways to what stands on it."""

    def __init__(self, driver, file):
        self.driver, self.file, self.console, self.sent = driver, file, [], []
        driver.get("about:blank")
        driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "file://", "storageTypes": "local_storage"})
        self.logs()
        self.console, self.sent = [], []

    def open(self, view=""):
        """Load the page: one that is there already would only change its view."""
        if self.driver.current_url != "about:blank":
            self.driver.get("about:blank")
        self.driver.get(self.file.as_uri() + view)
        return self

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def one(self, selector):
        return self.driver.find_element("css selector", selector)

    def texts(self, selector):
        return self.js("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector)

    def wait(self, script, *arguments):
        """What the script returns, as soon as it is something."""
        for _ in range(3000):  # a minute, on a machine that is busy
            if found := self.js(script, *arguments):
                return found
            time.sleep(0.02)
        raise AssertionError(f"never: {script}")

    def keys(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def click(self, label, inside="body"):
        buttons = self.js("return [...document.querySelectorAll(arguments[0] + ' button')]", inside)
        next(button for button in buttons if button.text == label).click()

    def papers(self):
        return self.js("return [...document.querySelectorAll('#view .paper')].map((e) => e.textContent)")

    def cell(self, paper, parameter, experiment=""):
        return f"#open=cell%2F{paper}%2F{experiment.replace(' ', '%2520')}%2F{parameter}"

    def logs(self):
        """Note what the console said and which addresses were asked for."""
        self.console += [entry["message"] for entry in self.driver.get_log("browser")]
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        self.sent += [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


def keys_of(name):
    from selenium.webdriver.common.keys import Keys

    return getattr(Keys, name)


@pytest.fixture(scope="session")
def page_run(tmp_path_factory):
    return invented_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def page_file(page_run):
    page_run.merge()
    program("evaluate", page_run, *page_run.gold)
    write_report(page_run, "--evaluated", "--note", PAYLOAD)
    return page_run.results / "report.html"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    from benchmark.report import chromium

    browser = chromium(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.quit()


@pytest.fixture
def page(chromium, page_file):
    """The page, to be opened; at the test's end its console is empty, and it has asked for nothing but the files
    beside it."""
    browser = Browser(chromium, page_file)
    yield browser
    browser.logs()
    beside = page_file.parent.as_uri() + "/"
    assert browser.console == []
    assert browser.sent
    assert [url for url in browser.sent if not url.startswith((beside, "blob:file:", "about:"))] == []
    assert browser.js("return document.querySelectorAll('[src=x], [onerror]').length") == 0
