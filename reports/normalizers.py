"""Draw what the derived normalisers do, and how exactly they are computed.

Run as `make figures`. `normalizers.png`: the power of the normalised state and its sensitivity by
the trained parameter, derived and as in the LRU; dots are simulated chains with 99 % intervals.
`accuracy.png`: errors of γ and its derivatives by ω, against mpmath.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import mpmath
import numpy as np
import sympy as sp
import torch
from matplotlib.axes import Axes
from torch import Tensor
from torch.func import grad, vmap

from numerics.fitting.autocorrelation import fit
from numerics.fitting.series import packaged_series, transformed
from numerics.normalizers import (
    DoubleExponential,
    Eigenvalue,
    EigenvalueMap,
    InputNormalizer,
    Optimal,
)
from theory.inputs import StationaryInput, exponential, white
from theory.moments import second_moment
from theory.symbols import real_lam
from verify.reporting.figures.curves import simulated
from verify.reporting.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    label,
    legend,
    panels,
    rendered,
)

HERE = Path(__file__).parent
COLOURS = (BLUE, ORANGE, GREEN, GREY)
LRU = DoubleExponential()
Gamma = Callable[[Tensor], Tensor]


def inputs() -> dict[str, StationaryInput]:
    """The inputs: white noise, two slower ones, and the fit to a real series."""
    returns = transformed(packaged_series("sp500"), "absolute-returns")
    return {
        "white": white(),
        "ρ = 0.9": exponential(sp.Rational(9, 10)),
        "ρ = 0.99": exponential(sp.Rational(99, 100)),
        "S&P 500, sizes of returns": fit((returns - returns.mean()) / returns.std()).input,
    }


def draw_powers(power: Axes, sensitivity: Axes) -> None:
    """Draw E|γh|² and E|∂γh/∂ω|² over 1 − λ."""
    o = torch.logspace(-4, np.log10(0.5), 100, dtype=torch.float64)
    some = 1 - np.array([0.5, 0.9, 0.99, 0.999, 0.9999])
    for (name, x), colour in zip(inputs().items(), COLOURS, strict=True):
        standard, derived = InputNormalizer(), InputNormalizer(x)
        state, slopes = simulated(x, some)
        for normalizer, map_, style, shown in (
            (standard, LRU, "--", colour),
            (derived, Optimal(x), "-", "black"),
        ):
            for axes, moment, estimate, slope in (
                (power, derived.second_moment, state, lambda _, lam: 1),
                (sensitivity, derived.sensitivity, slopes, by_omega),
            ):

                def scale(distances: Tensor, slope=slope, map_=map_, normalizer=normalizer):
                    lam = Eigenvalue(distances, 2 - distances)
                    return normalizer(lam) ** 2 * slope(map_, lam) ** 2

                axes.plot(o, scale(o) * moment(Eigenvalue(o, 2 - o)), style, color=shown)
                estimate.draw(axes, some, shown, scale(torch.from_numpy(some)).numpy())
        power.plot([], [], color=colour, label=name)
    power.plot([], [], "k--", label="LRU: √(1−λ²), exp(−exp ω)")
    power.plot([], [], "k-", label="derived γ and λ(ω), for each input")


def by_omega(map_: EigenvalueMap, lam: Eigenvalue) -> Tensor:
    """−d(1 − λ)/dω at λ."""
    if isinstance(map_, Optimal):
        omega = map_.omega(lam)
    else:
        omega = torch.log(-torch.log1p(-lam.one_minus))
    slope: Tensor = vmap(grad(lambda w: -map_.eigenvalue(w).one_minus))(omega)
    return slope


def draw_accuracy(rows: list[Axes], dtype: torch.dtype, closest: float) -> None:
    """Draw the errors in ulps of γ(ω), γ'(ω) and γ''(ω), ρ = 0.9."""
    x = exponential(sp.Rational(9, 10))
    moment = sp.lambdify(real_lam, second_moment(x, real_lam), "math")
    precise = sp.lambdify(real_lam, second_moment(x, real_lam), "mpmath")
    normalizer = InputNormalizer(x)

    def eigenvalue(omega: Tensor) -> Tensor:
        return torch.exp(-torch.exp(omega))

    ways: dict[str, Gamma] = {
        "curseproof": lambda w: normalizer(LRU.eigenvalue(w)).to(w.dtype),
        "the formula as it stands": lambda w: torch.rsqrt(moment(eigenvalue(w))),
        "with 1e-6 under the root": lambda w: torch.sqrt(1 / moment(eigenvalue(w)) + 1e-6),
    }
    o = np.logspace(np.log10(closest), np.log10(0.9), 120)
    omega = torch.from_numpy(np.log(-np.log1p(-o))).to(dtype)

    def exact(w: mpmath.mpf) -> mpmath.mpf:
        return 1 / mpmath.sqrt(precise(mpmath.exp(-mpmath.exp(w))))

    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -15
        truth = [
            [mpmath.diff(exact, w, k, h=step) if k else exact(w) for w in omega.tolist()]
            for k in range(3)
        ]
    for (name, gamma), colour in zip(ways.items(), COLOURS[2:] + COLOURS[1::-1], strict=False):
        slope = grad(gamma)
        for k, (axes, function) in enumerate(zip(rows, (gamma, slope, grad(slope)), strict=True)):
            found = vmap(function)(omega).tolist()
            errors = [
                float(abs(mpmath.mpf(f) - t)) / np.spacing(np.array(abs(float(t)), str(dtype)[6:]))
                if np.isfinite(f)
                else np.inf
                for f, t in zip(found, truth[k], strict=True)
            ]
            axes.plot(o, np.maximum(errors, 0.1), ".", ms=3, color=colour, label=name)


def main() -> None:
    """Write both pictures beside this file."""
    drawing, axes = panels(2, width=5.5, height=4.2)
    draw_powers(*axes)
    legend(drawing, loc="outside lower center", ncols=6)
    powers = (r"$\mathrm{E}[(\gamma h)^2]$", r"$\mathrm{E}[(\partial\,\gamma h/\partial\omega)^2]$")
    for ax, quantity in zip(axes, powers, strict=True):
        label(ax, "1 − λ", quantity, xscale="log", yscale="log")
    (HERE / "normalizers.png").write_bytes(rendered(drawing, "png"))

    drawing, axes = panels(2, 3, width=5.5, height=2.7, sharex="col")
    for column, (dtype, closest) in enumerate(((torch.float32, 1e-7), (torch.float64, 1e-15))):
        draw_accuracy(axes[column::2], dtype, closest)
        title = f"{str(dtype)[6:]}, input with ρ = 0.9, λ = exp(−exp ω)"
        for ax, name in zip(axes[column::2], ("γ", "dγ/dω", "d²γ/dω²"), strict=True):
            label(ax, "1 − λ", f"error of {name}, ulp", title, xscale="log", yscale="log")
            title = ""
    legend(axes[0])
    (HERE / "accuracy.png").write_bytes(rendered(drawing, "png"))


if __name__ == "__main__":
    main()
