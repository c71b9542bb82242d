"""The oracle knows a limit at infinity by powers, by exponentials, and where there is none."""

import pytest

from verify.claims.file import make_claim
from verify.selftest.oracle import Truth, truth


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
