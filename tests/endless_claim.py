"""A claim on a limit that SymPy thinks about for minutes."""

ENDLESS = {
    "autocorrelation": "rho**Delta",
    "quantity": "sensitivity",
    "eigenvalue": "exp(-exp(omega))",
    "relation": "~",
    "formula": "(1 + rho)/(4*(1 - rho))*exp(-omega)",
    "limit": "omega -> 2-",
    "domain": ["omega < 2", "0 <= rho < 1"],
}
