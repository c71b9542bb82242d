"""Trajectories of the recurrence: exact inputs, a plain reference in NumPy, rollouts in Torch."""
