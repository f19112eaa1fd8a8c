"""Known vulnerabilities of the installed packages, those that the pins bring included, by pip-audit.

Fails where there is one. Where the database cannot be asked, it says so and of how many packages, and does not fail:
a build must not depend on somebody's server. pip-audit itself takes no answer for no vulnerability.
"""

import json
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path


def pins() -> list[str]:
    """name==version of what is installed here; a build for CPUs, 2.13.0+cpu, is known as 2.13.0."""
    return sorted({f"{package.name}=={package.version.partition('+')[0]}" for package in distributions()})


def ask(pinned: list[str]) -> list[dict]:
    """What pip-audit says of each package: `vulns`, or a `skip_reason`; nothing where it could not say anything."""
    with tempfile.TemporaryDirectory() as folder:
        requirements, report = Path(folder, "pins.txt"), Path(folder, "report.json")
        requirements.write_text("\n".join(pinned))
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off"]
        said = subprocess.run(
            [*command, f"--requirement={requirements}", "--format=json", f"--output={report}"],
            capture_output=True,
            text=True,
        ).stderr
        if report.exists():
            return json.loads(report.read_text())["dependencies"]
    print(f"pip-audit could not ask: {said.strip().splitlines()[-1]}")
    return []


def findings(packages: list[dict]) -> list[str]:
    """A line for each vulnerability."""
    return [
        f"{package['name']} {package['version']}: {found['id']} ({', '.join(found['aliases'])}), "
        f"fixed in {', '.join(found['fix_versions']) or 'no version yet'}"
        for package in packages
        for found in package.get("vulns", [])
    ]


def main():
    pinned = pins()
    packages = ask(pinned)
    answered = sum("skip_reason" not in package for package in packages)
    found = findings(packages)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} known vulnerabilities in the {answered} of {len(pinned)} packages that could be asked about.")
    if answered < len(pinned):
        print("Of the others nothing is known: the database has no answer for them, or is out of reach.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
