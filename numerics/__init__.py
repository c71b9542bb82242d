"""The numbers: generated code, balls, simulation, data and normalisers."""

import sys

from theory import FormerModule, Package

sys.modules[__name__].__class__ = Package
for _name, _home in {
    "data": "fitting.series",
    "functions": "codegen.functions",
    "training_data": "fitting.training_data",
}.items():
    FormerModule(f"numerics.{_name}", f"numerics.{_home}")
