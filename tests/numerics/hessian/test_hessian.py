"""The Hessians of linear RNNs, against the authors' own numbers and against autograd."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from numerics.hessian import (
    at_optimum,
    dense_jacobian,
    diagonal_jacobian,
    diagonal_mass,
    exact_hessian,
    gauss_newton,
    hessian,
    hessian_product,
    jacobian,
    leading_eigenpairs,
    participation,
    spectrum_distance,
)
from numerics.hessian.report import hessian_report, read_system
from numerics.recurrences import (
    dense,
    diagonal,
    diagonal_as_lru,
    gru_step,
    lru,
    rollout,
    sampled_moments,
    white_moments,
)
from numerics.recurrences.vectors import flat, unflat
from numerics.training import draw_dense, draw_diagonal

GOLDEN = Path(__file__).parents[2] / "golden" / "hessian_fig4.npz"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as arrays:
        return dict(arrays)


def close(ours, theirs):
    # float64 sums of 64·300 products of two Jacobians, each a sum over up to 300 steps
    return np.abs(ours - theirs).max() <= 64 * 300 * 300 * np.finfo(float).eps * np.abs(ours).max()


def test_dense_hessian_is_the_authors(golden):
    ours = hessian(dense_jacobian(*(golden[n] for n in "ABCD"), golden["X"]))
    assert close(ours, golden["hessian_dense"])


def test_diagonal_hessian_is_the_authors(golden):
    names = ("eigenvalues", "B_diagonal", "C_diagonal", "D", "X")
    jacobian = diagonal_jacobian(*(golden[n] for n in names))
    assert list(jacobian) == list(golden["diagonal_order"])
    assert close(hessian(jacobian), golden["hessian_diagonal"])


def test_dense_jacobian_is_autograds():
    rng = np.random.default_rng(0)
    A, B, C, D = (rng.normal(size=s) / 2 for s in ((3, 3), (3, 2), (2, 3), (2, 2)))
    x = rng.normal(size=(2, 7, 2))

    def outputs(*parameters):
        a, b, c, d = parameters
        h, y = torch.zeros(2, 3, dtype=torch.float64), []
        for t in range(7):
            u = torch.from_numpy(x[:, t])
            h = h @ a.T + u @ b.T
            y.append(h @ c.T + u @ d.T)
        return torch.stack(y, 1)

    theirs = torch.autograd.functional.jacobian(outputs, tuple(map(torch.from_numpy, (A, B, C, D))))
    for ours, their in zip(dense_jacobian(A, B, C, D, x).values(), theirs, strict=True):
        np.testing.assert_allclose(ours, their.reshape(ours.shape), rtol=1e-12, atol=1e-13)


def test_diagonal_jacobian_is_autograds():
    rng = np.random.default_rng(1)

    def draw(*shape):
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / 3

    lam, B, C, D = draw(3), draw(3, 2), draw(2, 3), rng.normal(size=(2, 2))
    x = rng.normal(size=(2, 7, 2))

    def outputs(*parameters):
        a, b, c = (
            torch.complex(re, im)
            for re, im in zip(parameters[:-1:2], parameters[1::2], strict=True)
        )
        h, y = torch.zeros(2, 3, dtype=torch.complex128), []
        for t in range(7):
            u = torch.from_numpy(x[:, t])
            h = a * h + u.to(h.dtype) @ b.T
            y.append((h @ c.T).real + u @ parameters[-1].T)
        return torch.stack(y, 1)

    halves = [part for z in (lam, B, C) for part in (z.real, z.imag)]
    leaves = tuple(torch.from_numpy(np.ascontiguousarray(p)) for p in (*halves, D))
    theirs = torch.autograd.functional.jacobian(outputs, leaves)
    for ours, their in zip(diagonal_jacobian(lam, B, C, D, x).values(), theirs, strict=True):
        np.testing.assert_allclose(ours, their.reshape(ours.shape), rtol=1e-12, atol=1e-13)


def test_spread_and_mass():
    assert participation(np.array([0, 3j, 0])) == 1
    assert participation(np.ones(7)) == pytest.approx(7)
    assert diagonal_mass(np.eye(3)) == 1
    assert diagonal_mass(np.ones((4, 4))) == pytest.approx(1 / 4)


def tensors(golden, names):
    return {name: torch.from_numpy(golden[name]) for name in names}


def diagonal_parameters(golden):
    named = {"lambda": "eigenvalues", "B": "B_diagonal", "C": "C_diagonal"}
    p = {}
    for name, key in named.items():
        z = torch.from_numpy(golden[key])
        p |= {f"{name}_re": z.real.clone(), f"{name}_im": z.imag.clone()}
    return p | {"D": torch.from_numpy(golden["D"])}


def test_hessian_at_the_optimum_is_the_authors(golden):
    moments = sampled_moments(torch.from_numpy(golden["X"]))
    p = tensors(golden, "ABCD")
    ours = at_optimum(dense, p, moments).numpy()
    assert close(ours, golden["hessian_dense"])
    by_loop = hessian(dense_jacobian(*(golden[n] for n in "ABCD"), golden["X"]))
    assert np.abs(ours - by_loop).max() <= 1e-12 * np.abs(by_loop).max()
    p = diagonal_parameters(golden)
    assert list(p) == list(golden["diagonal_order"])
    assert close(at_optimum(diagonal, p, moments).numpy(), golden["hessian_diagonal"])


STEPS = 40
INPUTS = torch.randn(4, STEPS, 1, generator=torch.Generator().manual_seed(9), dtype=torch.float64)


def gru(p):
    return rollout(gru_step, p, INPUTS, 3)


def gru_parameters():
    torch.manual_seed(0)
    cell = torch.nn.GRUCell(1, 3, dtype=torch.float64)
    p = {name: value.detach() for name, value in cell.named_parameters()}
    return p | {"C": torch.ones(1, 3).double(), "D": torch.ones(1, 1).double()}


def models():
    draw = torch.Generator().manual_seed(0)
    p = draw_diagonal(3, 0.99, draw)
    linear = (
        ("dense", dense, draw_dense(3, 0.99, draw)),
        ("diagonal", diagonal, p),
        ("lru", lru, diagonal_as_lru(p)),
    )
    for name, parametrization, parameters in linear:
        yield pytest.param(lambda p, f=parametrization: f(p).rollout(INPUTS), parameters, id=name)
    yield pytest.param(gru, gru_parameters(), id="gru")


def loop_hessian(loss, p):
    return torch.autograd.functional.hessian(lambda v: loss(unflat(v, p)), flat(p))


def agree(ours, theirs):
    """Second derivatives of STEPS steps, each of which rounds what it carries on a few times."""
    bound = 64 * STEPS**2 * np.finfo(float).eps * theirs.abs().max()
    return (ours - theirs).abs().max() <= bound


@pytest.mark.every(2)
@pytest.mark.parametrize(("model", "p"), list(models()))
def test_hessians_are_autograds(model, p):
    there = model(p)
    here = loop_hessian(lambda p: (model(p) - there).square().mean(), p)
    assert agree(gauss_newton(model, p), here)

    def loss(p):
        return (model(p) - there - 1).square().mean()

    exact = loop_hessian(loss, p)
    assert agree(exact_hessian(loss, p), exact)
    values = np.linalg.eigvalsh(exact.numpy())
    order = np.argsort(-np.abs(values))[:3]
    found, vectors = leading_eigenpairs(hessian_product(loss, p), 3)
    # Lanczos stops at 1e-10 of the largest, and forgets no more than the matrix's own error
    assert np.abs(found - values[order]).max() <= 1e-9 * np.abs(values).max()
    residual = exact.numpy() @ vectors.T - vectors.T * found
    assert np.abs(residual).max() <= 1e-9 * np.abs(values).max()


def test_leading_eigenpairs_of_the_wrong_number():
    with pytest.raises(ValueError, match="count: between 1 and"):
        leading_eigenpairs(
            hessian_product(lambda p: p["v"].square().sum(), {"v": torch.ones(3)}), 3
        )


@pytest.mark.parametrize("outputs", [2, 9])  # by reverse and by forward mode
def test_jacobian_either_way(outputs):
    weights = torch.arange(outputs * 4, dtype=torch.float64).reshape(outputs, 4)
    p = {"a": torch.ones(3, dtype=torch.float64), "b": torch.ones(1, dtype=torch.float64)}
    found = jacobian(lambda p: weights @ torch.cat([p["a"] ** 2 / 2, p["b"]]), p)
    assert torch.equal(found, weights)


@pytest.mark.parametrize("lam", [0.5, -0.9, 0.99])
def test_hessian_of_one_unit_is_the_sensitivity(lam):
    """2 c² E(∂h/∂λ)² = 2 c² (1+λ²)/(1−λ²)³ for white input (claims C2, A6)."""
    c, lags = 0.7, int(60 / (1 - abs(lam)))  # what is left out is of order λ^(2 lags) < 1e-50
    p = {
        name: torch.full((1, 1), v, dtype=torch.float64)
        for name, v in (("A", lam), ("B", 1), ("C", c))
    }
    H = at_optimum(dense, p | {"D": torch.zeros(1, 1).double()}, white_moments(lags))
    expected = 2 * c**2 * (1 + lam**2) / (1 - lam**2) ** 3
    # powers of λ after up to `lags` roundings
    assert abs(H[0, 0].item() / expected - 1) <= 4 * lags * np.finfo(float).eps


def test_spectrum_distance():
    assert spectrum_distance([1, 10], [10, 1]) == 0
    assert spectrum_distance([1, 10], [10, 100]) == pytest.approx(1)
    with pytest.raises(ValueError, match="two lists of the same length"):
        spectrum_distance([1], [1, 2])
    with pytest.raises(ValueError, match="second: positive eigenvalues"):
        spectrum_distance([1, 2], [1, 0])


def command(*arguments):
    return subprocess.run(
        [Path(sys.executable).with_name("curseproof"), "hessian", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_command(golden):
    done = command(GOLDEN, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    for name in ("dense", "diagonal"):
        H = golden[f"hessian_{name}"]
        assert report[name]["parameters"] == len(H)
        assert report[name]["diagonal_mass"] == pytest.approx(float(diagonal_mass(H)), rel=1e-9)
        leading = np.linalg.eigvalsh(H)[::-1][:7]  # the rest is rounding
        found = report[name]["leading_eigenvalues"]
        assert np.abs(found - leading).max() <= 1e-9 * leading[0]  # as the matrices


def test_the_command_prints_a_table(tmp_path):
    path = tmp_path / "system.npz"
    system = {"A": np.diag([0.5, 0.2]), "B": np.ones((2, 1)), "C": np.ones((1, 2))}
    np.savez(path, **system, D=np.ones((1, 1)), X=np.random.default_rng(0).normal(size=(2, 5, 1)))
    table = command(path)
    assert table.returncode == 0
    assert "spectrum distance" in table.stdout
    largest = hessian_report(read_system(path)).dense.leading_eigenvalues[0]
    assert f"{largest:.4g}" in table.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"A": np.ones((2, 3))}, "A: shape (d, d)"),
        ({"B": np.ones((3, 1))}, "B: shape (d, d_in) with d = 2"),
        ({"X": None}, "there is no array X"),
        ({"C": np.full((1, 2), np.nan)}, "C: finite numbers"),
        ({"D": np.array([[1j]])}, "D: real numbers"),
        ({"X": np.zeros((2, 5, 1))}, "X: inputs that are not all 0"),
        ({"A": np.array([[0.5, 1.0], [0.0, 0.5]])}, "A: not diagonalisable"),
    ],
)
def test_bad_systems(change, says, tmp_path):
    system = {
        "A": np.diag([0.5, 0.2]),
        "B": np.ones((2, 1)),
        "C": np.ones((1, 2)),
        "D": np.ones((1, 1)),
        "X": np.ones((2, 5, 1)),
    }
    path = tmp_path / "system.npz"
    np.savez(path, **{k: v for k, v in (system | change).items() if v is not None})
    with pytest.raises(ValueError, match=re.escape(says)):
        hessian_report(read_system(path))


def test_a_bad_system_ends_the_command(tmp_path):
    path = tmp_path / "system.npz"
    np.savez(path, A=np.eye(2))
    done = command(path)
    assert done.returncode == 2
    assert "there is no array B" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_report_of_a_normal_system_has_one_spectrum():
    """An orthonormal change of basis leaves the eigenvalues of states alone, not of parameters."""
    x = np.random.default_rng(0).normal(size=(4, 50, 1))
    system = {"A": np.diag([0.9, -0.5]), "B": np.ones((2, 1)), "C": np.ones((1, 2))}
    report = hessian_report(system | {"D": np.ones((1, 1)), "X": x})
    assert report.dense.parameters == 9
    assert report.diagonal.parameters == 13
