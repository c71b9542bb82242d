"""Training code that takes a normaliser takes Torch, and nothing else that it must wait for."""

import subprocess
import sys


def loaded_beside_torch(statement):
    """The packages of all modules that a statement loads in a fresh interpreter."""
    code = (
        f"import sys, torch; before = set(sys.modules); {statement}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_normalizers_loads_only_this_project():
    loaded = loaded_beside_torch("import numerics.normalizers")
    assert "numerics" in loaded
    assert loaded <= {"numerics", "theory"}


def test_a_normaliser_for_white_input_needs_no_derivation():
    white = "from numerics.normalizers import InputNormalizer; InputNormalizer()(torch.zeros(3))"
    assert "sympy" not in loaded_beside_torch(white)
    assert "sympy" in loaded_beside_torch(white.replace("r()", "r(__import__('theory').white())"))
