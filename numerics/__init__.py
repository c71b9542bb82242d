"""The numbers: generated code, balls, simulation, data and normalisers.

Names are imported when first used, so that `eval` and `export` start without SciPy and Torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numerics.arithmetic.balls import certified
    from numerics.codegen.functions import from_polar_distance, near_one
    from numerics.codegen.modules import module_source
    from numerics.fitting.autocorrelation import FittedAutocorrelation, estimate, fit
    from numerics.fitting.heldout import heldout_check
    from numerics.normalizers import InputNormalizer, Optimal, gamma, gamma_near_one
    from numerics.simulate.inputs import autocorrelation_values, sample_input
    from numerics.simulate.rollout import (
        rollout,
        rollout_with_sensitivity,
        sensitivity_by_autograd,
    )

_HOME = {
    "FittedAutocorrelation": "numerics.fitting.autocorrelation",
    "InputNormalizer": "numerics.normalizers",
    "Optimal": "numerics.normalizers",
    "autocorrelation_values": "numerics.simulate.inputs",
    "certified": "numerics.arithmetic.balls",
    "estimate": "numerics.fitting.autocorrelation",
    "fit": "numerics.fitting.autocorrelation",
    "from_polar_distance": "numerics.codegen.functions",
    "gamma": "numerics.normalizers",
    "gamma_near_one": "numerics.normalizers",
    "heldout_check": "numerics.fitting.heldout",
    "module_source": "numerics.codegen.modules",
    "near_one": "numerics.codegen.functions",
    "rollout": "numerics.simulate.rollout",
    "rollout_with_sensitivity": "numerics.simulate.rollout",
    "sample_input": "numerics.simulate.inputs",
    "sensitivity_by_autograd": "numerics.simulate.rollout",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


__all__ = [
    "FittedAutocorrelation",
    "InputNormalizer",
    "Optimal",
    "autocorrelation_values",
    "certified",
    "estimate",
    "fit",
    "from_polar_distance",
    "gamma",
    "gamma_near_one",
    "heldout_check",
    "module_source",
    "near_one",
    "rollout",
    "rollout_with_sensitivity",
    "sample_input",
    "sensitivity_by_autograd",
]
