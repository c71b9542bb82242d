"""The quantities of a claim from the kernel K(α, β), with its derivatives written out."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, perm

import flint

from verify.exact.field import Element, Unsupported
from verify.exact.reader import Reader
from verify.exact.sequence import Sequence


def quantity(reader: Reader) -> Element:
    """The claim's quantity.

    Raises:
        Unsupported: for what has no second derivation.

    """
    claim, one = reader.claim, reader.field.constant(1)
    a = reader.names[claim.poles[0]]
    gamma = reader.expression(claim.gamma) if claim.gamma else one
    match claim.quantity:
        case "second_moment":
            return gamma * gamma.conjugate() * kernel(reader, 0, 0, a, a.conjugate())
        case "backpropagated_error":
            return kernel(reader, 0, 0, a.conjugate(), a)
        case "cross_moment":
            return kernel(reader, 0, 0, a, _second_pole(reader))
        case "cross_sensitivity":
            return kernel(reader, 1, 1, a, _second_pole(reader))
        case "sensitivity":
            return _sensitivity(reader, a, gamma)
        case "teacher_student_loss":
            return _loss(reader)
        case "teacher_student_hessian":
            by = reader.parameters[claim.wrt or ""]
            return _loss(reader).derivative(by).derivative(by)
    raise Unsupported(claim.quantity)


def _sensitivity(reader: Reader, a: Element, gamma: Element) -> Element:
    weights = [reader.field.constant(0), gamma * _by_parameter(reader, a)]
    if reader.claim.differentiate_gamma:
        weights[0] = _by_parameter(reader, gamma)
    total = reader.field.constant(0)
    for i, u in enumerate(weights):
        for j, v in enumerate(weights):
            if not (u.is_zero or v.is_zero):
                total += u * v.conjugate() * kernel(reader, i, j, a, a.conjugate())
    return total


def _loss(reader: Reader) -> Element:
    poles = [reader.names[name] for name in reader.claim.poles]
    total = reader.field.constant(0)
    for a, u in zip(poles, (1, -1), strict=True):
        for b, v in zip(poles, (1, -1), strict=True):
            total += kernel(reader, 0, 0, a, b.conjugate()).scaled(Fraction(u * v, 2))
    return total


def _second_pole(reader: Reader) -> Element:
    r = reader.correlation
    if reader.claim.complex_input or (r is not None and not _is_real(r)):
        raise Unsupported("a moment without conjugate of a complex input")
    return reader.names[reader.claim.poles[1]]


def _is_real(r: Sequence) -> bool:
    difference = r + -r.conjugate()
    return not difference.terms and all(v.is_zero for v in difference.lags.values())


def _by_parameter(reader: Reader, z: Element) -> Element:
    """∂z/∂p for the claim's `wrt`."""
    name = reader.claim.wrt or ""
    if not reader.claim.is_complex(name):
        return z.derivative(reader.parameters[name])
    if z == reader.names[name]:
        return reader.field.constant(1)
    raise Unsupported("differentiation by a complex parameter")


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
