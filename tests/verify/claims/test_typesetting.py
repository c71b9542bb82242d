"""Formulas in a line: parentheses where they are needed, and nowhere else."""

import pytest

from verify.claims.expressions import parse
from verify.claims.typesetting import typeset


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("a - (b - c)", "a − (b − c)"),
        ("a - b - c", "a − b − c"),
        ("a + (b + c)", "a + b + c"),
        ("a/(b*c)", "a/(bc)"),
        ("a/b*c", "a/b · c"),
        ("a/(b/c)", "a/(b/c)"),
        ("a*(b/c)", "a(b/c)"),
        ("-(a + b)*c", "−(a + b) c"),
        ("-(a*b)", "−ab"),
        ("a*(-b)", "a(−b)"),
        ("a + (-b)", "a + (−b)"),
        ("(-a)**2", "(−a)²"),
        ("-a**2", "−a²"),
        ("2**(-1)", "2⁻¹"),
        ("a**(b**c)", "a^(b^c)"),
        ("(a**b)**c", "(a^b)^c"),
        ("(a*b)**12", "(ab)¹²"),
        ("a**Delta*b", "a^Δ b"),
        ("sqrt(a)**2", "(√a)²"),
        ("sqrt(a + b)", "√(a + b)"),
        ("2*3*a", "2·3a"),
        ("step*tau", "step τ"),
        ("omega_theta*2", "omega_theta 2"),
        ("abs(a)*abs(b)", "|a| |b|"),
        ("conjugate(lambda1)*lambda_star", "conj(λ₁) λ⋆"),
        ("re(lambda)*im(lambda)", "Re(λ) Im(λ)"),
        ("KroneckerDelta(Delta, 0) + KroneckerDelta(Delta, 2)", "δ(Δ) + δ(Δ − 2)"),
        ("exp(I*pi/2)", "exp(iπ/2)"),
        ("1.5e-3*lam", "3/2000 · λ"),
    ],
)
def test_in_a_line(source, printed):
    assert typeset(parse(source)) == printed
