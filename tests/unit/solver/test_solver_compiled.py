"""Kernels: what they compute, and when code that was kept is compiled anew."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orgraph
from orgraph.solver.compiled import compiled, kernels_digest

INNER = "from orgraph.solver.compiled import compiled\n\n@compiled\ndef inner(x):\n    return x + {}\n"
OUTER = "from inner import inner\nfrom orgraph.solver.compiled import compiled\n\n@compiled\ndef outer(x):\n    return inner(x) * 2\n"
SHOW = """
import sys
import orgraph.solver.compiled as c
c.kernels_digest = lambda: sys.argv[1]
from outer import outer
print(outer(1), sum(outer.stats.cache_hits.values()))
"""


@compiled
def total(number: int) -> int:
    found = 0
    for i in range(number):
        found += i
    return found


def test_a_kernel_computes_what_python_does():
    assert total(10) == total.py_func(10) == 45


def test_the_digest_is_that_of_all_kernels():
    assert kernels_digest() == kernels_digest()
    assert len(kernels_digest()) == 64


def without_room() -> None:
    """Let no file grow, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def shown(folder: Path, digest: str, before: Callable[[], None] | None = None) -> str:
    path = os.pathsep.join([str(folder), str(Path(orgraph.__file__).parents[1])])
    command = [sys.executable, "-c", SHOW, digest]
    env = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=True, preexec_fn=before
    )
    return done.stdout


def test_kept_code_is_used_until_any_kernel_changes(tmp_path):
    (tmp_path / "inner.py").write_text(INNER.format(1), encoding="utf-8")
    (tmp_path / "outer.py").write_text(OUTER, encoding="utf-8")
    assert shown(tmp_path, "first").split() == ["4", "0"]
    assert shown(tmp_path, "first").split() == ["4", "1"]
    (tmp_path / "inner.py").write_text(INNER.format(5), encoding="utf-8")
    assert shown(tmp_path, "second").split() == ["12", "0"]


def test_a_full_disk_costs_no_more_than_the_kept_code(tmp_path):
    (tmp_path / "inner.py").write_text(INNER.format(1), encoding="utf-8")
    (tmp_path / "outer.py").write_text(OUTER, encoding="utf-8")
    assert shown(tmp_path, "first", without_room).split() == ["4", "0"]
    assert shown(tmp_path, "first").split() == ["4", "0"]
