"""The numbers: generated code, balls, simulation, data and normalisers."""

import sys

try:
    from theory import FormerModule, Package
except ImportError:
    import theory

    raise ImportError(f"curseproof's `theory` is hidden by {theory.__file__}") from None

sys.modules[__name__].__class__ = Package
for _name, _home in {
    "data": "fitting.series",
    "functions": "codegen.functions",
    "training_data": "fitting.training_data",
}.items():
    FormerModule(f"numerics.{_name}", f"numerics.{_home}")
