"""The README holds what it promises: two commands, Python that runs, links that lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

from orgraph.solver import PROOF_GAP

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_exactly_two_commands_set_up_and_run() -> None:
    found = [line for block in blocks("") for line in block.splitlines() if line.startswith("python3 run.py")]
    assert found == ["python3 run.py demo", "python3 run.py test"]


def test_the_python_example_runs(tmp_path: Path) -> None:
    (example,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    status, shown_gap = done.stdout.split()[:2]
    assert status == "OPTIMAL"
    assert 0.0 <= float(shown_gap) <= PROOF_GAP


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert (ROOT / target).is_file(), target


def test_locks_carry_hashes_and_no_addresses() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==", text, flags=re.MULTILINE)
        assert len(pinned) == len(
            re.findall(r"^[a-z0-9][^\n]*\\\n    --hash=sha256:", text, flags=re.MULTILINE)
        )
        assert "://" not in text
