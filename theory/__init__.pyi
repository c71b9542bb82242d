"""The public names; each is imported when it is first used."""

from .algebra.conjugation import (
    conjugated as conjugated,
)
from .algebra.conjugation import (
    polarised as polarised,
)
from .algebra.conjugation import (
    restored as restored,
)
from .algebra.leading import (
    LeadingTerm as LeadingTerm,
)
from .algebra.leading import (
    leading_term as leading_term,
)
from .algebra.presentation import (
    present as present,
)
from .algebra.presentation import (
    readable as readable,
)
from .architectures.fates import (
    Row as Row,
)
from .architectures.fates import (
    rows as rows,
)
from .architectures.pairs import (
    ARCHITECTURES as ARCHITECTURES,
)
from .architectures.pairs import (
    Architecture as Architecture,
)
from .architectures.pairs import (
    Parametrization as Parametrization,
)
from .bounds import (
    second_moment_bound as second_moment_bound,
)
from .bounds import (
    sensitivity_bound as sensitivity_bound,
)
from .catalogue import (
    Unit as Unit,
)
from .catalogue import (
    quantity as quantity,
)
from .derivations import (
    DERIVATIONS as DERIVATIONS,
)
from .derivations.checking.step import (
    BrokenStep as BrokenStep,
)
from .derivations.checking.step import (
    Derivation as Derivation,
)
from .derivations.checking.step import (
    Step as Step,
)
from .geometry import (
    conformal_curvature as conformal_curvature,
)
from .geometry import (
    conformal_factor as conformal_factor,
)
from .geometry import (
    critical_correlation as critical_correlation,
)
from .geometry import (
    curvature as curvature,
)
from .geometry import (
    distortion_bound as distortion_bound,
)
from .geometry import (
    gaussian_curvature as gaussian_curvature,
)
from .geometry import (
    sensitivity_metric as sensitivity_metric,
)
from .geometry import (
    total_curvature as total_curvature,
)
from .growth import (
    Growth as Growth,
)
from .growth import (
    growth as growth,
)
from .growth import (
    spectral_density as spectral_density,
)
from .inputs import (
    ArbitraryInput as ArbitraryInput,
)
from .inputs import (
    Input as Input,
)
from .inputs import (
    StationaryInput as StationaryInput,
)
from .inputs import (
    constant as constant,
)
from .inputs import (
    damped_cosine as damped_cosine,
)
from .inputs import (
    exponential as exponential,
)
from .inputs import (
    from_expression as from_expression,
)
from .inputs import (
    mixture as mixture,
)
from .inputs import (
    moving_average as moving_average,
)
from .inputs import (
    white as white,
)
from .kernel import (
    finite_kernel as finite_kernel,
)
from .kernel import (
    kernel as kernel,
)
from .moments import (
    backpropagated_error as backpropagated_error,
)
from .moments import (
    cross_moment as cross_moment,
)
from .moments import (
    cross_sensitivity as cross_sensitivity,
)
from .moments import (
    cross_sensitivity_power as cross_sensitivity_power,
)
from .moments import (
    output_hessian as output_hessian,
)
from .moments import (
    second_moment as second_moment,
)
from .moments import (
    sensitivity as sensitivity,
)
from .moments import (
    teacher_student_hessian as teacher_student_hessian,
)
from .moments import (
    teacher_student_loss as teacher_student_loss,
)
from .parametrizations import (
    optimal_gamma as optimal_gamma,
)
from .parametrizations import (
    optimal_parameter_white as optimal_parameter_white,
)
from .parametrizations import (
    optimality_condition as optimality_condition,
)
from .printing.derivations import (
    RENDERERS as RENDERERS,
)
from .printing.latex import (
    to_latex as to_latex,
)
from .printing.pdf import (
    document as document,
)
