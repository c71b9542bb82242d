"""Bounds on ω(λ): held against quadrature in thirty digits, and noticing what they bound."""

import mpmath
import pytest
import sympy as sp
import torch

from numerics.normalizers import Eigenvalue, Optimal, certified
from numerics.normalizers.certified import omega_error
from theory.filtering import filtered
from theory.inputs import constant, damped_cosine, exponential, mixture, white
from theory.moments import second_moment, sensitivity
from theory.symbols import real_lam

R = sp.Rational
INPUTS = {
    "white": white(),
    "slow": exponential(R(999, 1000)),
    "alternating": exponential(R(-9, 10)),
    "wave": damped_cosine(R(9, 10), R(1, 2)),
    "constant": constant(),
    "fitted": mixture(
        [(R(123457, 10**6), white()), (2, exponential(R(987654, 10**6))), (1, constant())]
    ),
    "differences": filtered(exponential(R(9, 10)), [(1, 1)]),
}


def exact(x, lam):
    """ω(λ) by mpmath's quadrature of dω/dλ, whose terms are those of the theory."""
    slope = sp.sqrt(sensitivity(x, real_lam, real_lam) / second_moment(x, real_lam))
    with mpmath.workdps(30):
        function = sp.lambdify(real_lam, slope, "mpmath")
        places = [mpmath.mpf(0), *(lam * (1 - mpmath.mpf(10) ** -k) for k in range(1, 6)), lam]
        return mpmath.re(mpmath.quad(function, places))


@pytest.mark.parametrize("name", INPUTS)
def test_omega_is_within_its_bounds(name):
    x, bound = INPUTS[name], omega_error(INPUTS[name])
    assert bound.total < 1e-12
    for lam in (-0.99, 0.3, 0.9, 1 - 2.0**-20):
        found = Optimal(x).omega(Eigenvalue.of(torch.tensor(lam, dtype=torch.float64)))
        off = abs(mpmath.mpf(float(found)) - exact(x, mpmath.mpf(lam)))
        # within a panel: 16 products, their sum, and u, of which dω/du is below 4
        assert off <= bound.total + 40 * 2**-52 * (1 + abs(float(found)))


def test_a_wrong_table_is_noticed(monkeypatch):
    class Shifted(Optimal):
        def __init__(self, x):
            super().__init__(x)
            self._omega[100:] += 1e-9

    monkeypatch.setattr(certified, "Optimal", Shifted)
    assert omega_error(white()).table == pytest.approx(1e-9, rel=1e-3)


def test_fewer_nodes_have_a_larger_bound_that_holds(monkeypatch):
    right = Optimal(INPUTS["wave"])._omega.diff()
    monkeypatch.setattr("numerics.normalizers.optimal.NODES", 3)
    rough = Optimal(INPUTS["wave"])._omega.diff()
    monkeypatch.setattr(certified, "NODES", 3)
    error = float((rough - right).abs().max())
    bound = omega_error(INPUTS["wave"])
    assert 1e-9 < error <= bound.rule < 1e6 * error
    assert bound.table >= float((rough - right).sum().abs()) / 2


def test_no_bound_is_given_where_a_pole_is_inside(monkeypatch):
    """At u = ±iπ λ is infinite: an ellipse that reaches there shows nothing."""
    monkeypatch.setattr(certified, "ELLIPSES", (30.0,))
    with pytest.raises(ValueError, match="not seen to be analytic around u = "):
        omega_error(white())


def test_omega_ends_where_the_input_has_no_power():
    module = Optimal(INPUTS["differences"])
    beyond = torch.tensor([5.0, 50.0], dtype=torch.float64, requires_grad=True)
    lam = module(beyond)
    lam.sum().backward()
    assert lam.detach() == pytest.approx(torch.ones(2), abs=1e-15)
    assert torch.equal(beyond.grad, torch.zeros(2, dtype=torch.float64))
