"""The oracle at places and far off: limits at infinity, and points that a relation leaves."""

import pytest

from verify.claims.file import make_claim
from verify.selftest.oracle import Truth, fails, truth


@pytest.mark.parametrize(
    ("eigenvalue", "domain", "limit", "formula", "expected"),
    [
        ("1 - 1/T", "2 <= T", "T -> oo", "T/2", Truth.TRUE),
        ("1 - 1/T", "2 <= T", "T -> oo", "T/2*(1 + exp(-T))", Truth.TRUE),
        ("1 - 1/T", "2 <= T", "T -> oo", "T/2*1.0005", Truth.FALSE),
        ("1 - 1/T", "2 <= T", "T -> oo", "T/(2 + 1/T + 1e-9)", Truth.FALSE),
        ("tanh(w)", "w > 0", "w -> oo", "exp(2*w)/4", Truth.TRUE),
        ("tanh(w)", "w > 0", "w -> oo", "exp(2*w)/4 + w", Truth.TRUE),
        ("tanh(w)", "w > 0", "w -> oo", "exp(2*w)/2", Truth.FALSE),
        ("exp(-exp(w))", "w < 0", "w -> -oo", "exp(-w)/2", Truth.TRUE),
        ("exp(-exp(w))", "w < 0", "w -> -oo", "exp(-w)", Truth.FALSE),
    ],
)
def test_limits_at_infinity(eigenvalue, domain, limit, formula, expected):
    claim = make_claim(
        {
            "id": "far",
            "autocorrelation": "KroneckerDelta(Delta, 0)",
            "eigenvalue": eigenvalue,
            "quantity": "second_moment",
            "relation": "~",
            "formula": formula,
            "limit": limit,
            "domain": [domain],
        }
    )
    assert truth(claim) is expected


def test_a_place_is_looked_at_wherever_relations_leave_it():
    """A bound that is negative where ρ is 1 but for 2e-9, and above the quantity elsewhere."""
    claim = make_claim(
        {
            "id": "bound",
            "autocorrelation": "rho**Delta",
            "gamma": "sqrt(1 - lambda**2)",
            "quantity": "second_moment",
            "relation": "<=",
            "formula": "(1 + rho)/(1 - sqrt(rho) - 1e-9)",
            "domain": ["0 <= lambda < 1", "0 <= rho < 1", "rho < lambda"],
        }
    )
    place = {"lambda": "1 - 1e-12", "rho": "1 - 2e-12"}
    assert fails(claim, [place])
    assert not fails(claim, [{"lambda": "1/2", "rho": "1/3"}, {"rho": "1/3"}])
