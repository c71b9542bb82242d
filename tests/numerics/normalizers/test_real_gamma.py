"""γ of real λ in blocks: as Torch's own operations have it, with less to keep."""

import pytest
import sympy as sp
import torch
from torch.autograd import forward_ad, grad, gradgradcheck
from torch.autograd.graph import saved_tensors_hooks

from numerics.normalizers import InputNormalizer, real_gamma
from theory.inputs import constant, damped_cosine, exponential, white

R = sp.Rational
INPUTS = {
    "default": None,
    "white": 2 * white(),
    "constant": constant(),
    "alternating": exponential(-1),
    "long": exponential(R(999_999, 1_000_000)),
    "negative": exponential(R(-9, 10)),
    "wave": damped_cosine(R(99, 100), R(1, 3)),
    "mixture": R(1, 3) * white() + exponential(R(9, 10)) + damped_cosine(R(1, 2), 2),
}
DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
# the reference's own, and those here
ROUNDINGS = 60 + 20


def near_one(dtype):
    """λ from the middle to the last number before ±1."""
    distance = torch.tensor([1.0, 0.7, 1e-1, 1e-2, 1e-3, 0.0], dtype=torch.float64)
    x = (1 - distance.clamp(min=torch.finfo(dtype).eps / 2)).to(dtype)
    return torch.cat([x, -x])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", INPUTS)
def test_value_and_gradient_are_those_of_operations(name, dtype):
    normalizer = InputNormalizer(INPUTS[name])
    ours, theirs = (near_one(dtype).requires_grad_() for _ in range(2))
    gamma, reference = normalizer(ours), normalizer._by_operations(theirs)
    assert "RealGamma" in gamma.grad_fn.name()
    assert gamma.dtype == dtype
    rounding = torch.finfo(dtype).eps + ROUNDINGS * torch.finfo(torch.float64).eps
    torch.testing.assert_close(gamma, reference, rtol=rounding, atol=0)
    gamma.sum().backward()
    reference.sum().backward()
    x, value = ours.detach().double(), gamma.detach().double()
    # of the two terms of dγ/dλ each is at most γ/(1 − λ²), by Harnack's inequality
    most = 2 * value / ((1 - x) * (1 + x))
    assert torch.all((ours.grad.double() - theirs.grad.double()).abs() <= 2 * rounding * most)


def test_blocks_change_nothing(monkeypatch):
    normalizer = InputNormalizer(INPUTS["mixture"])
    lam = torch.linspace(-0.999, 0.999, 40).reshape(4, 10).T  # not contiguous
    whole = normalizer(lam)
    monkeypatch.setattr(real_gamma, "BLOCK", 3)
    assert torch.equal(normalizer(lam), whole)
    assert normalizer(lam[:0]).shape == (0, 4)


def test_second_derivatives():
    lam = torch.tensor([-0.9, 0.1, 0.99], dtype=torch.float64, requires_grad=True)
    normalizer = InputNormalizer(INPUTS["mixture"])
    assert gradgradcheck(normalizer, (lam,))
    [first] = grad(normalizer(lam).sum(), lam, create_graph=True)
    [slope] = grad(normalizer._by_operations(lam).sum(), lam, create_graph=True)
    torch.testing.assert_close(*(grad(one.sum(), lam)[0] for one in (first, slope)))


def test_what_transforms_is_given_operations():
    normalizer = InputNormalizer(INPUTS["wave"])
    lam = torch.tensor([0.5, 0.9], dtype=torch.float64)
    slope = torch.func.vmap(torch.func.grad(normalizer))(lam)
    forward = torch.func.jvp(normalizer, (lam,), (torch.ones_like(lam),))[1]
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(lam, torch.ones_like(lam))
        torch.testing.assert_close(forward_ad.unpack_dual(normalizer(dual)).tangent, slope)
    torch.testing.assert_close(forward, slope)
    required = lam.clone().requires_grad_()
    normalizer(required).sum().backward()
    torch.testing.assert_close(required.grad, slope)


def test_all_that_is_kept_is_the_eigenvalue_and_a_slope():
    kept = []
    lam = torch.rand(1000, requires_grad=True)
    with saved_tensors_hooks(lambda saved: kept.append(saved) or saved, lambda saved: saved):
        InputNormalizer(INPUTS["mixture"])(lam)
    [first, slope] = kept
    assert first.data_ptr() == lam.data_ptr()
    assert slope.untyped_storage().nbytes() <= 2 * lam.untyped_storage().nbytes()
    kept.clear()
    with saved_tensors_hooks(lambda saved: kept.append(saved) or saved, lambda saved: saved):
        InputNormalizer()(lam.detach())
    assert not kept
