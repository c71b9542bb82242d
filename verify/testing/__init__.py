"""Claims in other people's tests; nothing else is loaded by pytest, which always imports this."""

import sys

from theory import Package

sys.modules[__name__].__class__ = Package
