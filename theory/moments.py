"""Second moments, sensitivities and losses, each a derivative of the kernel.

For h = γ h_λ with λ and γ functions of a real or complex parameter p,
∂h/∂p = γ' h_λ + γ λ' ∂h_λ/∂λ, so that every moment is a combination of ∂_α^i ∂_β̄^j K.
All results are polarised (see `theory.conjugation`): λ̄ is the symbol `lambda_bar`.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from theory.conjugation import conjugated, polarised
from theory.inputs import Input
from theory.kernel import finite_kernel, kernel
from theory.symbols import alpha, beta_bar, lam, lam1, lam2, lam_star


@cache
def _kernel_derivative(x: Input, i: int, j: int, horizon: sp.Expr | None) -> sp.Expr:
    k = kernel(x) if horizon is None else finite_kernel(x, horizon)
    return sp.diff(k, alpha, i, beta_bar, j)


def kernel_derivative(
    x: Input, i: int, j: int, a: sp.Expr, b: sp.Expr, horizon: sp.Expr | None = None
) -> sp.Expr:
    """∂_α^i ∂_β̄^j K at (a, b): E[∂^i h_a · conj(∂^j h_b̄)].

    With a finite horizon on the unit circle (a b = 1) this is the limit from inside.
    """
    general = _kernel_derivative(x, i, j, horizon)
    if horizon is None or sp.expand(sp.powsimp(a * b)) != 1:
        return general.subs({alpha: a, beta_bar: b}, simultaneous=True)
    product = sp.Symbol("p", positive=True)
    along = sp.powsimp(general.subs({alpha: product * a, beta_bar: 1 / a}, simultaneous=True))
    return sp.limit(along, product, 1, "-")


def second_moment(
    x: Input, eigenvalue: sp.Expr = lam, gamma: sp.Expr = sp.S.One, horizon: sp.Expr | None = None
) -> sp.Expr:
    """E|γh|² (paper §2; claims A2 and A4)."""
    a, g = polarised(eigenvalue), polarised(gamma)
    return g * conjugated(g) * kernel_derivative(x, 0, 0, a, conjugated(a), horizon)


def sensitivity(
    x: Input,
    eigenvalue: sp.Expr = lam,
    wrt: sp.Symbol = lam,
    gamma: sp.Expr = sp.S.One,
    differentiate_gamma: bool = False,
    horizon: sp.Expr | None = None,
) -> sp.Expr:
    """E|∂(γh)/∂p|² for p = `wrt` (paper §2, and §3 for p = ω; claims A3 and B6).

    Args:
        x: the input.
        eigenvalue: λ, an expression in p and other parameters.
        wrt: p, a real parameter or λ itself.
        gamma: the input normaliser γ.
        differentiate_gamma: whether γ's own dependence on p counts; held fixed otherwise.
        horizon: steps since h = 0; None for stationarity.
    """
    a, g = polarised(eigenvalue), polarised(gamma)
    weights = [sp.diff(g, wrt) if differentiate_gamma else sp.S.Zero, g * sp.diff(a, wrt)]
    b = conjugated(a)
    return sp.Add(
        *(
            u * conjugated(v) * kernel_derivative(x, i, j, a, b, horizon)
            for i, u in enumerate(weights)
            for j, v in enumerate(weights)
            if u != 0 and v != 0
        )
    )


def cross_moment(x: Input, first: sp.Expr = lam1, second: sp.Expr = lam2) -> sp.Expr:
    """E[h_1 h_2], no conjugate, real input (claim D1)."""
    return kernel_derivative(_real(x), 0, 0, polarised(first), polarised(second))


def cross_sensitivity(x: Input, first: sp.Expr = lam1, second: sp.Expr = lam2) -> sp.Expr:
    """E[∂h_1/∂λ_1 · ∂h_2/∂λ_2], no conjugate, real input (paper App. C; claim D1)."""
    return kernel_derivative(_real(x), 1, 1, polarised(first), polarised(second))


def backpropagated_error(x: Input, eigenvalue: sp.Expr = lam) -> sp.Expr:
    """E|δ|² of δ_t = Σ_k λ^k e_{t+k}: the second moment with time reversed (paper §2; claim A8)."""
    return second_moment(x.conjugate(), eigenvalue)


def teacher_student_loss(
    x: Input, eigenvalue: sp.Expr = lam, teacher: sp.Expr = lam_star
) -> sp.Expr:
    """½ E|h_λ − h_λ*|² (paper §4; claim C1)."""
    poles = [(polarised(eigenvalue), 1), (polarised(teacher), -1)]
    return sp.Add(
        *(
            sp.Rational(u * v, 2) * kernel_derivative(x, 0, 0, a, conjugated(b))
            for a, u in poles
            for b, v in poles
        )
    )


def teacher_student_hessian(
    x: Input, eigenvalue: sp.Expr = lam, teacher: sp.Expr = lam_star, wrt: sp.Symbol = lam
) -> sp.Expr:
    """d²L/dp² of the teacher–student loss, p real: λ itself or a parameter of it (claim C2).

    Raises ValueError where p is complex: there the Hessian is a matrix.
    """
    if not wrt.is_real:
        raise ValueError(f"{wrt} is complex: name a real parameter, or declare it real")
    return sp.diff(teacher_student_loss(x, eigenvalue, teacher), wrt, 2)


def _real(x: Input) -> Input:
    if not x.is_real:
        raise ValueError("a moment without conjugate needs a real input: R alone does not fix it")
    return x
