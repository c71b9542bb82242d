"""The symbols of the theory, named as in the field.

Real parameters are declared real so that SymPy may conjugate them; `lam` and
the other eigenvalues are complex unless a caller declares otherwise.
"""

from __future__ import annotations

import sympy as sp

lam = sp.Symbol("lambda")
lam1, lam2 = sp.symbols("lambda1 lambda2")
lam_star = sp.Symbol("lambda_star")
real_lam, real_lam_star = sp.symbols("lambda lambda_star", real=True)
alpha, beta = sp.symbols("alpha beta")
alpha_bar, beta_bar = sp.symbols("alpha_bar beta_bar")

nu = sp.Symbol("nu", real=True)
theta = sp.Symbol("theta", real=True)
omega = sp.Symbol("omega", real=True)
rho = sp.Symbol("rho", real=True)
phi = sp.Symbol("phi", real=True)
gamma = sp.Symbol("gamma", real=True)

Delta = sp.Symbol("Delta", integer=True, nonnegative=True)
T = sp.Symbol("T", integer=True, positive=True)

__all__ = [
    "Delta", "T", "alpha", "alpha_bar", "beta", "beta_bar", "gamma", "lam", "lam1",
    "lam2", "lam_star", "nu", "omega", "phi", "real_lam", "real_lam_star", "rho", "theta",
]  # fmt: skip
