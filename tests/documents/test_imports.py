"""What is loaded, and under which names: light where nothing is derived, old names still there."""

import subprocess
import sys
from importlib import import_module

import pytest

HEAVY = {"flint", "matplotlib", "mpmath", "networkx", "numba", "numpy", "scipy", "sympy", "torch"}


def loaded(code):
    """The heavy libraries that a fresh interpreter has loaded after some code."""
    script = f"import sys\n{code}\nprint('loaded:', *({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def run(*arguments):
    return (
        "from typer.testing import CliRunner\n"
        "from verify.cli.commands import app\n"
        f"done = CliRunner().invoke(app, {list(arguments)!r})\n"
        "assert done.exit_code == 0, done.output"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list"], ["show", "A5"]])
def test_commands_that_derive_nothing_load_nothing(arguments):
    assert loaded(run(*arguments)) == set()


def test_pytest_loads_nothing_of_ours_that_is_heavy():
    assert loaded("import verify.testing.pytest_plugin") == set()
    assert loaded("from verify.testing import assert_claims") > {"sympy"}


def test_the_check_of_what_is_loaded_sees_it():
    assert loaded(run("show", "A5-state-ar1", "--derive")) >= {"sympy", "mpmath"}


def test_the_start_of_workers_is_light_and_autograd_loads_no_compiler():
    assert loaded("import verify.running.server") == set()
    assert loaded("import verify.reporting.results, verify.running.workers") >= {"scipy", "sympy"}
    derivative = (
        "import torch\n"
        "from numerics import sensitivity_by_autograd\n"
        "print(sensitivity_by_autograd(torch.tanh, torch.ones_like, 0.0, horizon=3))\n"
        "assert not {'torch._dynamo', 'scipy.stats'} & sys.modules.keys()"
    )
    assert "torch" in loaded(derivative)


def test_eval_needs_no_torch():
    assert not loaded(run("eval", "second_moment", "--set", "lambda=1/2")) & {"torch", "numba"}


@pytest.mark.parametrize(
    ("former", "home", "name"),
    [
        ("numerics.data", "numerics.fitting.series", "packaged_series"),
        ("numerics.functions", "numerics.codegen.functions", "Function"),
        ("numerics.training_data", "numerics.fitting.training_data", "normalizer_for"),
        ("theory.conjugation", "theory.algebra.conjugation", "bar"),
        ("verify.sweep", "verify.running.sweep", "grid"),
    ],
)
def test_names_that_documents_showed_before_modules_moved(former, home, name):
    assert getattr(import_module(former), name) is getattr(import_module(home), name)
    with pytest.raises(ImportError):
        exec(f"from {former} import no_such_name", {})  # noqa: S102 (our own)


def test_public_names_are_functions_even_where_modules_are_called_so():
    code = (
        "import theory.kernel, theory.growth\n"
        "from theory import *\n"
        "from theory import growth, kernel\n"
        "assert callable(growth) and callable(kernel) and callable(theory.kernel)\n"
        "assert 'kernel' in dir(theory) and not hasattr(theory, 'nothing')"
    )
    assert "sympy" in loaded(code)


@pytest.mark.parametrize("package", ["numerics", "theory", "verify"])
def test_every_public_name_is_there(package):
    module = import_module(package)
    assert len(module.__all__) > 10
    assert all(getattr(module, name) is not None for name in module.__all__)
