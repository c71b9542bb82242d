"""What is loaded, and under which names: light where nothing is derived, old names still there."""

import subprocess
import sys
from importlib import import_module

import pytest

STOREYS = ("theory", "numerics", "verify")
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


def test_what_tests_import_is_light_until_they_judge():
    assert loaded("import verify.testing.pytest_plugin") == set()
    assert loaded("from verify.testing import assert_claims") > {"sympy"}


@pytest.fixture
def project(tmp_path):
    """Makes a project that has a module of a given name, and runs Python in it."""

    def project(name, *arguments):
        (tmp_path / f"{name}.py").write_text("value = 1\n")
        (tmp_path / "test_own.py").write_text(
            f"import sys\nimport {name}\ndef test_own():\n    assert {name}.value == 1\n"
            f"    assert sys.modules.keys() & {set(STOREYS)} == {{{name!r}}}\n"
        )
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return project


@pytest.mark.parametrize("name", STOREYS)
def test_a_project_that_has_a_module_named_as_ours_is_tested(name, project):
    done = project(name, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_hidden_package_is_named_in_one_line(project):
    done = project("verify", "-m", "pytest", "--claims", "claims.toml")
    assert done.returncode == 4
    [line] = done.stderr.strip().splitlines()
    assert "--claims: No module named 'verify.testing'" in line
    assert "verify.py)" in line
    done = project("theory", "-c", "from numerics.normalizers import Polar")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: curseproof's `theory` is hidden by ")
    assert last.endswith("theory.py")


def test_the_check_of_what_is_loaded_sees_it():
    assert loaded(run("show", "A5-state-ar1", "--derive")) >= {"sympy", "mpmath"}


def test_the_start_of_workers_is_light_and_autograd_loads_no_compiler():
    assert loaded("import verify.running.server") == set()
    assert loaded("import verify.reporting.results, verify.running.workers") >= {"flint", "sympy"}
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
