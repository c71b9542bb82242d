"""The numbers: generated code, simulation, data and normalisers."""
