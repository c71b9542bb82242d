"""The sign of a function on a whole box. Both judges use these covers: see their docstrings."""
