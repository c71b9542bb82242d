"""The quantities of a claim from the kernel K(α, β), with its derivatives written out."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, perm

import flint

from verify.claims.claim import Derivative
from verify.judging.exact.field import Element, Unsupported
from verify.judging.exact.reader import Reader
from verify.judging.exact.sequence import Sequence

# Σ_k weights[k] ∂^k h_a over poles a
Sum = list[tuple[Element, list[Element]]]


def quantity(reader: Reader) -> Element:
    """The quantity of a claim as an element of the field.

    Raises:
        Unsupported: for what has no second derivation.

    """
    claim, one, zero = reader.claim, reader.field.constant(1), reader.field.constant(0)
    poles = [reader.names[name] for name in claim.poles]
    states: list[Sum] = [
        [(a, [reader.gamma(name)])] for name, a in zip(claim.poles, poles, strict=True)
    ]
    match claim.quantity:
        case "second_moment":
            return _moment(reader, states[0], _conjugate(states[0]))
        case "covariance":
            gamma = states[0][0][1][0]
            later = _later(reader, poles[0], poles[0].conjugate(), claim.lag or 0)
            return gamma * gamma.conjugate() * later
        case "backpropagated_error":
            return kernel(reader, 0, 0, poles[0].conjugate(), poles[0])
        case "sensitivity":
            slope = _slope(reader, states[0], claim.wrt[0])
            return _moment(reader, slope, _conjugate(slope))
        case "cross_moment":
            return _moment(_real(reader), states[0], states[1])
        case "cross_sensitivity" | "cross_sensitivity_power":
            first, second = ([(a, [zero, one])] for a in poles)
            amplitude = _moment(_real(reader), first, second)
            power = claim.quantity == "cross_sensitivity_power"
            return amplitude * amplitude.conjugate() if power else amplitude
        case "teacher_student_loss":
            error = _error(states)
            return _moment(reader, error, _conjugate(error)).scaled(Fraction(1, 2))
        case "teacher_student_hessian":
            p, q = (_derivative(reader, states[0], by) for by in (claim.wrt[0], claim.wrt[-1]))
            bend = _derivative(reader, p, claim.wrt[-1])
            slopes = _moment(reader, p, _conjugate(q))
            return _real_part(slopes + _moment(reader, _error(states), _conjugate(bend)))
        case "output_hessian":
            y = states[0] + states[1]
            p, q = (_derivative(_real(reader), y, by) for by in (claim.wrt[0], claim.wrt[-1]))
            total = _moment(reader, p, q) + _moment(reader, p, _conjugate(q))
            return _real_part(total).scaled(Fraction(1, 2))
        case "curvature":
            # the metric's derivatives are at an input that is held
            if {by.name for by in claim.wrt} & claim.autocorrelation.names:
                raise Unsupported("an input that depends on the coordinates of a metric")
            p, q = (_slope(reader, states[0], by) for by in claim.wrt)
            metric = [
                _real_part(_moment(reader, u, _conjugate(v))) for u, v in ((p, p), (p, q), (q, q))
            ]
            return _curvature(reader, *metric)
    raise Unsupported(claim.quantity)


def _slope(reader: Reader, state: Sum, by: Derivative) -> Sum:
    """∂(γh)/∂p, γ held fixed unless it is to be differentiated."""
    slope = _derivative(reader, state, by)
    if not reader.claim.differentiate_gamma:
        slope[0][1][0] = reader.field.constant(0)
    return slope


def _curvature(reader: Reader, E: Element, F: Element, G: Element) -> Element:
    """Gauss' curvature of E dp² + 2F dp dq + G dq², by the Christoffel symbols (Frobenius' form).

    With W² = EG − F²:  κ = −(1/2W) [∂_q((E_q − F_p)/W) + ∂_p((G_p − F_q)/W)] − D/(4W⁴),
    where D is the determinant of the rows (E, F, G), (E_p, F_p, G_p), (E_q, F_q, G_q).
    """
    p, q = reader.claim.wrt

    def d(z: Element, by: Derivative) -> Element:
        return _partial(reader, z, by)

    square = E * G - F * F
    (a, b, c), (e, f, g), (u, v, w) = (E, F, G), *([d(z, by) for z in (E, F, G)] for by in (p, q))
    determinant = a * (f * w - g * v) - b * (e * w - g * u) + c * (e * v - f * u)

    def half(z: Element, by: Derivative) -> Element:
        """(1/W) ∂(z/W) without a root: ∂z/W² − z ∂(W²)/(2W⁴)."""
        return d(z, by) / square - (z * d(square, by) / (square * square)).scaled(Fraction(1, 2))

    divergence = half(u - f, q) + half(g - v, p)
    return -divergence.scaled(Fraction(1, 2)) - (determinant / (square * square)).scaled(
        Fraction(1, 4)
    )


def _moment(reader: Reader, first: Sum, second: Sum) -> Element:
    """E of the product of two sums; the second one's poles are β̄."""
    total = reader.field.constant(0)
    for a, us in first:
        for b, vs in second:
            for i, u in enumerate(us):
                for j, v in enumerate(vs):
                    if not (u.is_zero or v.is_zero):
                        total += u * v * kernel(reader, i, j, a, b)
    return total


def _conjugate(parts: Sum) -> Sum:
    return [(a.conjugate(), [w.conjugate() for w in weights]) for a, weights in parts]


def _error(states: list[Sum]) -> Sum:
    """The error of a student's state: student minus teacher."""
    return states[0] + [(a, [-w for w in weights]) for a, weights in states[1]]


def _derivative(reader: Reader, parts: Sum, by: Derivative) -> Sum:
    result = []
    for a, weights in parts:
        slope, zero = _partial(reader, a, by), reader.field.constant(0)
        own = [*(_partial(reader, w, by) for w in weights), zero]
        risen = [zero, *(w * slope for w in weights)]
        result.append((a, [u + v for u, v in zip(own, risen, strict=True)]))
    return result


def _partial(reader: Reader, z: Element, by: Derivative) -> Element:
    """∂z/∂p; for re and im of a complex parameter through its modulus and angle."""
    if not reader.claim.is_complex(by.name):
        return z.derivative(reader.parameters[by.name])
    parameter = reader.names[by.name]
    if not by.part:
        # holomorphic in the parameter, or held fixed
        return reader.field.constant(int(z == parameter))
    modulus, turn = reader.parameters[f"|{by.name}|"], reader.turns[by.name]
    r, u = reader.field.generator(modulus), reader.field.generator(turn)
    radial, angular = z.derivative(modulus), reader.i * u * z.derivative(turn) / r
    cosine = _real_part(u)
    sine = _real_part(-reader.i * u)
    if by.part == "re":
        return cosine * radial - sine * angular
    return sine * radial + cosine * angular


def _real_part(z: Element) -> Element:
    return (z + z.conjugate()).scaled(Fraction(1, 2))


def _real(reader: Reader) -> Reader:
    r = reader.correlation
    if reader.claim.complex_input or (r is not None and not _is_real(r)):
        raise Unsupported("a moment without conjugate of a complex input")
    return reader


def _is_real(r: Sequence) -> bool:
    difference = r + -r.conjugate()
    return not difference.terms and all(v.is_zero for v in difference.lags.values())


def kernel(reader: Reader, p: int, q: int, a: Element, b: Element) -> Element:
    """∂_α^p ∂_β̄^q K at (a, b), by Leibniz' rule on [R(0) + C̄(a) + C(b)] · 1/(1−ab)."""
    if reader.claim.horizon is not None:
        return _finite_kernel(reader, p, q, a, b)
    total = (
        reader.at_lag(0)
        + reader.generating_function(0, a, barred=True)
        + reader.generating_function(0, b)
    ) * _geometric(p, q, a, b)
    for k in range(1, p + 1):
        part = reader.generating_function(k, a, barred=True) * _geometric(p - k, q, a, b)
        total += part.scaled(comb(p, k))
    for k in range(1, q + 1):
        part = reader.generating_function(k, b) * _geometric(p, q - k, a, b)
        total += part.scaled(comb(q, k))
    return total


def _later(reader: Reader, a: Element, b: Element, lag: int) -> Element:
    """E[h_{t+lag} ḡ_t], step by step: h ← a h + x, and E[x_{t+n} ḡ_t] = Σ_{i≥0} b^i R(n+i)."""
    moment = kernel(reader, 0, 0, a, b)
    for n in range(1, lag + 1):
        moment = a * moment + _reached(reader, b, n)
    return moment


def _reached(reader: Reader, b: Element, lag: int) -> Element:
    """Σ_{i≥0} b^i R(lag + i)."""
    if b.is_zero:
        return reader.at_lag(lag)
    total = reader.generating_function(0, b)
    for n in range(1, lag):
        total -= b**n * reader.at_lag(n)
    return total / b**lag


def _geometric(p: int, q: int, a: Element, b: Element) -> Element:
    """∂_a^p ∂_b^q of 1/(1−ab)."""
    gap = a.field.constant(1) - a * b
    total = a.field.constant(0)
    for m in range(min(p, q) + 1):
        coefficient = comb(q, m) * perm(p, m) * factorial(p + q - m)
        total += (b ** (p - m) * a ** (q - m) / gap ** (p + q - m + 1)).scaled(coefficient)
    return total


def _finite_kernel(reader: Reader, p: int, q: int, a: Element, b: Element) -> Element:
    """Σ_{i<T} i^{(p)} i^{(q)} a^{i−p} b^{i−q} for white input on the unit circle (ab = 1)."""
    r, one = reader.correlation, reader.field.constant(1)
    if r is None or r.terms or set(r.lags) != {0} or a * b != one:
        raise Unsupported("a finite horizon, except for white input on the unit circle")
    horizon = reader.names[reader.claim.horizon or ""]
    weights = flint.fmpz_poly([1])
    for order in (p, q):
        for shift in range(order):
            weights *= flint.fmpz_poly([-shift, 1])
    total = reader.field.constant(0)
    for exponent, coefficient in enumerate(weights.coeffs()):
        total += _power_sum(horizon, exponent).scaled(int(coefficient))
    return r.at(0) * a**-p * b**-q * total


def _power_sum(T: Element, power: int) -> Element:
    """Σ_{i<T} i^power = Σ_k C(power+1, k) B_k T^{power+1−k} / (power+1) (Faulhaber)."""
    total = T.field.constant(0)
    for k in range(power + 1):
        weight = flint.fmpq(comb(power + 1, k), power + 1) * flint.fmpq.bernoulli(k)
        total += T ** (power + 1 - k) * T.field.constant(weight)
    return total
