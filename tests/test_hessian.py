"""The Hessians of linear RNNs, against the authors' own numbers and against autograd."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from numerics.hessian import (
    dense_jacobian,
    diagonal_jacobian,
    diagonal_mass,
    hessian,
    participation,
)

GOLDEN = Path(__file__).parent / "golden" / "hessian_fig4.npz"


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
