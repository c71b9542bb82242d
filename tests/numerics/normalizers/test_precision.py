"""Normalisers in every precision, on the unit circle and outside, and with an input a feature."""

import pytest
import sympy as sp
import torch
from torch.func import vmap
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from numerics.normalizers import (
    DoubleExponential,
    Eigenvalue,
    InputNormalizer,
    Optimal,
    Polar,
    Sigmoid,
    Tanh,
    double_precision,
)
from theory.inputs import damped_cosine, exponential, white

R = sp.Rational
OSCILLATION = R(1, 10) * white() + damped_cosine(R(99, 100), R(1, 8))
SLOW = exponential(R(9999, 10000))
EPS, SINGLE = torch.finfo(torch.float64).eps, torch.finfo(torch.float32).eps


@pytest.mark.parametrize("axis", [-1, -2])
def test_each_feature_has_its_own_input(axis):
    x = [white(), OSCILLATION, SLOW]
    lam_ = torch.polar(
        torch.tensor([0.5, 0.99, 1 - 1e-7]).double(), torch.tensor([0.1, 3.0, 0]).double()
    )
    lam_ = lam_ if axis == -1 else lam_.unsqueeze(-1).expand(3, 5)
    together = InputNormalizer(x, axis)
    for method in ("forward", "second_moment", "sensitivity", "metric"):
        found = getattr(together, method)(Eigenvalue.of(lam_))
        assert found.shape == lam_.shape
        for feature, own in enumerate(x):
            alone = getattr(InputNormalizer(own), method)(Eigenvalue.of(lam_[feature]))
            assert torch.allclose(found[feature], alone, rtol=10 * EPS, atol=0)
    with pytest.raises(ValueError, match="those of the inputs; see `axis`"):
        together(torch.zeros(4) if axis == -1 else torch.zeros(4, 5))


def test_an_axis_is_counted_from_the_last():
    with pytest.raises(ValueError, match="axis = 0"):
        InputNormalizer([white()], axis=0)
    with pytest.raises(ValueError, match="at least one input"):
        InputNormalizer([])


PRECISIONS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("fitted", [False, True])
def test_results_have_the_precision_of_what_was_given(fitted, dtype):
    """γ and its gradient; λ has at least single precision, as no state lasts in less."""
    normalizer = InputNormalizer(OSCILLATION if fitted else None)
    for module in (Tanh(), Polar(DoubleExponential()), Optimal(white())):
        parameters = [torch.tensor([0.1, -3.0]).to(dtype).requires_grad_() for _ in module.names]
        lam_ = module.eigenvalue(*parameters)
        assert lam_.value.real.dtype == torch.promote_types(dtype, torch.float32)
        gamma, metric = normalizer(lam_), normalizer.metric(lam_)
        assert gamma.dtype == metric.dtype == dtype
        (gamma + metric.log()).sum().backward()
        gradients = [p.grad for p in parameters if p.grad is not None]  # of γ for noise no angle's
        assert gradients
        assert all(g.dtype == dtype and g.isfinite().all() for g in gradients)
    assert normalizer(torch.tensor([0.5, -0.9]).to(dtype)).dtype == dtype
    assert Tanh()(torch.tensor(0.1).to(dtype)).dtype == dtype


def test_nothing_needs_double_precision(monkeypatch):
    """Where a device has none: γ and its gradient are then as precise as single precision is."""

    class NoDouble(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            found = func(*args, **(kwargs or {}))
            for value in tree_leaves(found):
                if isinstance(value, torch.Tensor):
                    assert value.dtype not in (torch.float64, torch.complex128), func
            return found

    def found(dtype):
        module = Polar(DoubleExponential())
        parameters = [torch.tensor([-9.0, 0.3], dtype=dtype).requires_grad_() for _ in range(2)]
        gamma = normalizer(module.eigenvalue(*parameters))
        gamma.log().sum().backward()
        return [gamma.detach(), *(p.grad for p in parameters)]

    normalizer = InputNormalizer(OSCILLATION)
    expected = found(torch.float64)
    monkeypatch.setattr(double_precision, "SINGLE", {"cpu"})
    normalizer.to("cpu")  # as to a device without double precision
    assert normalizer.terms_v1.dtype == torch.float32
    with NoDouble():
        single = found(torch.float32)
    for value, true in zip(single, expected, strict=True):
        # some hundred operations
        assert torch.allclose(value.double(), true, rtol=100 * SINGLE, atol=0)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_on_the_circle_gamma_is_finite(dtype):
    normalizer = InputNormalizer(OSCILLATION)
    lam_ = torch.tensor([1.0, -1.0, 0.0]).to(dtype).requires_grad_()
    gamma = normalizer(lam_)
    gamma.sum().backward()
    assert (gamma > 0).all()
    assert lam_.grad.isfinite().all()
    eps = torch.finfo(dtype).eps
    assert InputNormalizer()(lam_)[0].item() == pytest.approx((eps / 2) ** 0.5, rel=eps)


def test_at_zero_the_gradient_is_finite():
    """There the angle has none; γ falls where λ turns to the input's own pole."""
    normalizer = InputNormalizer(exponential(R(9, 10)))
    for lam_ in (torch.zeros(1), torch.zeros(1, dtype=torch.complex64)):
        lam_.requires_grad_()
        normalizer(lam_).sum().backward()
        assert lam_.grad.real.item() == pytest.approx(-0.9)


def test_saturated_parameters_have_finite_gradients():
    normalizer = InputNormalizer(SLOW)
    for module in (Tanh(), Sigmoid(), Optimal(white())):
        omega = torch.tensor([-2000.0, 2000.0], dtype=torch.float64, requires_grad=True)
        lam_ = module.eigenvalue(omega)
        gamma, metric = normalizer(lam_), normalizer.metric(lam_)
        assert (gamma + metric).isfinite().all()
        gamma.sum().backward()
        assert omega.grad.isfinite().all()


@pytest.mark.parametrize("lam_", [torch.tensor([0.5, 1.001]), torch.tensor([0.8 + 0.7j])])
def test_outside_the_disc_gamma_is_refused(lam_):
    with pytest.raises(ValueError, match=r"λ: \|λ\| < 1 is needed, not 1\.0"):
        InputNormalizer()(lam_)
    assert vmap(InputNormalizer())(lam_).isnan().any()
