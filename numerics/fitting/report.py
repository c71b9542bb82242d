"""What `curseproof normalizer` says of a series: its fit, γ and λ(ω), and what they gain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import sympy as sp
import torch
from numpy.typing import NDArray

from numerics.fitting.autocorrelation import FittedAutocorrelation
from numerics.fitting.heldout import HeldOut, heldout_check
from numerics.normalizers import Optimal
from numerics.normalizers.certified import omega_error
from theory.algebra.presentation import present
from theory.inputs import StationaryInput, damped_cosine, exponential, white
from theory.moments import second_moment
from theory.symbols import phi, real_lam, rho

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Report:
    """A fitted series with the derived normaliser, measured on the held-out part."""

    fitted: FittedAutocorrelation
    checks: Sequence[HeldOut]
    samples: tuple[int, int]

    HEADINGS: ClassVar = (
        *("λ", "γ", "ω(λ)", "measured E|γh|²", "standard error"),
        *("with sqrt(1−λ²)", "with γ = 1"),
    )

    def text(self) -> str:
        """The fit and the formulas derived from it."""
        train, test = self.samples
        on_what = f"fitted on {train} samples, measured on the {test} after them; scaled to"
        if np.isnan([c.measured for c in self.checks]).any():
            on_what = (
                f"fitted on {self.fitted.samples} of the first {train} samples; the others are "
                "missing, and so nothing\nis measured: h has no value after a gap; scaled to"
            )
        zeros = ", ".join(map(str, self.fitted.zeros))
        return "\n".join(
            [
                on_what,
                "unit variance there, mean removed",
                f"R(Δ)   = {self.fitted}",
                *[f"zeros  = {zeros}: little power or none at such a frequency"] * bool(zeros),
                f"misfit = {self.fitted.misfit:.2f} standard errors, root mean square",
                f"γ(λ)   = 1/sqrt({sp.sstr(state_moment(self.fitted.input).evalf(4))})",
                "λ'(ω)  = sqrt(E[h²]/E[(∂h/∂λ)²]), so that E[(∂γh/∂ω)²] = 1; ω(λ) below"
                + self._omega_within(),
                "predicted E|γh|² = 1 for every λ",
            ]
        )

    def _omega_within(self) -> str:
        """How far ω(λ) may be off, where that is known."""
        with suppress(ValueError):
            return f", ± {omega_error(self.fitted.input).total:.0e}"
        return ""

    def to_json(self) -> dict[str, Any]:
        """The fit, the formula of γ in claim files' notation, and the measurements, JSON-ready."""
        x = self.fitted.input
        return {
            "samples": list(self.samples),
            "autocorrelation": str(x.autocorrelation()),
            "zeros": [[float(np.exp(-z.distance)), z.theta] for z in self.fitted.zeros],
            "misfit": self.fitted.misfit,
            "gamma": f"1/sqrt({state_moment(x)})",
            "measured": [
                {
                    **{"lambda": c.lam.real, "gamma": c.gamma, "power": _number(c.measured)},
                    **{"standard_error": _number(c.error), "power_white": _number(c.white)},
                    "power_plain": _number(c.unnormalised),
                }
                for c in self.checks
            ],
        }

    def _repr_html_(self) -> str:
        """The fit and what was measured, as notebooks show them."""
        head, *rows = (
            "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)
            for tag, cells in [("th", self.HEADINGS), *(("td", row) for row in self.rows())]
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<pre>{escape(self.text())}</pre>{table}"

    def plot(self) -> Figure:
        """A picture of the fit, and of the state's power against λ with and without γ.

        Raises:
            ImportError: without Matplotlib.

        """
        from matplotlib.figure import Figure

        drawing = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = drawing.subplots(1, 2)
        self.fitted.plot(left)
        memory = [1 / (1 - c.lam.real) for c in self.checks]
        power, error = ([getattr(c, name) for c in self.checks] for name in ("measured", "error"))
        right.errorbar(memory, power, error, fmt="o-", capsize=3, label="derived γ")
        right.plot(memory, [c.white for c in self.checks], "s--", label="sqrt(1 − λ²)")
        right.plot(memory, [c.unnormalised for c in self.checks], "^:", label="γ = 1")
        right.axhline(1, color="grey", linewidth=0.5)
        right.set(xscale="log", yscale="log", xlabel="memory 1/(1 − λ)", ylabel="measured E|γh|²")
        right.legend(frameon=False)
        return drawing

    def rows(self) -> Iterator[tuple[str, ...]]:
        """One row of numbers for each λ, under HEADINGS."""
        optimal = Optimal(self.fitted.input)
        for c in self.checks:
            lam = c.lam.real
            omega = float(optimal.right_inverse(torch.tensor(lam, dtype=torch.float64)))
            numbers = (c.measured, c.error, c.white, c.unnormalised)
            yield (
                f"{lam:g}",
                f"{c.gamma:.4g}",
                f"{omega:.4f}",
                *("–" if np.isnan(n) else f"{n:.3g}" for n in numbers),
            )


def _number(value: float) -> float | None:
    """A number, or nothing where it is none, as after a gap."""
    return None if np.isnan(value) else value


def examined(series: NDArray[np.float64], lams: Sequence[float], held_out: float) -> Report:
    """Fit the first part of a series and measure on the rest.

    Args:
        series: shape (n,).
        lams: real eigenvalues, |λ| < 1.
        held_out: the share of the series to measure on, between 0 and 1.

    Raises:
        ValueError: for an unusable series, share or eigenvalue.

    """
    if not 0 < held_out < 1:
        raise ValueError(f"--held-out {held_out}: between 0 and 1")
    train = round(series.size * (1 - held_out))
    fitted, checks = heldout_check(series[:train], series[train:], lams)
    return Report(fitted, checks, (train, series.size - train))


def state_moment(x: StationaryInput) -> sp.Expr:
    """E[h²] for real λ of a fitted input, a short summand for each of its terms."""
    white_noise, ar1, cosine = (
        present(second_moment(kind, real_lam)) for kind in (white(), exponential(), damped_cosine())
    )
    # R(Δ) at a single lag k > 0 is heard with λ^k from both its sides
    total = sp.Add(
        *(value * white_noise * (2 * real_lam**lag if lag else 1) for lag, value in x.lags)
    )
    for term in x.terms:
        modulus, turn = term.ratio.as_coeff_Mul()
        if turn == 1:
            total += term.coefficient * ar1.subs(rho, modulus)
        else:
            # a cosine is two terms with opposite turns: each stands for half of it
            angle = sp.log(turn).expand(force=True) / sp.I
            total += term.coefficient * cosine.subs({rho: modulus, phi: abs(angle)})
    return total


def claim_file(fitted: FittedAutocorrelation, name: str) -> str:
    """The fitted normaliser as a claim that `curseproof verify` judges: E|γh|² = 1."""
    x = fitted.input
    fields = {
        "id": "fitted-normaliser",
        "statement": f"The normaliser derived from {name} makes E|γh|² = 1 for its fitted input",
        "autocorrelation": str(x.autocorrelation()),
        "quantity": "second_moment",
        "gamma": f"1/sqrt({state_moment(x)})",
        "relation": "==",
        "formula": "1",
    }
    lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in fields.items()]
    return "\n".join(["[[claim]]", *lines, 'domain = ["0 <= lambda < 1"]', ""])
