"""Simulation: exactly stationary inputs, and the recurrence in NumPy and in Torch."""
