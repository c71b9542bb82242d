"""The sensitivity of nonlinear units h ← λ φ(h) + x beside the linear one and its bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.special import ndtr

from theory.architectures.nonlinear import sensitivity_bound
from theory.inputs import exponential
from theory.moments import sensitivity
from theory.symbols import real_lam
from verify.settings import Settings

Array = NDArray[np.float64]

CHAINS = 256  # per replica
TIME_CONSTANTS = 10  # to forget the start, and as many to average over


class Activation(NamedTuple):
    """φ and φ', with φ's Lipschitz constant and the supremum of |φ|."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    lipschitz: sp.Expr = sp.S.One
    largest: sp.Expr = sp.oo


def _normal_density(h: Array) -> Array:
    density: Array = np.exp(-(h**2) / 2) / math.sqrt(2 * math.pi)
    return density


ACTIVATIONS = {
    "identity": Activation(lambda h: h, np.ones_like),
    "absolute value": Activation(np.abs, np.sign),
    "relu": Activation(lambda h: np.maximum(h, 0), lambda h: np.heaviside(h, 0)),
    "tanh": Activation(np.tanh, lambda h: 1 - np.tanh(h) ** 2, largest=sp.S.One),
    "gelu": Activation(
        lambda h: h * ndtr(h),
        lambda h: ndtr(h) + h * _normal_density(h),
        (1 + sp.erf(1)) / 2 + sp.exp(-1) / sp.sqrt(sp.pi),  # φ' is greatest at sqrt(2)
    ),
}


def against_bounds(
    point: Mapping[str, str], settings: Settings, rng: np.random.Generator
) -> dict[str, list[float]]:
    """E(∂h/∂λ)², and its ratio to the linear unit's and to `sensitivity_bound`; Gaussian input.

    A replica averages over CHAINS units and TIME_CONSTANTS/(1 − λ) steps. Where λ times φ's
    Lipschitz constant is 1 or more there is no bound.
    """
    activation, lam = ACTIVATIONS[point["activation"]], float(point["eigenvalue"])
    rho = sp.Rational(point["correlation"])
    replicas = settings.tier.replicas
    measured = _sensitivities(activation, lam, float(rho), replicas, rng)
    x, over_bound = exponential(rho), [math.nan] * replicas
    linear = float(sensitivity(x, real_lam, real_lam).subs(real_lam, lam))
    if lam * activation.lipschitz < 1:
        bound = sensitivity_bound(x, sp.Rational(point["eigenvalue"]), *activation[2:])
        over_bound = (measured / float(bound)).tolist()
    return {
        "sensitivity": measured.tolist(),
        "over_linear": (measured / linear).tolist(),
        "over_bound": over_bound,
    }


def _sensitivities(
    activation: Activation, lam: float, rho: float, replicas: int, rng: np.random.Generator
) -> Array:
    x = rng.normal(size=(replicas, CHAINS))
    h = slope = total = np.zeros_like(x)
    steps = round(TIME_CONSTANTS / (1 - lam))
    for step in range(2 * steps):
        slope = activation.value(h) + lam * activation.slope(h) * slope
        h = lam * activation.value(h) + x
        x = rho * x + math.sqrt(1 - rho**2) * rng.normal(size=x.shape)
        if step >= steps:
            total = total + slope**2
    mean: Array = total.mean(-1) / steps
    return mean
