"""Known vulnerabilities of the installed packages, those that the pins bring included, by pip-audit, and releases among
them that their makers withdrew, by the package index.

Fails where there is one. Where a database cannot be asked, it says so and of how many packages, and does not fail:
a build must not depend on somebody's server. pip-audit itself takes no answer for no vulnerability.
"""

import json
import ssl
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

INDEX = "https://pypi.org/simple"
Package = dict[str, Any]  # what pip-audit says of one
JSON = "application/vnd.pypi.simple.v1+json"  # https://peps.python.org/pep-0691/
SECURE = ssl.create_default_context()  # read once: the certificates take longer than an answer


def pins() -> list[str]:
    """name==version of what is installed here; a build for CPUs, 2.13.0+cpu, is known as 2.13.0."""
    return sorted({f"{package.name}=={package.version.partition('+')[0]}" for package in distributions()})


def ask(pinned: list[str]) -> list[Package]:
    """What pip-audit says of each package: `vulns`, or a `skip_reason`; nothing where it could not say anything."""
    with tempfile.TemporaryDirectory() as folder:
        requirements, report = Path(folder, "pins.txt"), Path(folder, "report.json")
        requirements.write_text("\n".join(pinned))
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off"]
        errors = subprocess.run(
            [*command, f"--requirement={requirements}", "--format=json", f"--output={report}"],
            capture_output=True,
            text=True,
        ).stderr
        if report.exists():
            packages: list[Package] = json.loads(report.read_text())["dependencies"]
            return packages
    print(f"pip-audit could not ask: {errors.strip().splitlines()[-1]}")
    return []


def findings(packages: list[Package]) -> list[str]:
    """A line for each vulnerability."""
    return [
        f"{package['name']} {package['version']}: {found['id']} ({', '.join(found['aliases'])}), "
        f"fixed in {', '.join(found['fix_versions']) or 'no version yet'}"
        for package in packages
        for found in package.get("vulns", [])
    ]


def marks(pin: str) -> list[bool | str]:
    """Whether each file of a release was withdrawn ("yanked"), or why it was; nothing where the index does not say."""
    name, version = pin.split("==")
    try:
        request = Request(f"{INDEX}/{name}/", headers={"Accept": JSON})
        with urlopen(request, timeout=30, context=SECURE) as answer:
            return [file["yanked"] for file in json.load(answer)["files"] if release(file["filename"]) == version]
    except (OSError, ValueError, KeyError):
        return []


def release(filename: str) -> str:
    """The version of a file of the index; empty where its name says none."""
    try:
        parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
        return str(parse(filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def main() -> None:
    pinned = pins()
    packages = ask(pinned)
    answered = sum("skip_reason" not in package for package in packages)
    with ThreadPoolExecutor(8) as pool:
        releases = {pin: found for pin, found in zip(pinned, pool.map(marks, pinned), strict=True) if found}
    withdrawn = {pin: found[0] for pin, found in releases.items() if all(found)}
    vulnerable = findings(packages)
    for line in [*vulnerable, *(f"{pin} was withdrawn ({why})" for pin, why in withdrawn.items())]:
        print(line)
    asked = f"the {answered} of {len(pinned)} packages that could be asked about"
    print(f"{len(vulnerable)} known vulnerabilities in {asked}.")
    print(f"{len(withdrawn)} withdrawn releases among the {len(releases)} that could be asked about.")
    if min(answered, len(releases)) < len(pinned):
        print("Of the others nothing is known: the database has no answer for them, or is out of reach.")
    sys.exit(bool(vulnerable or withdrawn))


if __name__ == "__main__":
    main()
