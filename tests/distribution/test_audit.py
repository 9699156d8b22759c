"""`make audit` finds what databases know, and says when they do not answer."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading

import pytest

from helpers.processes import ROOT, run

pytestmark = pytest.mark.slow  # each compiles govulncheck, or takes it from Go's cache

THEN = "2026-01-01T00:00:00Z"
FLAW = {"schema_version": "1.3.1", "modified": THEN, "published": THEN, "summary": "made up"}
GO_FLAW = FLAW | {
    "id": "GO-2026-0001",
    "affected": [
        {
            "package": {"name": "stdlib", "ecosystem": "Go"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
            "ecosystem_specific": {"imports": [{"path": "fmt", "symbols": ["Errorf"]}]},
        }
    ],
    "database_specific": {"url": "https://example.org/GO-2026-0001"},
}
NUMPY_FLAW = FLAW | {
    "id": "PYSEC-2026-1",
    "affected": [
        {
            "package": {"name": "numpy", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.8.7"}]}],
        }
    ],
}


@pytest.fixture
def go_database(tmp_path):
    """A function that makes a database of flaws in Go's library, and returns its URL."""

    def make(*flaws):
        index = [{"id": flaw["id"], "modified": THEN} for flaw in flaws]
        files = {f"ID/{flaw['id']}": flaw for flaw in flaws}
        files |= {"index/db": {"modified": THEN}, "index/modules": [{"path": "stdlib", "vulns": index}]}
        for name, content in files.items():
            path = tmp_path / "govulndb" / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content))
        return (tmp_path / "govulndb").as_uri()

    return make


@pytest.fixture
def osv():
    """A function that starts a server which answers with flaws, and returns its URL."""
    servers = []

    def start(*flaws):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"vulns": flaws} if flaws else {}).encode())

            def log_message(self, *arguments):
                pass

        servers.append(http.server.HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def audit(tmp_path):
    """A function that audits the Go code, and one version of numpy, by databases."""
    (tmp_path / "requirements.txt").write_text("numpy==1.22.0\n")

    def call(*options, **environment):
        command = [
            sys.executable,
            ROOT / "scripts" / "audit.py",
            "--requirements",
            tmp_path / "requirements.txt",
        ]
        return subprocess.run(
            [*command, *options], capture_output=True, text=True, timeout=600, env=os.environ | environment
        )

    return call


def test_nothing_known_is_a_success(audit, go_database, osv):
    done = audit("--govulndb", go_database(), "--osv", osv())
    assert done.stdout == (
        "Go: No vulnerabilities found.\nPython: No vulnerabilities found in 1 packages.\n"
    ), done.stderr
    assert done.returncode == 0


def test_a_flaw_in_what_the_go_code_calls_is_a_failure(audit, go_database, osv):
    done = audit("--govulndb", go_database(GO_FLAW), "--osv", osv())
    assert "Vulnerability #1: GO-2026-0001" in done.stdout, done.stderr
    assert done.returncode == 1


def test_a_flaw_in_a_package_of_python_is_a_failure(audit, go_database, osv):
    done = audit("--govulndb", go_database(), "--osv", osv(NUMPY_FLAW))
    assert "Python: numpy 1.22.0: PYSEC-2026-1, fixed in 9.8.7: made up\n" in done.stdout, done.stderr
    assert done.returncode == 1


@pytest.fixture
def cut_off(tmp_path):
    """An environment in which only Go's cache of modules is to be had, where govulncheck is."""
    source = re.search(r'GOVULNCHECK = "(.*)"', (ROOT / "scripts" / "audit.py").read_text())[1]
    run("go", "install", source, env=os.environ | {"GOBIN": str(tmp_path)})
    cache = run("go", "env", "GOMODCACHE").strip()
    nothing = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    return nothing | {"GOPROXY": f"file://{cache}/cache/download", "GOSUMDB": "off"}


def test_databases_that_do_not_answer_are_no_failure_and_no_silent_success(audit, cut_off):
    done = audit(**cut_off)
    assert [line.partition(",")[0] for line in done.stdout.splitlines()] == [
        "Go: NOT AUDITED",
        "Python: NOT AUDITED",
    ], done.stderr
    assert done.returncode == 0


def test_a_scanner_that_fails_otherwise_is_a_failure(audit):
    done = audit("--govulndb", "no database")
    assert done.returncode == 1
    assert "govulncheck failed:" in done.stderr
