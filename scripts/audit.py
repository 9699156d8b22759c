"""Look for known vulnerabilities in what users get and in what makes the wheels: ``make audit``.

govulncheck looks at the Go code and what it calls of Go's library and of other modules, with the database of
the Go project. pip-audit looks at the newest packages that pip installs with backproj's extras, and at those
that build and publish the wheels, with the database OSV. A finding is a failure. A database that cannot be
reached is not: a line says so, and nothing is known then.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tomli

ROOT = Path(__file__).resolve().parents[1]
GOVULNCHECK = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"

# The modules, what gopy links into them, and the tools that generate them.
GO_PACKAGES = ["./...", "github.com/go-python/gopy/gopyh", "tool"]

# The exit codes of govulncheck when it has looked at all.
NOTHING, FOUND = 0, 3

# How the last line begins that govulncheck and pip-audit write if a database does not answer.
NO_ANSWER = (
    r"govulncheck: fetching vulnerabilities: .*|(?:requests\.exceptions|pip_audit\._service\.interface)\..*"
)


def main():
    """Run the command, and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--osv", metavar="URL", help="ask another database about packages of Python")
    parser.add_argument("--govulndb", metavar="URL", help="ask another database about modules of Go")
    parser.add_argument(
        "--requirements", type=Path, metavar="FILE", help="the packages of Python, each as NAME==VERSION"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        requirements = options.requirements or resolved(Path(scratch))
        findings = [
            audit_go(Path(scratch), options.govulndb),
            audit_python(requirements, options.osv),
        ]
    return int(any(findings))


def audit_go(scratch, database):
    """Print what govulncheck says, and return whether it found anything."""
    run("go", "install", GOVULNCHECK, env=os.environ | {"GOBIN": str(scratch)})
    options = ["-db", database] if database else []
    done = ended(scratch / "govulncheck", *options, *GO_PACKAGES)
    if done.returncode not in (NOTHING, FOUND):
        return not_audited("Go", done)
    print("Go:", done.stdout.strip(), flush=True)
    return done.returncode == FOUND


def resolved(scratch):
    """Return a file of what pip would install for all extras, and for building and publishing wheels."""
    settings = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    report = scratch / "report.json"
    pip = sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--report", report
    run(*pip, "--group", "release", "--group", "audit", ".[all]", *settings["build-system"]["requires"])
    packages = [package["metadata"] for package in json.loads(report.read_text())["install"]]
    requirements = scratch / "requirements.txt"
    requirements.write_text(
        "".join(
            f"{p['name']}=={p['version']}\n" for p in packages if p["name"] != settings["project"]["name"]
        )
    )
    return requirements


def audit_python(requirements, database):
    """Print what pip-audit found, and return whether that is anything."""
    options = ["--osv-url", database] if database else []
    options += ["--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off"]
    done = ended(
        sys.executable, "-m", "pip_audit", *options, "--no-deps", "--disable-pip", "-r", requirements
    )
    if not done.stdout:
        return not_audited("Python", done)
    packages = json.loads(done.stdout)["dependencies"]
    skipped = [package for package in packages if "skip_reason" in package]
    for package in skipped:
        print(f"Python: {package['name']} NOT AUDITED: {package['skip_reason']}")
    found = [(package, flaw) for package in packages for flaw in package.get("vulns", [])]
    for package, flaw in found:
        mend = f"fixed in {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "not fixed"
        print(f"Python: {package['name']} {package['version']}: {flaw['id']}, {mend}: {flaw['description']}")
    if not found:
        print(f"Python: No vulnerabilities found in {len(packages) - len(skipped)} packages.")
    return bool(found)


def not_audited(what, done):
    """Say that a database did not answer, and return False: nothing was found. Exit if it did."""
    reasons = re.findall(f"^{NO_ANSWER}$", done.stderr, re.MULTILINE)
    if not reasons:
        raise SystemExit(f"{done.args[0]} failed:\n{done.stdout}{done.stderr}")
    print(
        f"{what}: NOT AUDITED, as the database of vulnerabilities did not answer: {reasons[-1]}", flush=True
    )
    return False


def ended(*command, **options):
    """Return how a command ended, and what it wrote."""
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False, **options
    )


def run(*command, **options):
    """Run a command that must not fail."""
    done = ended(*command, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
