"""The public names; each is imported when it is first used."""

from .arithmetic.balls import certified as certified
from .codegen.functions import from_polar_distance as from_polar_distance, near_one as near_one
from .codegen.modules import module_source as module_source
from .fitting.autocorrelation import (
    FittedAutocorrelation as FittedAutocorrelation,
    estimate as estimate,
    fit as fit,
)
from .fitting.heldout import heldout_check as heldout_check
from .normalizers import (
    InputNormalizer as InputNormalizer,
    Optimal as Optimal,
    gamma as gamma,
    gamma_near_one as gamma_near_one,
)
from .simulate.inputs import (
    autocorrelation_values as autocorrelation_values,
    sample_input as sample_input,
)
from .simulate.rollout import (
    rollout as rollout,
    rollout_with_sensitivity as rollout_with_sensitivity,
    sensitivity_by_autograd as sensitivity_by_autograd,
)
