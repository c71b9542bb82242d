"""The public names; each is imported when it is first used."""

import types

from .algebra.conjugation import (
    conjugated as conjugated,
    polarised as polarised,
    restored as restored,
)
from .algebra.leading import (
    LeadingTerm as LeadingTerm,
    leading_term as leading_term,
)
from .algebra.presentation import (
    present as present,
    readable as readable,
)
from .architectures.fates import (
    Row as Row,
    rows as rows,
)
from .architectures.nonlinear import (
    second_moment_bound as second_moment_bound,
    sensitivity_bound as sensitivity_bound,
)
from .architectures.pairs import (
    ARCHITECTURES as ARCHITECTURES,
    Architecture as Architecture,
    Parametrization as Parametrization,
)
from .catalogue import (
    Unit as Unit,
    quantity as quantity,
)
from .derivations import (
    DERIVATIONS as DERIVATIONS,
)
from .derivations.checking.step import (
    BrokenStep as BrokenStep,
    Derivation as Derivation,
    Step as Step,
)
from .filtering import (
    FilteredInput as FilteredInput,
    filtered as filtered,
)
from .geometry import (
    conformal_curvature as conformal_curvature,
    conformal_factor as conformal_factor,
    critical_correlation as critical_correlation,
    curvature as curvature,
    distortion_bound as distortion_bound,
    gaussian_curvature as gaussian_curvature,
    sensitivity_metric as sensitivity_metric,
    total_curvature as total_curvature,
)
from .growth import (
    Growth as Growth,
    growth as growth,
    spectral_density as spectral_density,
)
from .inputs import (
    ArbitraryInput as ArbitraryInput,
    Input as Input,
    StationaryInput as StationaryInput,
    constant as constant,
    damped_cosine as damped_cosine,
    exponential as exponential,
    from_expression as from_expression,
    mixture as mixture,
    moving_average as moving_average,
    white as white,
)
from .kernel import (
    finite_kernel as finite_kernel,
    kernel as kernel,
)
from .moments import (
    backpropagated_error as backpropagated_error,
    covariance as covariance,
    cross_moment as cross_moment,
    cross_sensitivity as cross_sensitivity,
    cross_sensitivity_power as cross_sensitivity_power,
    output_hessian as output_hessian,
    second_moment as second_moment,
    sensitivity as sensitivity,
    teacher_student_hessian as teacher_student_hessian,
    teacher_student_loss as teacher_student_loss,
)
from .parametrizations import (
    optimal_gamma as optimal_gamma,
    optimal_parameter_white as optimal_parameter_white,
    optimality_condition as optimality_condition,
)
from .printing.derivations import (
    RENDERERS as RENDERERS,
    derivation_html as derivation_html,
)
from .printing.latex import (
    to_latex as to_latex,
)
from .printing.pdf import (
    document as document,
)

class Package(types.ModuleType):
    @property
    def homes(self) -> dict[str, str]: ...

class FormerModule(types.ModuleType):
    def __init__(self, name: str, home: str) -> None: ...
