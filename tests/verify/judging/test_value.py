"""`curseproof eval` against brute-force double sums in mpmath, to 30 digits."""

import mpmath
import pytest

from numerics.arithmetic.balls import decimal
from verify.judging.value import QuestionError, value

mp = mpmath.mp.clone()
mp.dps = 45

INPUTS = {
    "white": ("KroneckerDelta(Delta, 0)", {}, lambda d: mp.mpf(d == 0)),
    "ar1": ("rho**Delta", {"rho": "9/10"}, lambda d: mp.mpf("0.9") ** d),
    "alternating": ("rho**Delta", {"rho": "-0.95"}, lambda d: mp.mpf("-0.95") ** d),
    "constant": ("1", {}, lambda d: mp.mpf(1)),
    "damped-cosine": (
        "rho**Delta*cos(phi*Delta)",
        {"rho": "99/100", "phi": "pi/7"},
        lambda d: mp.mpf("0.99") ** d * mp.cos(mp.pi / 7 * d),
    ),
    "moving-average": (
        "5/4*KroneckerDelta(Delta, 0) - 1/2*KroneckerDelta(Delta, 2)",
        {},
        lambda d: {0: mp.mpf("1.25"), 2: mp.mpf("-0.5")}.get(d, mp.mpf(0)),
    ),
    "text-embeddings": (
        "332/1000*KroneckerDelta(Delta, 0) + 43/1000*(997/1000)**Delta",
        {},
        lambda d: (mp.mpf("0.332") if d == 0 else 0) + mp.mpf("0.043") * mp.mpf("0.997") ** d,
    ),
    "double-pole": (
        "(1 + Delta/3)*2**(-Delta)",
        {},
        lambda d: (1 + mp.mpf(d) / 3) / mp.mpf(2) ** d,
    ),
    "complex": (
        "rho**Delta*exp(I*Delta)",
        {"rho": "0.8"},
        lambda d: mp.mpf("0.8") ** d * mp.expj(d),
    ),
}
POLES = {
    "positive": ("9/10", mp.mpf("0.9")),
    "negative": ("-9/10", mp.mpf("-0.9")),
    "complex": ("4/5*exp(I*pi/5)", mp.mpf("0.8") * mp.expjpi(mp.mpf(1) / 5)),
}


def double_sum(response, R, lags):
    """Σ_ij g_i ḡ_j R(j−i), truncated where it no longer shows at 40 digits."""
    g = [response(i) for i in range(lags)]
    total = mp.mpf(0)
    for d in range(lags):
        # R(d) pairs i with i + d; R(−d) = conj R(d) pairs them the other way
        c = mp.fdot((g[i], mp.conj(g[i + d])) for i in range(lags - d)) * R(d)
        total += c if d == 0 else 2 * mp.re(c)
    return mp.re(total)


@pytest.mark.every(4)
@pytest.mark.parametrize("pole", POLES)
@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("quantity", ["second_moment", "sensitivity"])
def test_against_double_sum(quantity, kind, pole):
    text, settings, R = INPUTS[kind]
    lam_text, lam = POLES[pole]
    number = value(quantity, text, {"lambda": lam_text, **settings}, 35)

    def response(i):
        return lam**i if quantity == "second_moment" else (i * lam ** (i - 1) if i else mp.mpf(0))

    lags = int(mp.ceil(40 / -mp.log10(abs(lam))))
    expected = double_sum(response, R, lags)
    assert abs(mp.mpf(decimal(number, 35)) / expected - 1) < mp.mpf(10) ** -30


def test_hard_region():
    """1−λ = 1e-7 and ρ near 1: the digits that float formulas lose are all there."""
    number = value("sensitivity", "rho**Delta", {"lambda": "1 - 1e-7", "rho": "1 - 1e-9"}, 30)
    with mpmath.workdps(80):
        a, r = 1 - mpmath.mpf("1e-7"), 1 - mpmath.mpf("1e-9")
        expected = ((1 + a**2) * (1 - a**2 * r**2) + 2 * (1 - a**2) * a * r) / (
            (1 - a**2) ** 3 * (1 - a * r) ** 2
        )
        assert abs(mpmath.mpf(decimal(number, 30)) / expected - 1) < mpmath.mpf(10) ** -29


def test_derivative_by_a_parameter():
    """LRU, white input, γ fixed: γ²λ'²E|∂h/∂λ|² → ½ as λ → 1."""
    number = value(
        "sensitivity",
        "KroneckerDelta(Delta, 0)",
        {"omega": "-40"},
        eigenvalue="exp(-exp(omega))",
        gamma="sqrt(1 - lambda**2)",
    )
    assert float(number.real) == pytest.approx(0.5, rel=1e-15)


def test_a_parameter_may_be_an_inverse_hyperbolic_function():
    """Whose ball in the plane has an imaginary part of its own."""
    by_omega = {"eigenvalue": "tanh(omega)", "wrt": "omega"}
    found = value("sensitivity", "rho**Delta", {"omega": "atanh(9/10)", "rho": "1/2"}, **by_omega)
    plain = value("sensitivity", "rho**Delta", {"lambda": "9/10", "rho": "1/2"})
    assert float(found.real) == pytest.approx((1 - 0.9**2) ** 2 * float(plain.real), rel=1e-14)


def test_differentiate_gamma():
    """With γ = sqrt(1−λ²) differentiated, E|∂(γh)/∂λ|² = 1/(1−λ²)², as E|γh|² is constant 1."""
    options = {"gamma": "sqrt(1 - lambda**2)", "differentiate_gamma": True}
    number = value("sensitivity", "KroneckerDelta(Delta, 0)", {"lambda": "3/5"}, **options)
    assert decimal(number, 20) == "2.4414062500000000000"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("second_moment", "2**Delta", {"lambda": "1/2"}), ["2**Delta", "no autocorrelation"]),
        (("second_moment", "rho**Delta", {"lambda": "1/2"}), ["'rho'"]),
        (("second_moment", "1", {}), ["'lambda'", "--set"]),
        (("second_moment", "1", {"lambda": "3/2"}), ["|lambda| = 1.5", "below 1"]),
        (("second_moment", "1", {"lambda": "1/0"}), ["--set lambda=1/0", "divides by zero"]),
        (("second_moment", "1", {"lambda": "x"}), ["--set lambda=x", "unknown symbol 'x'"]),
        (("second_moment", "1", {"lambda": "1/2", "mu": "1)"}), ["--set mu=1)", "syntax"]),
        (("third_moment", "1", {"lambda": "1/2"}), ["third_moment", "second_moment"]),
        (("second_moment", "1", {"lambda": "1/2"}, 0), ["--digits 0"]),
        (("second_moment", "Delta", {"lambda": "1/2"}), ["R(0)"]),
    ],
)
def test_refused(arguments, words):
    with pytest.raises(QuestionError) as caught:
        value(*arguments)
    for word in words:
        assert word in str(caught.value)


WHITE = "KroneckerDelta(Delta, 0)"


@pytest.mark.parametrize("eigenvalue", ["abs(omega)", "max(omega, 0)", "sqrt(omega)"])
def test_a_derivative_that_is_not_there_has_no_value(eigenvalue):
    with pytest.raises(QuestionError, match=r"no derivative where omega = 0, as it is here$"):
        value("sensitivity", WHITE, {"omega": "0"}, eigenvalue=eigenvalue)
    beside = value("sensitivity", WHITE, {"omega": "1e-9"}, eigenvalue=eigenvalue)
    assert beside.real > 0
    assert value("second_moment", WHITE, {"omega": "0"}, eigenvalue=eigenvalue) == 1
