"""From a series to its autocorrelation, and from there to a normaliser."""
