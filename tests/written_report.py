"""The report of a made-up run, as a file, and what stands in it."""

import html.parser
import json
import subprocess
import sys

import pytest
import ready_programs
from made_up_run import Run, finding, reported, unreported

import merge
import report

PAYLOAD = "<script>alert(1)</script></details></table>\"'><img src=x onerror=alert(1)>&amp;<!--"


class Page(html.parser.HTMLParser):
    """What a browser would make of the page: its elements, and the data that its programs show."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts = [], []
        self.feed(text)
        self.data = json.loads(self.scripts[0])

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.scripts += [""] if tag == "script" else []

    def handle_data(self, data):
        if self.elements and self.elements[-1][0] == "script" and self.cdata_elem == "script":
            self.scripts[-1] += data


def program(name, run, *options):
    script = merge.__file__.replace("merge.py", f"{name}.py")
    command = [ready_programs.folder() / "python", script, "--results", run.results, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_report(run, *options):
    plan, output = run.results / "memory_plan.json", run.results / "report.html"
    plan.write_text(json.dumps({"model": PAYLOAD, "token_budget": 30720, "extraction": {"weights_bytes": 61 * 2**30}}))
    files = {"papers": run.papers, "parameters": run.parameters, "corrections": run.corrections, "plan": plan}
    files |= {"output": output, "results": run.results}
    arguments = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["report.py", *arguments, *options])
        report.main()
    return output.read_text(encoding="utf-8")


def short_run(root):
    """A run of one paper that was read, two that were not, and a copy."""
    run = Run(root)
    values = [
        reported("n_total", 158, evidence="A total of 158 subjects took part.", page=9),
        reported("age_mean", 21.5, confidence=0.25, evidence="A total of 158 subjects took part.", page=9),
        unreported("offset", -77),
        unreported("aiming_report", None, "failed", "The answer was cut off."),
    ]
    run.add("smith_2019", values=values, findings=[finding("tablet_tilt")])
    run.add("scan", text="needs_ocr", reason="It has no text.")
    run.add("stuck", task="failed", reason="Out of memory.")
    run.add("copy", copy_of="smith_2019")
    run.write().merge()
    return run
