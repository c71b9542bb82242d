"""γ in every precision, for every kind of input and of map, however Torch runs it."""

import mpmath
import pytest
import sympy as sp
import torch
from torch.func import grad, vmap

from numerics.normalizers import InputNormalizer, Optimal, StepSize, Tanh
from theory.algebra.conjugation import bar
from theory.filtering import filtered
from theory.inputs import damped_cosine, exponential, white
from theory.moments import second_moment
from theory.symbols import lam

R = sp.Rational
FITTED = R(1, 3) * white() + R(2, 3) * exponential(R(999, 1000)) + damped_cosine(R(9, 10), 1)
INPUTS = [white(), FITTED, exponential(R(9, 10))]
FILTERED = filtered(white() + exponential(R(9, 10)), [(1, 1), (R(9, 10), R(1, 3))]) + white()
NORMALIZERS = {
    "default": (InputNormalizer(), [white()] * 3),
    "fitted": (InputNormalizer(FITTED), [FITTED] * 3),
    "filtered": (InputNormalizer(FILTERED), [FILTERED] * 3),
    "of each feature": (InputNormalizer(INPUTS), INPUTS),
}
MOMENTS = {
    x.autocorrelation(): sp.lambdify((lam, bar(lam)), second_moment(x), "mpmath")
    for x in (*INPUTS, FILTERED)
}
# parameters of each map for four times and three features, λ up to 1 − 1e-5
MAPS = {
    "plain": (Tanh(), [(-2.0, 6.0)]),
    "optimal": (Optimal(white()), [(-3.0, 7.0)]),
    "S4 step": (StepSize(), [(-9.0, -2.0), (-1.5, 1.0), (0.0, 3.0)]),
}
DTYPES = {torch.float16: "half", torch.bfloat16: "bfloat16"}
DTYPES |= {torch.float32: "single", torch.float64: "double"}


class Gamma(torch.nn.Module):
    """γ of a map's parameters."""

    def __init__(self, normalizer, map_):
        super().__init__()
        self.normalizer, self.map = normalizer, map_

    def forward(self, *parameters):
        return self.normalizer(self.map.eigenvalue(*parameters))


def as_it_is(gamma, parameters):
    return gamma(*parameters)


def compiled(gamma, parameters):
    torch.compiler.reset()
    return torch.compile(gamma, backend="aot_eager", fullgraph=True)(*parameters)


def exported(gamma, parameters):
    time = torch.export.Dim("time", min=2, max=4096)
    shapes = {"parameters": tuple({0: time} for _ in parameters)}
    longer = tuple(torch.cat([p, p]) for p in parameters)
    program = torch.export.export(gamma, longer, dynamic_shapes=shapes)
    return program.module()(*parameters)


def in_autocast(gamma, parameters):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return gamma(*parameters)


def mapped(gamma, parameters):
    return vmap(gamma)(*parameters)


WAYS = {
    "eager": as_it_is,
    "compile": compiled,
    "vmap": mapped,
    "autocast": in_autocast,
    "export": exported,
}


def case(kind, of, dtype):
    normalizer, inputs = NORMALIZERS[kind]
    map_, ranges = MAPS[of]
    parameters = [torch.linspace(low, high, 12).reshape(4, 3).to(dtype) for low, high in ranges]
    return Gamma(normalizer, map_), parameters, inputs


def exact(inputs, map_, parameters):
    """γ in 40 digits, at the eigenvalues that the map finds in double precision."""
    eigenvalue = map_.eigenvalue(*(p.double() for p in parameters))
    o, angle = eigenvalue.one_minus, eigenvalue.angle
    angle = torch.zeros_like(o) if angle is None else angle
    found = torch.empty_like(o)
    for feature, x in enumerate(inputs):
        moment = MOMENTS[x.autocorrelation()]
        for time in range(len(o)):
            with mpmath.workdps(40):
                z = (1 - mpmath.mpf(o[time, feature].item())) * mpmath.expj(
                    mpmath.mpf(angle[time, feature].item())
                )
                value = 1 / mpmath.sqrt(mpmath.re(moment(z, mpmath.conj(z))))
            found[time, feature] = float(value)
    return found


@pytest.mark.every(17)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("of", MAPS)
@pytest.mark.parametrize("kind", NORMALIZERS)
@pytest.mark.parametrize("dtype", DTYPES, ids=DTYPES.values())
def test_gamma_is_rounded_once(dtype, kind, of, way):
    gamma, parameters, inputs = case(kind, of, dtype)
    found = WAYS[way](gamma, parameters)
    assert found.dtype == dtype
    true = exact(inputs, gamma.map, parameters)
    # 60 roundings of double, as its own tests bound, and the last one
    bound = torch.finfo(dtype).eps / 2 + 60 * torch.finfo(torch.float64).eps
    assert torch.all((found.double() / true - 1).abs() <= bound)


@pytest.mark.every(5)
@pytest.mark.parametrize("of", MAPS)
@pytest.mark.parametrize("kind", NORMALIZERS)
@pytest.mark.parametrize("dtype", DTYPES, ids=DTYPES.values())
def test_gradients_by_transforms_are_those_of_backward(dtype, kind, of):
    gamma, parameters, _ = case(kind, of, dtype)
    first = parameters[0].requires_grad_()
    gamma(first, *parameters[1:]).sum().backward()
    by_transform = grad(lambda p: gamma(p, *parameters[1:]).sum())(parameters[0].detach())
    assert by_transform.dtype == dtype
    # the same terms, added up in another order: some eight sums, each off by half an ulp
    ulp = torch.finfo(dtype).eps
    torch.testing.assert_close(by_transform, first.grad, rtol=4 * ulp, atol=0)
    assert first.grad.isfinite().all()
