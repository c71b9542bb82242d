"""The quantities that can be asked for by name, an entry each.

Claims are read with this table: SymPy is loaded only where something is derived or written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import theory
from theory.printing.choices import one_of

if TYPE_CHECKING:
    import sympy as sp

    from theory.inputs import Input


@dataclass(frozen=True)
class Unit:
    """What a quantity is asked of: poles, normalisers, and parameters where they count.

    Attributes:
        poles: λ, or (λ_1, λ_2), or (λ, λ*), as expressions of parameters.
        gammas: for each pole its input normaliser, of an output's modes their weights; 1 if empty.
        wrt: the parameter of the sensitivity, or the two of the Hessian; real symbols, re(z)
            and im(z) of complex ones, or z itself for the sensitivity.
        differentiate_gamma: whether γ's own dependence on `wrt` counts in the sensitivity and the
            metric; in a Hessian it always does.
        horizon: steps since h = 0; None for stationarity.
        lag: how many steps apart the two states of a covariance are.

    """

    poles: tuple[sp.Expr, ...]
    gammas: tuple[sp.Expr, ...] = ()
    wrt: tuple[sp.Expr, ...] = ()
    differentiate_gamma: bool = False
    horizon: sp.Expr | None = None
    lag: int = 1

    def gamma(self, index: int = 0) -> sp.Expr:
        """The normaliser of one pole."""
        from sympy import S

        return self.gammas[index] if self.gammas else S.One


@dataclass(frozen=True)
class Quantity:
    """What is to be known of a quantity, but for the independent ways to its value.

    Attributes:
        derive: its closed form for an input and a unit, polarised.
        write: how it is written, made with `theory.algebra.notation`; see `notation`.
        poles: the names of the poles that it is a function of.
        takes: what else of a unit counts: gamma, differentiate_gamma, horizon, lag.
        derivatives: how many parameters it is differentiated by at most.
        coordinates: how many different ones at least, where it is a derivative.
        is_complex: whether its values are complex.
        cost: what its evaluation at a point costs, where a second moment costs 1.

    """

    derive: Callable[[Input, Unit], sp.Expr]
    write: Callable[[Any, Unit], sp.Expr]
    poles: tuple[str, ...] = ("lambda",)
    takes: frozenset[str] = frozenset()
    derivatives: int = 0
    coordinates: int = 1
    is_complex: bool = False
    cost: int = 1

    def notation(self, unit: Unit) -> sp.Expr:
        """The quantity as it is written: E[|γ ∂h/∂λ|²] for the sensitivity, say.

        Examples:
            >>> from theory.catalogue import QUANTITIES, Unit
            >>> from theory.symbols import lam
            >>> QUANTITIES["sensitivity"].notation(Unit((lam,), wrt=(lam,)))
            E(Abs(Partial(h, lambda))**2)

        """
        from theory.algebra import notation

        return self.write(notation, unit)


_TWO, _STUDENT = ("lambda1", "lambda2"), ("lambda", "lambda_star")
_GAMMA = frozenset({"gamma"})

QUANTITIES: Mapping[str, Quantity] = {
    "second_moment": Quantity(
        lambda x, u: theory.second_moment(x, u.poles[0], u.gamma(), u.horizon),
        lambda n, u: n.mean_square(n.gamma(u.gammas) * n.state(u.horizon)),
        takes=_GAMMA | {"horizon"},
    ),
    "covariance": Quantity(
        lambda x, u: theory.covariance(x, u.poles[0], u.lag, u.gamma()),
        lambda n, u: n.mean(
            n.gamma(u.gammas) * n.state(u.lag) * n.conjugate(n.gamma(u.gammas) * n.state(0))
        ),
        takes=_GAMMA | {"lag"},
        is_complex=True,
    ),
    "sensitivity": Quantity(
        lambda x, u: theory.sensitivity(
            x, u.poles[0], u.wrt[0], u.gamma(), u.differentiate_gamma, u.horizon
        ),
        lambda n, u: n.mean_square(
            n.Partial(n.gamma(u.gammas) * n.state(u.horizon), *u.wrt)
            if u.differentiate_gamma
            else n.gamma(u.gammas) * n.Partial(n.state(u.horizon), *u.wrt)
        ),
        takes=_GAMMA | {"differentiate_gamma", "horizon"},
        derivatives=1,
    ),
    "backpropagated_error": Quantity(
        lambda x, u: theory.backpropagated_error(x, u.poles[0]),
        lambda n, u: n.mean_square(n.error),
    ),
    "cross_moment": Quantity(
        lambda x, u: theory.cross_moment(x, *u.poles),
        lambda n, u: n.mean(n.first * n.second),
        _TWO,
        is_complex=True,
    ),
    "cross_sensitivity": Quantity(
        lambda x, u: theory.cross_sensitivity(x, *u.poles),
        lambda n, u: n.cross_sensitivity,
        _TWO,
        is_complex=True,
    ),
    "cross_sensitivity_power": Quantity(
        lambda x, u: theory.cross_sensitivity_power(x, *u.poles),
        lambda n, u: n.modulus(n.cross_sensitivity) ** 2,
        _TWO,
    ),
    "teacher_student_loss": Quantity(
        lambda x, u: theory.teacher_student_loss(
            x, u.poles[0], u.poles[1], (u.gamma(0), u.gamma(1))
        ),
        lambda n, u: n.loss(n.lam, n.lam_star),
        _STUDENT,
        _GAMMA,
    ),
    "teacher_student_hessian": Quantity(
        lambda x, u: theory.teacher_student_hessian(
            x, u.poles[0], u.poles[1], u.wrt, (u.gamma(0), u.gamma(1))
        ),
        lambda n, u: n.Partial(n.loss_alone, u.wrt[0], u.wrt[-1]),
        _STUDENT,
        _GAMMA,
        derivatives=2,
    ),
    "output_hessian": Quantity(
        lambda x, u: theory.output_hessian(
            x, [(a, u.gamma(i)) for i, a in enumerate(u.poles)], u.wrt
        ),
        lambda n, u: n.Partial(n.loss_alone, u.wrt[0], u.wrt[-1]),
        _TWO,
        _GAMMA,
        derivatives=2,
    ),
    "curvature": Quantity(
        lambda x, u: theory.curvature(x, u.poles[0], u.wrt, u.gamma(), u.differentiate_gamma),
        lambda n, u: n.curvature(*u.wrt),
        takes=_GAMMA | {"differentiate_gamma"},
        derivatives=2,
        coordinates=2,
        cost=3,  # of 27 moments
    ),
}


def quantity(name: str, x: Input, unit: Unit) -> sp.Expr:
    """The quantity `name` in closed form, polarised (see `theory.algebra.conjugation`).

    Raises:
        ValueError: it does not exist: a cross moment of a complex input, a Hessian with respect
            to a complex parameter.

    Examples:
        >>> from theory import Unit, quantity, white
        >>> from theory.symbols import real_lam
        >>> quantity("second_moment", white(), Unit((real_lam,)))
        1/(1 - lambda**2)

    """
    if name not in QUANTITIES:
        raise ValueError(f"unknown quantity {name!r}: {one_of(name, QUANTITIES)}")
    return QUANTITIES[name].derive(x, unit)
