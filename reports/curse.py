"""Draws the README's picture: the curse of memory, and what derived normalisers do to it.

Run as `make figures`. Lines are the derived formulas; dots are simulated chains with their
99 % intervals.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import sympy as sp
from matplotlib.axes import Axes

from numerics.evaluation import NUMPY, evaluate
from numerics.simulate.inputs import autocorrelation_values, sample_input
from numerics.simulate.reference import burn_in_steps, simulate
from theory import exponential, second_moment, sensitivity, white
from theory.inputs import StationaryInput
from theory.symbols import omega, real_lam, rho
from verify.statistics import mean_square

mpl.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
RHO = 0.99
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"  # Okabe and Ito
MEMORY = np.logspace(0.05, 5, 300)
SIMULATED = np.array([2, 5, 15, 50])
CHAINS = 4000


def curve(expr: sp.Expr, memory: np.ndarray) -> np.ndarray:
    """An expression of a real λ (and ρ) at λ = 1 − 1/memory."""
    values = {real_lam: 1 - 1 / memory, rho: np.float64(RHO)}
    return np.broadcast_to(evaluate(expr, values, NUMPY), memory.shape)


def dots(ax: Axes, x: StationaryInput, which: str, colour: str) -> None:
    """Simulated second moments of the state or of its sensitivity."""
    rng = np.random.default_rng(1)
    for memory in SIMULATED:
        lam = 1 - 1 / memory
        steps = burn_in_steps(lam, 1e-3)
        R = autocorrelation_values(x, {rho: sp.Float(RHO)}, steps)
        run = simulate(sample_input(R, CHAINS, rng), lam)
        last = (run.h if which == "state" else run.dh_dlam)[:, -1]
        low, high = (interval := mean_square(last, 0.01)).lower, interval.upper
        mean = float(np.mean(last**2))
        ax.errorbar(
            memory, mean, yerr=[[mean - low], [high - mean]], fmt="o", ms=4, color=colour, capsize=2
        )


def draw_curse(ax: Axes) -> None:
    """Left: state and sensitivity against memory, for white input and for ρ = 0.99."""
    for x, style, name in ((white(), "-", "white input"), (exponential(), "--", f"ρ = {RHO}")):
        state, slope = second_moment(x, real_lam), sensitivity(x, real_lam, real_lam)
        ax.plot(MEMORY, curve(slope, MEMORY), style, color=ORANGE, label=f"sensitivity, {name}")
        ax.plot(MEMORY, curve(state, MEMORY), style, color=BLUE, label=f"state, {name}")
        dots(ax, x, "sensitivity", ORANGE)
        dots(ax, x, "state", BLUE)
    ax.axhline(1, color=GREY, ls=":", label=r"largest $|\partial h_{t+k}/\partial h_t|$")
    ax.set_title("The curse: stable dynamics, exploding sensitivity")
    ax.set_ylabel(r"$\mathrm{E}[h^2]$ and $\mathrm{E}[(\partial h/\partial\lambda)^2]$")


def draw_cure(ax: Axes) -> None:
    """Right: the sensitivity by the trained parameter, for plain λ, the LRU, and as derived."""
    x = exponential()
    state, slope = second_moment(x, real_lam), sensitivity(x, real_lam, real_lam)
    lru = sp.exp(-sp.exp(omega))
    derivative = sp.diff(lru, omega).subs(omega, sp.log(-sp.log(real_lam)))
    lru_by_omega = (1 - real_lam**2) * derivative**2 * slope
    optimal = sp.sqrt(state / slope)  # λ'(ω) for γ = 1/sqrt(E[h²])
    derived = optimal**2 * slope / state
    ax.plot(MEMORY, curve(slope, MEMORY), color=ORANGE, label="plain λ, γ = 1")
    ax.plot(MEMORY, curve(lru_by_omega, MEMORY), color=BLUE, label="LRU: exp(−exp ω), γ = √(1−λ²)")
    ax.plot(MEMORY, curve(derived, MEMORY), color=GREEN, label="derived γ and λ(ω)")
    ax.set_title(f"The cure, input with ρ = {RHO}")
    ax.set_ylabel(r"$\mathrm{E}[(\partial\,\gamma h/\partial\omega)^2]$")


def main() -> None:
    """Write curse.png beside this file."""
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for ax, draw in zip(axes, (draw_curse, draw_cure), strict=True):
        draw(ax)
        ax.set(xscale="log", yscale="log", xlabel="memory 1/(1−λ), in steps")
        ax.grid(alpha=0.3)
        ax.legend(fontsize=8)
    figure.savefig(HERE / "curse.png", dpi=130)


if __name__ == "__main__":
    main()
