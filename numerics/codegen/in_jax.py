"""γ(λ), maps to eigenvalues and natural gradients, in JAX: `numerics.normalizers` once more.

All is computed in double precision where JAX has it enabled, and rounded to the precision of what
is given; in single precision otherwise, in forms that cancel nothing, a few roundings more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from numerics.codegen.runtime.jax import _one_minus_squares
from numerics.normalizers.ar1_moments import second_moment, sensitivity
from numerics.normalizers.filtered_moments import filtered_second_moment, filtered_sensitivity

LOG_2 = 0.6931471805599453


class Eigenvalue(NamedTuple):
    """λ = x e^{iθ}, of any shape.

    Attributes:
        one_minus: 1 − x > 0, any shape.
        one_plus: 1 + x > 0, of the same shape.
        angle: θ, any shape that broadcasts with it, or None where λ = x is real.

    """

    one_minus: Array
    one_plus: Array
    angle: Array | None = None

    @property
    def signed_modulus(self) -> Array:
        """The real number x, |x| = |λ|."""
        return (self.one_plus - self.one_minus) / 2

    @property
    def one_minus_square(self) -> Array:
        """1 − |λ|²."""
        return self.one_minus * self.one_plus

    @property
    def value(self) -> Array:
        """λ, real or complex."""
        x = self.signed_modulus
        if self.angle is None:
            return x
        return jax.lax.complex(x * jnp.cos(self.angle), x * jnp.sin(self.angle))


def eigenvalue(lam: Array) -> Eigenvalue:
    """An eigenvalue from λ itself: no more accurate than 1 − |λ| is after λ was rounded.

    Where λ was rounded to the unit circle, 1 − |λ| is taken for ε/4 of its precision. Outside of
    the disc nothing is a number.

    Args:
        lam: λ, |λ| < 1, any shape, real or complex.

    """
    eps = jnp.finfo(lam.dtype).eps

    def distance(found: Array) -> Array:
        return jnp.where(found > 0, found, jnp.where(found >= -2 * eps, eps / 4, jnp.nan))

    if not jnp.iscomplexobj(lam):
        (x,) = _wide(lam)
        return _rounded(Eigenvalue(distance(1 - x), distance(1 + x)), lam.dtype)
    re, im = _wide(lam.real, lam.imag)
    # at 0, where the angle has no derivative, λ is real
    is_zero = (re == 0) & (im == 0)
    elsewhere = jnp.where(is_zero, 1.0, re)
    modulus = jnp.where(is_zero, re, jnp.hypot(elsewhere, im))
    angle = jnp.where(is_zero, 0.0, jnp.arctan2(im, elsewhere))
    room = _one_minus_squares(re, im)  # type: ignore[no-untyped-call]
    one_minus = distance(room / (1 + modulus))
    return _rounded(Eigenvalue(one_minus, 2 - one_minus, angle), lam.real.dtype)


def tanh(omega: Array) -> Eigenvalue:
    """λ = tanh ω, real, of the shape of ω."""
    (x,) = _wide(omega)
    return _inside(2 * jax.nn.sigmoid(-2 * x), 2 * jax.nn.sigmoid(2 * x), omega)


def sigmoid(omega: Array) -> Eigenvalue:
    """λ = 1/(1 + e^{−ω}), a gate that stays open or shut, of the shape of ω."""
    one_minus = jax.nn.sigmoid(-_wide(omega)[0])
    return _inside(one_minus, 2 - one_minus, omega)


def double_exponential(nu_log: Array) -> Eigenvalue:
    """λ = exp(−exp ν), the LRU's modulus, of the shape of ν."""
    one_minus = _one_minus_exp(jnp.exp(_wide(nu_log)[0]))
    return _inside(one_minus, 2 - one_minus, nu_log)


def polar(modulus: Eigenvalue, theta: Array) -> Eigenvalue:
    """λ = x e^{iθ} from a real λ = x, such as `tanh` or `double_exponential` makes, and θ."""
    return modulus._replace(angle=jnp.broadcast_to(theta, modulus.one_minus.shape))


def step_size(log_step: Array, a_log_decay: Array, a_im: Array) -> Eigenvalue:
    """λ = exp(Δ a), Δ = exp(log_step), a = −exp(a_log_decay) + i a_im, as in S4."""
    step, decay, turn = _wide(log_step, a_log_decay, a_im)
    one_minus = _one_minus_exp(jnp.exp(step + decay))
    angle = (jnp.exp(step) * turn).astype(a_im.dtype)
    return polar(_inside(one_minus, 2 - one_minus, a_log_decay), angle)


class Normalizer(NamedTuple):
    """γ = 1/sqrt(E|h|²) and what it leaves, for one input.

    Attributes:
        white: the weight of white noise in R(0).
        terms: the weight, 1 − ρ, 1 + ρ and φ of each term ρ^Δ e^{iφΔ} of the autocorrelation.
        filtered: those of what passes through a moving average.
        zeros: 1 − r, 1 + r and θ of each zero r e^{iθ} of that.

    """

    white: float = 1.0
    terms: tuple[tuple[float, float, float, float], ...] = ()
    filtered: tuple[tuple[float, float, float, float], ...] = ()
    zeros: tuple[tuple[float, float, float], ...] = ()

    def __call__(self, lam: Eigenvalue | Array) -> Array:
        """γ at λ, of its shape, in its precision."""
        return 1 / jnp.sqrt(self.second_moment(lam))

    def second_moment(self, lam: Eigenvalue | Array) -> Array:
        """E|h|² without a normaliser."""
        found = self._moment(lam, second_moment, lambda square, room: 1 / room)
        return found + self._filtered_moment(lam, filtered_second_moment)

    def sensitivity(self, lam: Eigenvalue | Array) -> Array:
        """E|∂h/∂λ|² without a normaliser (of a complex λ: by each of its parts)."""
        found = self._moment(lam, sensitivity, lambda square, room: (1 + square) / room**3)
        return found + self._filtered_moment(lam, filtered_sensitivity)

    def metric(self, lam: Eigenvalue | Array) -> Array:
        """γ² E|∂h/∂λ|², the sensitivity of a normalised state, γ held fixed."""
        return self.sensitivity(lam) / self.second_moment(lam)

    def _moment(
        self,
        lam: Eigenvalue | Array,
        of_term: Callable[..., Array],
        of_noise: Callable[[Array, Array], Array],
    ) -> Array:
        one_minus, one_plus, angle, dtype = _parts(lam)
        square, room = ((one_plus - one_minus) / 2) ** 2, one_minus * one_plus
        total = self.white * of_noise(square, room)
        for weight, one_minus_rho, one_plus_rho, turn in self.terms:
            half = (angle + turn) / 2
            toward, away = jnp.cos(half) ** 2, jnp.sin(half) ** 2
            total += weight * of_term(
                abs2_lam=square,
                one_minus_abs2_lam=room,
                abs2_one_minus_lam=one_minus**2 * toward + one_plus**2 * away,
                abs2_one_plus_lam=one_plus**2 * toward + one_minus**2 * away,
                one_minus_rho=one_minus_rho,
                one_plus_rho=one_plus_rho,
            )
        return total.astype(dtype)

    def _filtered_moment(self, lam: Eigenvalue | Array, of_term: Callable[..., Array]) -> Array:
        one_minus, one_plus, angle, dtype = _parts(lam)

        def distance(one_minus_r: float, one_plus_r: float, turn: float) -> Array:
            """1 − wλ̄ for w = r e^{iφ}."""
            half = (turn - angle) / 2
            toward = (one_minus_r * one_plus + one_plus_r * one_minus) / 2
            away = (one_minus_r * one_minus + one_plus_r * one_plus) / 2
            re = toward * jnp.cos(half) ** 2 + away * jnp.sin(half) ** 2
            return jax.lax.complex(re, (toward - away) / 2 * jnp.sin(2 * half))

        def ratio(one_minus_r: float, one_plus_r: float, turn: float) -> Array:
            re, im = jnp.cos(turn), jnp.sin(turn)
            return (one_plus_r - one_minus_r) / 2 * jax.lax.complex(*_wide(re, im))

        x = (one_plus - one_minus) / 2
        alpha = jax.lax.complex(x * jnp.cos(angle), -x * jnp.sin(angle))
        b, at_lam = [jnp.ones_like(alpha)], jnp.ones_like(alpha)
        for zero in self.zeros:
            lower = [jnp.zeros_like(alpha), *b]
            b = [w - ratio(*zero) * v for w, v in zip([*b, lower[0]], lower, strict=True)]
            at_lam *= distance(*zero)
        total = jnp.zeros_like(x)
        for weight, *term in self.filtered:
            room = term[0] * term[1], one_minus * one_plus
            total += weight * of_term(b, at_lam, ratio(*term), alpha, distance(*term), *room)
        return total.astype(dtype)


class Transformation(NamedTuple):
    """What Optax and others take for an optimiser.

    Attributes:
        init: makes the state for λ.
        update: makes a step from gradients, the state and λ.

    """

    init: Callable[[Any], Any]
    update: Callable[..., tuple[Any, Any]]


def natural_steps(optimizer: Any, metric: Callable[[Array], Array]) -> Transformation:
    """An optimiser that sees λ in coordinates in which the metric is 1.

    Gradients are divided by the metric's square root, and so is the step that the optimiser makes
    of them; λ moves along a geodesic of the Poincaré disc, as far and in the direction that the
    step says: no step leaves the disc.

    Args:
        optimizer: of Optax, for λ alone; `optax.multi_transform` has others for the rest.
        metric: `Normalizer.metric` where h is normalised by γ, `Normalizer.sensitivity` where it
            is not.

    """

    def update(gradients: Any, state: Any, lam: Any, **extra: Any) -> tuple[Any, Any]:
        roots = jax.tree.map(lambda z: jnp.sqrt(metric(z)), lam)
        scaled = jax.tree.map(lambda g, root: g / root, gradients, roots)
        steps, state = optimizer.update(scaled, state, lam, **extra)
        return jax.tree.map(
            lambda z, step, root: _moved(z, step / root) - z, lam, steps, roots
        ), state

    return Transformation(optimizer.init, update)


def _moved(lam: Array, step: Array) -> Array:
    """λ + Δ to first order: the Poincaré disc's exponential map."""
    found = eigenvalue(lam)
    room, length = found.one_minus_square, jnp.abs(step)
    is_still = length == 0
    nonzero = jnp.where(is_still, 1, length)
    d = step * jnp.where(is_still, 1 / room, jnp.tanh(length / room) / nonzero)
    end = lam + room * d / (1 + jnp.conj(lam) * d)
    # rounding may put it on the circle
    furthest = 1 - 4 * jnp.finfo(lam.dtype).eps
    modulus = jnp.abs(end)
    return jnp.where(modulus < furthest, end, end * furthest / jnp.where(modulus > 0, modulus, 1))


def _parts(lam: Eigenvalue | Array) -> tuple[Array, Array, Array, Any]:
    """1 − x, 1 + x and θ of λ = x e^{iθ} in double precision, and the type that results have."""
    found = lam if isinstance(lam, Eigenvalue) else eigenvalue(lam)
    one_minus, one_plus = _wide(found.one_minus, found.one_plus)
    angle = jnp.zeros(()) if found.angle is None else _wide(found.angle)[0]
    return one_minus, one_plus, angle, found.one_minus.dtype


def _wide(*values: Array) -> list[Array]:
    """Real numbers in double precision, where that is enabled."""
    return [jnp.asarray(v, jax.dtypes.canonicalize_dtype(jnp.float64)) for v in values]


def _inside(one_minus: Array, one_plus: Array, given: Array) -> Eigenvalue:
    """A real λ whose distances from 1 and −1 stay so large that no moment overflows."""
    least = jnp.finfo(one_minus.dtype).tiny ** 0.2  # moments divide by fifth powers of it
    found = Eigenvalue(jnp.maximum(one_minus, least), jnp.maximum(one_plus, least))
    return _rounded(found, given.dtype)


def _rounded(found: Eigenvalue, dtype: Any) -> Eigenvalue:
    return Eigenvalue(*(None if part is None else part.astype(dtype) for part in found))


def _one_minus_exp(s: Array) -> Array:
    """1 − e^{−s} for s > 0, whose derivative e^{−s} loses nothing where it is small."""
    return jnp.where(s < LOG_2, -jnp.expm1(-s), 1 - jnp.exp(-s))
