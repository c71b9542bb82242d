"""The route to a limit tells a halt from a slow approach, and SymPy's breaks are no verdict."""

import pytest

from verify.claims.file import make_claim
from verify.judging.engine import verify_claim
from verify.judging.evidence import Finding
from verify.judging.model import Model
from verify.judging.routes import limit
from verify.settings import Settings

CLAIM = {
    "id": "c",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "~",
    "limit": "lambda -> 1-",
    "domain": ["0 < lambda < 1"],
}
VALUE = "1/(1 - lambda**2)"


@pytest.mark.parametrize(
    ("factor", "finding"),
    [
        ("1 + (1 - lambda)**(1/2)", Finding.SUPPORTS),
        # goes to 1, so slowly as to seem to halt
        ("1 + exp(log(1 - lambda)/500)", Finding.ABSTAINS),
        ("1 + 1/log(1/(1 - lambda))", Finding.ABSTAINS),
        ("1 + 1/500 + (1 - lambda)", Finding.CONTRADICTS),
        ("1 + 1/500 + (1 - lambda)**(1/3)", Finding.CONTRADICTS),
        ("1 + 1/(1 - lambda)", Finding.CONTRADICTS),
    ],
)
def test_what_halts_is_told_from_what_is_slow(factor, finding):
    claim = make_claim({**CLAIM, "formula": f"({factor})*{VALUE}"})
    assert limit.check(Model(claim), Settings()).finding is finding


def test_where_sympy_breaks_it_abstains():
    waves = "3 + sin(log(1 - lambda)) + sin(sqrt(2)*log(1 - lambda))"
    claim = make_claim({**CLAIM, "formula": f"({waves})/3*{VALUE}"})
    [found] = [e for e in verify_claim(claim).evidence if e.method == "sympy"]
    assert found.finding is Finding.ABSTAINS
    assert found.detail == "SymPy finds no limit"
