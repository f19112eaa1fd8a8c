"""The report's page, joined from its parts in page/: one HTML file that needs neither network nor server.

Everything from papers and models is in the data, which is JSON and not markup, and the page's own scripts show it as
text. The page's policy allows these scripts, by their hashes, and pictures beside the page, and nothing else.
"""

import base64
import hashlib
import html
import json
import string
from pathlib import Path
from typing import Any

from designspace.core import records

PARTS = Path(__file__).parent / "page"
SCRIPTS = (
    "vendor/d3.min.js",
    "vendor/plot.umd.min.js",
    "elements.js",
    "values.js",
    "data.js",
    "marks.js",
    "corrections.js",
    "importing.js",
    "view.js",
    "queue.js",
    "filter.js",
    "filterbar.js",
    "grid.js",
    "matrix.js",
    "pictures.js",
    "review.js",
    "evidence.js",
    "details.js",
    "panel.js",
    "fields.js",
    "charts.js",
    "distributions.js",
    "pairs.js",
    "forest.js",
    "lists.js",
    "evaluation.js",
    "reviewing.js",
    "run.js",
    "main.js",
)
# The files of the results that contain the numbers of each part of the data.
FILES = {
    "values": "extractions.csv",
    "sentences": "extractions.csv",
    "discoveries": "designspace.sqlite",
    "memory": "memory.csv",
    "evaluation": "evaluation.csv",
    "agreement": "agreement.csv",
    "plan": "memory_plan.json",
}


def render(data: dict[str, Any]) -> str:
    """The page that shows the data of `page_data.build`."""
    scripts = [(PARTS / name).read_text("utf-8") for name in SCRIPTS]
    return string.Template((PARTS / "page.html").read_text("utf-8")).substitute(
        policy=html.escape(policy(scripts)),
        style=(PARTS / "page.css").read_text("utf-8"),
        data=as_json(data),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def policy(scripts: list[str]) -> str:
    """The content security policy. Pictures are files beside the page, which "self" does not cover in every browser;
    styles are the page's own and those that the library of the charts writes."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    allowed = {"default-src": "'none'", "script-src": hashes, "style-src": "'unsafe-inline'"}
    allowed |= {"img-src": "'self' file:", "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{what} {sources}" for what, sources in allowed.items())


def as_json(data: dict[str, Any]) -> str:
    """Compact JSON that may stand in a script element: without a <, nothing in it can end or begin an element.
    BrokenResult if a number is not finite, which no browser could parse."""
    try:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        raise records.BrokenResult(
            f"{source(data)} has a number that is not finite. Remove the file and start again; it is made again."
        ) from None
    return text.replace("<", "\\u003c")


def source(data: dict[str, Any]) -> str:
    """The file, in the folder of results, with the number that is not finite."""
    for paper in data.get("papers", ()):
        if not is_finite(paper.get("sizes")):
            return f"text/{paper['paper']}.json"
        if not is_finite(paper):
            return "papers.csv"
    part = next(key for key, value in data.items() if not is_finite(value))
    return FILES.get(part, f"The report's {part}")


def is_finite(value: Any) -> bool:
    """Whether all numbers in a value for JSON are finite."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True
