"""Every moment against brute-force double sums at 30 digits, for every kind of input."""

import flint
import pytest
import sympy as sp
from double_sums import agrees, double_sum, exactly
from flint import acb, arb

from theory import (
    ArbitraryInput,
    StationaryInput,
    backpropagated_error,
    constant,
    covariance,
    cross_moment,
    cross_sensitivity,
    damped_cosine,
    exponential,
    from_expression,
    mixture,
    moving_average,
    second_moment,
    sensitivity,
    teacher_student_hessian,
    teacher_student_loss,
    white,
)
from theory.algebra.conjugation import bar
from theory.algebra.generating_functions import C, C_bar, C_plus
from theory.algebra.vanishing import vanishes
from theory.symbols import (
    Delta,
    lam,
    lam1,
    lam2,
    lam_star,
    nu,
    omega,
    real_lam,
    real_lam_star,
    theta,
)

RHO, PHI = sp.Rational(7, 10), sp.Rational(9, 10)


def ratio(value: sp.Rational) -> arb:
    return arb(int(value.p)) / int(value.q)


def single(values: dict[int, sp.Rational]):
    return lambda lag: acb(ratio(sp.sympify(values.get(lag, 0))))


# name → the input, and its R(Δ) written independently
INPUTS = {
    "white": (white(), single({0: 1})),
    "exponential": (exponential(RHO), lambda d: acb(ratio(RHO) ** d)),
    "alternating": (exponential(-RHO), lambda d: acb((-ratio(RHO)) ** d)),
    "constant": (constant(), lambda d: acb(1)),
    "damped cosine": (
        damped_cosine(RHO, PHI),
        lambda d: acb(ratio(RHO) ** d * (ratio(PHI) * d).cos()),
    ),
    "moving average": (moving_average([1, 2, -1]), single({0: 6, 1: 0, 2: -1})),
    "mixture": (
        mixture([(sp.Rational(1, 3), white()), (sp.Rational(2, 3), damped_cosine(RHO, PHI))]),
        lambda d: (d == 0) / arb(3) + acb(2 * ratio(RHO) ** d * (ratio(PHI) * d).cos() / 3),
    ),
    "power": (from_expression((1 + Delta) * RHO**Delta), lambda d: acb((1 + d) * ratio(RHO) ** d)),
    "complex": (
        from_expression(RHO**Delta * sp.exp(sp.I * PHI * Delta)),
        lambda d: ratio(RHO) ** d * acb(0, ratio(PHI) * d).exp(),
    ),
}
REAL_INPUTS = [name for name in INPUTS if name != "complex"]
POLES = {
    "zero": sp.S.Zero,
    "real": sp.Rational(3, 5),
    "negative": sp.Rational(-9, 10),
    "complex": sp.Rational(4, 5) * sp.exp(sp.I * sp.pi / 5),
    "slow": sp.Rational(99, 100) * sp.exp(sp.I / 50),
}


def at(expr: sp.Expr, **poles: sp.Expr) -> sp.Expr:
    symbols = {"lam": lam, "lam1": lam1, "lam2": lam2, "star": lam_star}
    values = {symbols[name]: value for name, value in poles.items()}
    values |= {bar(symbols[name]): sp.conjugate(value) for name, value in poles.items()}
    return expr.subs(values, simultaneous=True)


@pytest.mark.every(3)
@pytest.mark.parametrize("pole", POLES)
@pytest.mark.parametrize("name", INPUTS)
def test_second_moment_and_sensitivity(name, pole):
    (x, R), a = INPUTS[name], POLES[pole]
    b = sp.conjugate(a)
    assert agrees(double_sum(a, b, R), at(second_moment(x), lam=a))
    assert agrees(double_sum(a, b, R, derivatives=1), at(sensitivity(x), lam=a))


@pytest.mark.parametrize("lag", [0, 1, 2, 5])
@pytest.mark.parametrize("name", INPUTS)
def test_covariance(name, lag):
    (x, R), a = INPUTS[name], POLES["complex"]
    total = double_sum(a, sp.conjugate(a), R, later=lag)
    assert agrees(total, at(covariance(x, lag=lag), lam=a))
    assert agrees(total, at(covariance(x, lag=lag, gamma=2 * sp.I), lam=a) / 4)


@pytest.mark.parametrize("complex_input", [False, True])
@pytest.mark.parametrize("lag", [0, 1, 3])
def test_covariance_for_any_input(lag, complex_input):
    """It is that of an input in whose place any is put."""
    x = damped_cosine(RHO, PHI) if not complex_input else INPUTS["complex"][0]
    general = covariance(ArbitraryInput(not complex_input), lag=lag)
    own, barred = x.generating_function, x.conjugate().generating_function
    general = general.subs(sp.Symbol("R_0", positive=True), x.autocorrelation(0))
    general = general.replace(sp.Function("R"), lambda k: x.autocorrelation(k))
    for head, value in ((C_bar, barred), (C_plus, own), (C, own)):
        general = general.replace(head, lambda _, z, value=value: value(z))
    assert vanishes(general - covariance(x, lag=lag))


@pytest.mark.parametrize("name", INPUTS)
def test_backpropagated_error(name):
    (x, R), a = INPUTS[name], POLES["complex"]
    reversed_in_time = double_sum(a, sp.conjugate(a), lambda d: R(d).conjugate())
    assert agrees(reversed_in_time, at(backpropagated_error(x), lam=a))


@pytest.mark.parametrize("name", REAL_INPUTS)
def test_cross_moments_have_no_conjugate(name):
    (x, R), a, b = INPUTS[name], POLES["complex"], POLES["negative"]
    assert agrees(double_sum(a, b, R), at(cross_moment(x), lam1=a, lam2=b))
    assert agrees(double_sum(a, b, R, derivatives=1), at(cross_sensitivity(x), lam1=a, lam2=b))


def test_cross_moments_need_a_real_input():
    with pytest.raises(ValueError, match="real input"):
        cross_moment(INPUTS["complex"][0])


@pytest.mark.parametrize("name", INPUTS)
def test_teacher_student_loss(name):
    (x, R), a, b = INPUTS[name], POLES["complex"], POLES["real"]
    conj = sp.conjugate
    parts = [double_sum(p, conj(q), R) for p, q in ((a, a), (a, b), (b, a), (b, b))]
    with flint.ctx.workprec(230):
        total = (parts[0] - parts[1] - parts[2] + parts[3]) / 2
    assert agrees(total, at(teacher_student_loss(x), lam=a, star=b))


@pytest.mark.parametrize("name", REAL_INPUTS)
def test_hessian_at_the_optimum_is_the_sensitivity(name):
    (x, R), a = INPUTS[name], POLES["negative"]
    hessian = teacher_student_hessian(x, real_lam, real_lam_star, (real_lam,))
    value = hessian.subs({real_lam: a, real_lam_star: a})
    assert agrees(double_sum(a, a, R, derivatives=1), value)


def test_hessian_with_respect_to_a_complex_parameter_is_refused():
    with pytest.raises(ValueError, match="complex"):
        teacher_student_hessian(white(), lam, lam_star, (lam,))


@pytest.mark.parametrize("name", INPUTS)
def test_polar_sensitivities(name):
    (x, R), modulus, angle = INPUTS[name], sp.Rational(4, 5), sp.pi / 5
    a = modulus * sp.exp(sp.I * angle)
    of_lambda = double_sum(a, sp.conjugate(a), R, derivatives=1)
    polar = nu * sp.exp(sp.I * theta)
    for parameter, factor in ((nu, 1), (theta, modulus**2)):
        formula = sensitivity(x, polar, parameter).subs({nu: modulus, theta: angle})
        with flint.ctx.workprec(230):
            expected = of_lambda * exactly(sp.sympify(factor))
        assert agrees(expected, formula)


def test_differentiated_normaliser():
    x, R = INPUTS["exponential"]
    gamma, point = sp.sqrt(1 - sp.tanh(omega) ** 2), sp.Rational(1, 2)
    formula = sensitivity(x, sp.tanh(omega), omega, gamma, differentiate_gamma=True)
    a = sp.tanh(point)
    g, slope = gamma.subs(omega, point), sp.diff(gamma, omega).subs(omega, point)
    square, cross, own = (
        (slope**2, double_sum(a, a, R)),
        (2 * slope * g * (1 - a**2), _mixed(a, R)),
        (g**2 * (1 - a**2) ** 2, double_sum(a, a, R, derivatives=1)),
    )
    with flint.ctx.workprec(230):
        total = sum((exactly(w) * moment for w, moment in (square, cross, own)), acb(0))
    assert agrees(total, formula.subs(omega, point))


def _mixed(a: sp.Expr, R) -> acb:
    """E[h ∂h/∂λ], half the derivative of E[h²], by a plain loop over both indices."""
    with flint.ctx.workprec(230):
        p, n = exactly(a), 170
        u = [p**i for i in range(n)]
        v = [acb(0)] + [i * p ** (i - 1) for i in range(1, n)]
        r = [R(d) for d in range(n)]
        return sum((u[i] * v[j] * r[abs(i - j)] for i in range(n) for j in range(n)), acb(0))


def test_is_real_recognises_complex_inputs():
    assert {name for name, (x, _) in INPUTS.items() if not x.is_real} == {"complex"}
    assert isinstance(INPUTS["mixture"][0], StationaryInput)
