"""The mathematics: stationary inputs, the kernel and everything derived from it (SymPy only)."""
