"""Normalisers for filtered inputs: against the theory to fifty digits, where it is hard first."""

from functools import cache

import mpmath
import pytest
import sympy as sp
import torch

from numerics.normalizers import Eigenvalue, InputNormalizer, gamma, gamma_near_one
from theory.algebra.conjugation import bar
from theory.filtering import filtered
from theory.inputs import constant, damped_cosine, exponential, mixture, white
from theory.moments import second_moment, sensitivity
from theory.symbols import lam

R = sp.Rational
INPUTS = {
    "differences": filtered(white(), [(1, 1)]),
    "unfiltered": filtered(exponential(R(9, 10)), []),
    "slow differences": filtered(exponential(R(99, 100)), [(1, 1)]),
    "a notch in a mixture": filtered(
        mixture([(1, white()), (2, exponential(R(-9, 10))), (R(1, 2), damped_cosine(R(9, 10), 1))]),
        [(1, R(1, 2)), (R(95, 100), -1)],
    )
    + R(1, 5) * constant(),
}
POINTS = (0.0, 0.5, 0.99, 1 - 1e-7, -0.999, 0.6 + 0.3j, 0.999j, 0.4995 + 0.8651j)
# products, quotients and sums of numbers without cancellation, some fifty; where a zero and a
# term's pole are near each other the quotients have small differences, too: (1 − ρ)^−2 at most
ROUNDINGS = {"slow differences": 100**2}


@cache
def exact(name):
    """E|h|² and E|∂h/∂λ|² by the theory, for mpmath's numbers λ and λ̄."""
    x = INPUTS[name]
    found = second_moment(x), sensitivity(x, lam, lam)
    return sp.lambdify((lam, bar(lam)), found, "mpmath")


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", INPUTS)
def test_moments_are_those_of_the_theory(name, point):
    dtype = torch.complex128 if isinstance(point, complex) else torch.float64
    module, at = InputNormalizer(INPUTS[name]), Eigenvalue.of(torch.tensor(point, dtype=dtype))
    with mpmath.workdps(50):
        z = mpmath.mpc(point)
        truth = [
            float(value.real) for value in map(mpmath.mpmathify, exact(name)(z, z.conjugate()))
        ]
    # λ itself is rounded: as Eigenvalue.of has it, 1 − |λ|² is right to an ε/(1 − |λ|)
    room = float(at.one_minus)
    tolerance = 2**-52 * (
        50 * ROUNDINGS.get(name, 1) + (3 / room if isinstance(point, complex) else 0)
    )
    assert float(module.second_moment(at)) == pytest.approx(truth[0], rel=tolerance)
    assert float(module.sensitivity(at)) == pytest.approx(truth[1], rel=tolerance)
    assert float(gamma(INPUTS[name], point)) == pytest.approx(truth[0] ** -0.5, rel=tolerance)


def test_gamma_is_right_where_lambda_rounds_to_one():
    assert float(gamma_near_one(INPUTS["differences"], 1e-20)) == pytest.approx(1, rel=1e-15)


@pytest.mark.parametrize("name", INPUTS)
def test_gradients_are_those_of_the_closed_forms(name):
    module = InputNormalizer(INPUTS[name])
    points = torch.tensor([0.0, 0.5, -0.9, 0.95], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(module, points)
    assert torch.autograd.gradgradcheck(module, points)
    pair = torch.tensor([0.3 + 0.4j, 0.9j], dtype=torch.complex128, requires_grad=True)
    assert torch.autograd.gradcheck(module, pair)


def test_results_have_the_precision_of_lambda():
    module = InputNormalizer(INPUTS["a notch in a mixture"])
    for dtype in (torch.float32, torch.bfloat16, torch.float64):
        assert module(torch.tensor(0.9, dtype=dtype)).dtype == dtype
    half = module(torch.tensor([0.9, 0.5]))
    assert half == pytest.approx(module(torch.tensor([0.9, 0.5]).double()).float())
    assert torch.equal(module.half()(torch.tensor([0.9, 0.5])), half)


def test_features_may_be_filtered_or_not():
    module = InputNormalizer(
        [INPUTS["differences"], exponential(R(9, 10)), *[INPUTS["slow differences"]]]
    )
    points = torch.tensor([0.9, 0.99, -0.5])
    alone = [
        InputNormalizer(x)(p)
        for x, p in zip(
            (INPUTS["differences"], exponential(R(9, 10)), INPUTS["slow differences"]),
            points,
            strict=True,
        )
    ]
    assert module(points) == pytest.approx(torch.stack(alone))


def test_checkpoints_carry_filters():
    for name, x in INPUTS.items():
        saved = InputNormalizer(x).state_dict()
        loaded = InputNormalizer()
        loaded.load_state_dict(saved)
        assert str(loaded) == str(InputNormalizer(x)), name
        assert torch.equal(loaded(torch.tensor(0.9)), InputNormalizer(x)(torch.tensor(0.9)))
        loaded.load_state_dict(InputNormalizer(exponential(R(9, 10))).state_dict())
        assert loaded(torch.tensor(0.9)) == InputNormalizer(exponential(R(9, 10)))(
            torch.tensor(0.9)
        )
