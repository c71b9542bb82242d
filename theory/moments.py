"""Second moments, sensitivities and losses, each a derivative of the kernel.

For h = γ h_λ with λ and γ functions of a real or complex parameter p,
∂h/∂p = γ' h_λ + γ λ' ∂h_λ/∂λ, so that every moment is a combination of ∂_α^i ∂_β̄^j K.
All results are polarised (see `theory.algebra.conjugation`): λ̄ is the symbol `lambda_bar`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import sympy as sp

from theory.algebra.conjugation import bar, conjugated, partial, polarised
from theory.inputs import Input
from theory.kernel import finite_kernel_derivative, kernel, lagged_kernel
from theory.symbols import alpha, beta_bar, lam, lam1, lam2, lam_star


@cache
def _kernel_derivative(x: Input, i: int, j: int) -> sp.Expr:
    return sp.diff(kernel(x), alpha, i, beta_bar, j)


@lru_cache(maxsize=2**10)
def kernel_derivative(
    x: Input, i: int, j: int, a: sp.Expr, b: sp.Expr, horizon: sp.Expr | None = None
) -> sp.Expr:
    """∂_α^i ∂_β̄^j K at (a, b): E[∂^i h_a · conj(∂^j h_b̄)].

    Over a finite horizon a b = 1, the unit circle, is allowed.
    """
    if horizon is not None:
        return finite_kernel_derivative(x, i, j, a, b, horizon)
    return _kernel_derivative(x, i, j).subs({alpha: a, beta_bar: b}, simultaneous=True)


def second_moment(
    x: Input, eigenvalue: sp.Expr = lam, gamma: sp.Expr = sp.S.One, horizon: sp.Expr | None = None
) -> sp.Expr:
    """E|γh|² (paper §2; claims A2 and A4).

    Examples:
        >>> from theory import exponential, present, second_moment
        >>> from theory.symbols import real_lam
        >>> present(second_moment(exponential(), real_lam))
        (lambda*rho + 1)/((1 - lambda**2)*(-lambda*rho + 1))

    """
    a, g = polarised(eigenvalue), polarised(gamma)
    return g * conjugated(g) * kernel_derivative(x, 0, 0, a, conjugated(a), horizon)


def covariance(
    x: Input, eigenvalue: sp.Expr = lam, lag: int = 1, gamma: sp.Expr = sp.S.One
) -> sp.Expr:
    """E[γh_{t+lag} conj(γh_t)], the state's own autocorrelation.

    Args:
        x: the input.
        eigenvalue: λ.
        lag: how many steps apart, from 0 on.
        gamma: the input normaliser γ.

    Examples:
        >>> from theory import covariance, exponential, present
        >>> from theory.symbols import real_lam
        >>> present(covariance(exponential(), real_lam))
        (lambda + rho)/((1 - lambda**2)*(-lambda*rho + 1))

    """
    a, g = polarised(eigenvalue), polarised(gamma)
    return g * conjugated(g) * lagged_kernel(x, lag, a, conjugated(a))


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

    Examples:
        >>> from theory import present, sensitivity, white
        >>> from theory.symbols import real_lam
        >>> present(sensitivity(white(), real_lam, real_lam))
        (lambda**2 + 1)/(1 - lambda**2)**3

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
    """E[h_1 h_2], no conjugate, real input (claim D1).

    Examples:
        >>> from theory import cross_moment, white
        >>> cross_moment(white())
        1/(-lambda1*lambda2 + 1)

    """
    return kernel_derivative(_real(x), 0, 0, polarised(first), polarised(second))


def cross_sensitivity(x: Input, first: sp.Expr = lam1, second: sp.Expr = lam2) -> sp.Expr:
    """E[∂h_1/∂λ_1 · ∂h_2/∂λ_2], no conjugate, real input (paper App. C; claim D1).

    Examples:
        >>> from theory import cross_sensitivity, present, white
        >>> present(cross_sensitivity(white()))
        (lambda1*lambda2 + 1)/(-lambda1*lambda2 + 1)**3

    """
    return kernel_derivative(_real(x), 1, 1, polarised(first), polarised(second))


def cross_sensitivity_power(x: Input, first: sp.Expr = lam1, second: sp.Expr = lam2) -> sp.Expr:
    """|S|² of the cross sensitivity S (paper App. C; claim D4).

    Examples:
        >>> import sympy as sp
        >>> from theory import cross_sensitivity_power, present, white
        >>> a, b = sp.symbols("a b", real=True)
        >>> present(cross_sensitivity_power(white(), a, b))
        (a*b + 1)**2/(-a*b + 1)**6

    """
    amplitude = cross_sensitivity(x, first, second)
    return amplitude * conjugated(amplitude)


def backpropagated_error(x: Input, eigenvalue: sp.Expr = lam) -> sp.Expr:
    """E|δ|² of δ_t = Σ_k λ^k e_{t+k}: the second moment with time reversed (paper §2; claim A8).

    Examples:
        >>> from theory import backpropagated_error, white
        >>> from theory.symbols import real_lam
        >>> backpropagated_error(white(), real_lam)
        1/(1 - lambda**2)

    """
    return second_moment(x.conjugate(), eigenvalue)


def teacher_student_loss(
    x: Input,
    eigenvalue: sp.Expr = lam,
    teacher: sp.Expr = lam_star,
    gammas: tuple[sp.Expr, sp.Expr] = (sp.S.One, sp.S.One),
) -> sp.Expr:
    """½ E|γh_λ − γ*h_λ*|², with (γ, γ*) in `gammas` (paper §4; claims C1 and C3).

    Examples:
        >>> import sympy as sp
        >>> from theory import present, teacher_student_loss, white
        >>> a, b = sp.symbols("a b", real=True)
        >>> present(teacher_student_loss(white(), a, b))
        (-a + b)**2*(a*b + 1)/(2*(1 - a**2)*(1 - b**2)*(-a*b + 1))

    """
    units = [
        (polarised(eigenvalue), polarised(gammas[0])),
        (polarised(teacher), -polarised(gammas[1])),
    ]
    return sp.Add(
        *(
            u * conjugated(v) / 2 * kernel_derivative(x, 0, 0, a, conjugated(b))
            for a, u in units
            for b, v in units
        )
    )


def teacher_student_hessian(
    x: Input,
    eigenvalue: sp.Expr = lam,
    teacher: sp.Expr = lam_star,
    wrt: Sequence[sp.Expr] = (lam,),
    gammas: tuple[sp.Expr, sp.Expr] = (sp.S.One, sp.S.One),
) -> sp.Expr:
    """∂²L/∂p∂q of the teacher–student loss (paper §4; claims C2 and C3). The student's γ moves.

    The teacher stays where it is, even where λ* is an expression of λ (the optimum, λ* = λ), and
    the input where R is an expression of p.

    Args:
        x: the input.
        eigenvalue: λ, an expression in p, q and other parameters.
        teacher: λ*.
        wrt: p and q, or p alone for both; real symbols, or re(λ) and im(λ).
        gammas: (γ, γ*).

    Raises:
        ValueError: p is complex: there the Hessian is a matrix.

    Examples:
        >>> import sympy as sp
        >>> from theory import present, teacher_student_hessian, white
        >>> a, b = sp.symbols("a b", real=True)
        >>> present(teacher_student_hessian(white(), a, b, [a]).subs(a, b))
        (b**2 + 1)/(1 - b**2)**3

    """
    star, gamma_star = sp.symbols("lambda* gamma*")  # no parameter can have such a name
    moves = moving(wrt)
    student, gamma = eigenvalue.xreplace(moves), gammas[0].xreplace(moves)
    loss = teacher_student_loss(x, student, star, (gamma, gamma_star))
    p, q = (_real_parameter(by).xreplace(moves) for by in (wrt[0], wrt[-1]))
    fixed = {star: polarised(teacher), gamma_star: polarised(gammas[1])}
    fixed |= {s: own for own, s in moves.items()}
    fixed |= {bar(s): conjugated(value) for s, value in fixed.items()}
    return partial(partial(loss, p), q).xreplace(fixed)


def output_hessian(
    x: Input, modes: Sequence[tuple[sp.Expr, sp.Expr]], wrt: Sequence[sp.Expr]
) -> sp.Expr:
    """E[∂y/∂p ∂y/∂q] for y = Re Σ_i w_i h_i: the Hessian of ½E(y − y*)² where it is 0 (claim D3).

    Args:
        x: the input, real.
        modes: (λ_i, w_i), with w_i = b_i c_i the product of input and output weight.
        wrt: p and q, or p alone for both; real symbols, or re(z) and im(z) of complex ones.

    Examples:
        >>> import sympy as sp
        >>> from theory import output_hessian, present, white
        >>> a, w = sp.symbols("a w", real=True)
        >>> present(output_hessian(white(), [(a, w)], [w, a]))
        a*w/(1 - a**2)**2

    """
    p, q = (_gradient(modes, _real_parameter(by)) for by in (wrt[0], wrt[-1]))
    q_bar = [(conjugated(a), [conjugated(w) for w in weights]) for a, weights in q]
    total = _bilinear(_real(x), p, q) + _bilinear(x, p, q_bar)
    return (total + conjugated(total)) / 4


_Weighted = Sequence[tuple[sp.Expr, Sequence[sp.Expr]]]


def _gradient(modes: Sequence[tuple[sp.Expr, sp.Expr]], wrt: sp.Expr) -> _Weighted:
    """∂/∂p of Σ_i w_i h_i, as weights of h and of ∂h/∂λ for each pole."""
    polar = [(polarised(a), polarised(w)) for a, w in modes]
    return [(a, (partial(w, wrt), w * partial(a, wrt))) for a, w in polar]


def _bilinear(x: Input, first: _Weighted, second: _Weighted) -> sp.Expr:
    """Σ u_i v_j ∂_α^i ∂_β̄^j K over the poles and derivatives of both."""
    return sp.Add(
        *(
            u * v * kernel_derivative(x, i, j, a, b)
            for a, us in first
            for b, vs in second
            for i, u in enumerate(us)
            for j, v in enumerate(vs)
            if u != 0 and v != 0
        )
    )


def moving(wrt: Sequence[sp.Expr]) -> dict[sp.Symbol, sp.Symbol]:
    """Symbols to differentiate by instead: the input does not move with those that it shares."""
    symbols = sp.Tuple(*wrt).free_symbols
    return {s: sp.Symbol(f"{s.name}'", **s.assumptions0) for s in symbols}  # no parameter's name


def _real_parameter(wrt: sp.Expr) -> sp.Expr:
    if not wrt.is_extended_real:
        raise ValueError(f"{wrt} is complex: name a real parameter, re({wrt}) or im({wrt})")
    return wrt


def _real(x: Input) -> Input:
    if not x.is_real:
        raise ValueError("a moment without conjugate needs a real input: R alone does not fix it")
    return x
