"""A series' autocorrelation, and the normaliser that follows from it."""
