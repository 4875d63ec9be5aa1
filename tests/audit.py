"""`python -m tests.audit`: what is locked, held against the advisories published about it.

Fails for an advisory. Where none can be had (no network, an index without them) it says so in a
sentence and passes: whether a checkout is sound does not hang on somebody's network.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"
SECONDS = 20
# Advisories that do not touch us, each with the reason.
IGNORED: dict[str, str] = {}


def audit() -> dict[str, Any] | None:
    """pip-audit's own report, None where it could not make one in time."""
    ignored = [f"--ignore-vuln={name}" for name in IGNORED]
    quiet = ("--progress-spinner=off", "--format=json", "--timeout=8")
    try:
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "pip_audit", "--requirement", LOCK),
                *("--disable-pip", "--require-hashes", *quiet, *ignored),
            ],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def verdict(report: dict[str, Any] | None) -> tuple[int, str]:
    """The exit status, and what to say."""
    if report is None:
        return 0, "Advisories could not be had from here: the packages are not audited."
    found = [
        f"{package['name']} {package['version']}: {advisory['id']}, "
        f"mended in {', '.join(advisory['fix_versions']) or 'no version yet'}"
        for package in report["dependencies"]
        for advisory in package.get("vulns", ())
    ]
    if found:
        return 1, "\n".join(["Published advisories:", *found])
    skipped = sum("skip_reason" in package for package in report["dependencies"])
    if skipped:
        many = f"{skipped} of {len(report['dependencies'])}"
        return 0, f"No advisory found, but the index here knows none for {many} packages."
    return 0, ""


if __name__ == "__main__":
    status, said = verdict(audit())
    if said:
        sys.stderr.write(f"{said}\n")
    sys.exit(status)
