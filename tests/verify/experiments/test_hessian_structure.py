"""The published teacher is that of its seed, and what is equivalent to it responds as it does."""

import numpy as np
import pytest
import torch

from numerics.recurrences import dense
from verify.experiments.hessian_structure import (
    CORRELATION,
    eigenvalue_block,
    equivalent,
    published_modes,
    published_system,
    published_teacher,
)
from verify.settings import Settings

A, B, C, D, X = published_teacher()
LAM, P = np.linalg.eig(A)


def test_the_published_teacher_is_jaxs(jax):
    with jax.enable_x64(True):
        keys = jax.random.split(jax.random.PRNGKey(0), 4)
        moduli = np.sort(0.99 + 0.003 * np.array(jax.random.uniform(keys[0], (2,))))
        of_B = np.array(jax.random.normal(keys[1], (4, 1)))
        batch = jax.random.split(jax.random.split(jax.random.PRNGKey(1))[0], 1000)[0]
        of_last = jax.random.split(jax.random.split(batch, 64)[-1])[0]
        last = np.array(jax.random.normal(of_last, (300, 1)))
    # B, C and D are drawn with the same four keys as the eigenvalues
    np.testing.assert_allclose(B, of_B, rtol=1e-13)
    np.testing.assert_allclose(X[-1], last, rtol=1e-13, atol=1e-15)
    # what the eigenvalues of a matrix are off by, times the conditioning of its eigenvectors
    off = np.linalg.cond(P) * np.finfo(float).eps * np.linalg.norm(A) * 4
    np.testing.assert_allclose(np.sort(np.abs(LAM))[::2], moduli, atol=off)


@pytest.mark.parametrize("parametrization", ["diagonal", "lru", "lru_without_angle", "s4"])
def test_equivalent_systems_respond_alike(parametrization):
    realization, p = equivalent(parametrization, LAM, np.linalg.solve(P, B), C @ P, D)
    ours = realization(p).rollout(torch.from_numpy(X[:1]))
    theirs = dense(
        {name: torch.from_numpy(z) for name, z in zip("ABCD", (A, B, C, D), strict=True)}
    )
    # 300 steps of a matrix, in the basis of its eigenvectors
    off = 300 * np.linalg.cond(P) * np.finfo(float).eps * 4
    expected = theirs.rollout(torch.from_numpy(X[:1]))
    assert (ours - expected).abs().max() <= off * expected.abs().max()


def test_angles_that_are_held_are_no_parameters():
    def largest(parametrization):
        found = published_system({"parametrization": parametrization}, Settings(), None)
        return found["largest_eigenvalue"][0]

    assert largest("lru_without_angle") < largest("lru") / 1000
    found = published_system({"parametrization": "dense"}, Settings(), None)
    assert found["distance_from_dense"] == [0]


def test_the_block_is_the_second_moment_of_the_outputs_derivatives():
    """∂h = Σ k λ^(k−1) x_{t−k}, by which ∂y is Re w ∂h for Re λ, and Re i w ∂h for Im λ."""
    rng, k = np.random.default_rng(2), np.arange(1, 100)
    lam, weights = (rng.uniform(-0.4, 0.4, (3, 2)) @ [1, 1j] for _ in range(2))
    slopes = weights[:, None] * k * lam[:, None] ** (k - 1)
    slopes = np.concatenate([slopes.real, (1j * slopes).real])
    autocorrelation = CORRELATION ** np.abs(k[:, None] - k)
    expected = slopes @ autocorrelation @ slopes.T
    # |λ|^100 is nothing; the rest are roundings of sums of 99² terms
    tolerance = 99**2 * np.finfo(float).eps * np.abs(expected).max()
    np.testing.assert_allclose(eigenvalue_block(lam, weights), expected, atol=tolerance)


def test_the_published_modes_are_jaxs(jax):
    with jax.enable_x64(True):
        of_b, of_c, of_areas, of_shares = jax.random.split(jax.random.PRNGKey(53), 4)
        b, c = (np.array(jax.random.normal(k, (10,), dtype=complex)) for k in (of_b, of_c))
        areas, shares = (np.array(jax.random.uniform(key, (10,))) for key in (of_areas, of_shares))
    lam, weights = published_modes("pi/10")
    np.testing.assert_allclose(weights, b * c, rtol=1e-12)
    moduli = np.sqrt(areas * (0.995**2 - 0.99**2) + 0.99**2)
    np.testing.assert_allclose(np.abs(lam), moduli, rtol=1e-14)
    np.testing.assert_allclose(np.angle(lam), np.pi / 10 * (2 * shares - 1), rtol=1e-13, atol=1e-14)
