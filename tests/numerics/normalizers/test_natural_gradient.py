"""Natural gradients: what a step is, that none leaves the disc, and claim C4 with them."""

import copy
import pickle

import pytest
import torch
from torch.optim import SGD, Adam

from numerics.normalizers import (
    Cartesian,
    Eigenvalue,
    InputNormalizer,
    natural_gradient,
    natural_steps,
)
from theory.inputs import damped_cosine, white

EPS = torch.finfo(torch.float64).eps
OSCILLATION = InputNormalizer(damped_cosine(0.99, 0.125))
WHITE = InputNormalizer(white())
LAM = torch.tensor([0.3 + 0.1j, 0.99j, 0.9999, -0.5], dtype=torch.complex128)


def parts(lam):
    return [torch.nn.Parameter(p) for p in Cartesian().right_inverse(lam)]


def population_loss(lam, target):
    """½ E|h − h*|² for white input, elementwise (claim C1)."""

    def kernel(a, b):
        return 1 / (1 - a * b.conj())

    return (kernel(lam, lam) + kernel(target, target) - 2 * kernel(lam, target)).real / 2


@pytest.mark.parametrize("normalizer", [WHITE, OSCILLATION], ids=["white", "oscillation"])
def test_one_step_of_gradient_descent(normalizer):
    """By both ways −rate ∇/M, to first order."""
    slope = torch.tensor([1.0, -2.0, 0.5, 3.0], dtype=torch.float64)
    metric = normalizer.metric(Eigenvalue.of(LAM))
    moved = []
    for way in ("hook", "steps"):
        re, im = parts(LAM)
        sgd = SGD([re, im], lr=1e-6)
        if way == "hook":
            natural_gradient([re, im], normalizer.metric)
        else:
            natural_steps(sgd, [re, im], normalizer.metric)
        (slope * (re + 2 * im)).sum().backward()
        sgd.step()
        moved.append(torch.complex(re, im).detach() - LAM)
    expected = -1e-6 * slope * (1 + 2j) / metric
    bend = expected.abs() / (1 - LAM.abs() ** 2)  # of a geodesic
    assert torch.all((moved[0] - expected).abs() <= 4 * EPS)
    assert torch.all((moved[1] - expected).abs() <= bend * expected.abs() + 4 * EPS)


def test_hooks_come_off():
    re, im = parts(LAM)
    for hook in natural_gradient([re, im], WHITE.metric):
        hook.remove()
    (re + im).sum().backward()
    assert torch.equal(re.grad, torch.ones_like(re))
    sgd = SGD([re, im], lr=1e-3)
    for hook in natural_steps(sgd, [re, im], WHITE.metric):
        hook.remove()
    sgd.step()
    assert torch.allclose(re.detach(), LAM.real - 1e-3, rtol=0, atol=EPS)


@pytest.mark.parametrize("make", [lambda lam: [torch.nn.Parameter(lam)], parts])
@pytest.mark.parametrize("rate", [1e-2, 1.0, 5.0])
def test_no_step_leaves_the_disc(make, rate):
    lam = make(LAM)
    adam = Adam(lam, lr=rate)
    natural_steps(adam, lam, WHITE.metric)
    torch.manual_seed(0)
    for _ in range(50):
        for part in lam:
            part.grad = torch.randn_like(part)
        adam.step()
        z = lam[0] if len(lam) == 1 else torch.complex(*lam)
        assert bool((Eigenvalue.unchecked(z.detach()).one_minus > 0).all())


def test_real_eigenvalues_and_single_precision():
    lam = torch.nn.Parameter(torch.tensor([0.9, -0.999]))
    start, sgd = lam.detach().double(), SGD([lam], lr=0.1)
    natural_steps(sgd, [lam], WHITE.metric)
    lam.grad = torch.tensor([1.0, -1.0])
    sgd.step()
    room = 1 - start**2
    metric = (1 + start**2) / room**2
    # artanh λ is the length along the diameter
    expected = torch.tanh(torch.atanh(start) - torch.tensor([0.1, -0.1]) / metric / room)
    assert lam.dtype == torch.float32
    assert torch.allclose(lam.detach().double(), expected, rtol=2**-23, atol=0)


def test_the_step_is_the_discs_isometries():
    """Gradient descent by a hyperbolic metric commutes with a turn of the disc about any point."""

    def turned(z):
        a = 0.6 + 0.3j
        return (z + a) / (1 + z * a.conjugate())

    def end(start, target):
        lam = torch.nn.Parameter(start.clone())
        sgd = SGD([lam], lr=0.3)
        natural_steps(sgd, [lam], lambda z: z.one_minus_square**-2)
        distance = (lam - target) / (1 - target.conj() * lam)
        (distance.abs() ** 2).sum().backward()
        sgd.step()
        return lam.detach()

    target = LAM.flip(0) / 2
    assert torch.allclose(turned(end(LAM / 2, target)), end(turned(LAM / 2), turned(target)))


@pytest.mark.parametrize("value", [1.0, -1.0, -1.5])
def test_a_real_eigenvalue_outside_the_disc(value):
    lam = torch.tensor([value], dtype=torch.float64, requires_grad=True)
    natural_gradient(lam, WHITE.metric)
    with pytest.raises(ValueError, match=r"lam: \|λ\| < 1 is needed"):
        lam.sum().backward()


def test_no_step_ends_where_the_next_cannot_start():
    """By the distance from the circle as the next step takes it, not by a modulus that rounds."""
    angle = torch.linspace(0, 6, 100_000, dtype=torch.float64)
    lam = parts(torch.polar(torch.full_like(angle, 0.9), angle))
    sgd = SGD(lam, lr=1e3)
    natural_steps(sgd, lam, WHITE.metric)
    for _ in range(2):
        for part in lam:
            part.grad = -part.detach()
        sgd.step()
        end = torch.complex(*(part.detach() for part in lam))
        assert bool((Eigenvalue.unchecked(end).one_minus_square > 0).all())


def test_outside_the_disc():
    re, im = parts(torch.tensor([0.5 + 0j, 1j]))
    natural_gradient([re, im], WHITE.metric)
    with pytest.raises(ValueError, match=r"lam: \|λ\| < 1 is needed, not 1j"):
        (re + im).sum().backward()


def test_learning_slows_down_by_the_hyperbolic_distance_alone():
    """Claim C4's task at |λ| = |λ*|: each decade of 1 − |λ| costs as many steps as the one before.

    The distance between two points at an angle grows by 2 log 10 each decade; in Cartesian and
    in polar coordinates the steps grow like powers of 1/(1 − |λ|).
    """
    modulus = 1 - torch.tensor([1e-2, 1e-3, 1e-4, 1e-5], dtype=torch.float64)
    start, target = (torch.polar(modulus, torch.full_like(modulus, a)) for a in (0.785, 0.0314))
    goal = 1e-6 * population_loss(start, target)
    lam, steps = torch.nn.Parameter(start.clone()), torch.zeros_like(modulus)
    sgd = SGD([lam], lr=1e-1)
    natural_steps(sgd, [lam], WHITE.sensitivity)
    for _ in range(1000):
        sgd.zero_grad()
        loss = population_loss(lam, target)
        steps += loss.detach() > goal
        loss.sum().backward()
        sgd.step()
    increments = steps.diff()
    assert bool((increments > 0).all())
    # counted in whole steps, both ends of both decades
    assert increments.max() - increments.min() <= 2


# whatever calls the optimiser's step


def trained(call, make=lambda lam: SGD(lam, lr=0.1), steps=20):
    """λ after a few steps from .9 towards a target, each made by `call(optimizer, closure)`."""
    lam = parts(torch.tensor([0.9, 0.5j], dtype=torch.complex128))
    target = torch.tensor([0.995 + 0.05j, 0.1], dtype=torch.complex128)
    optimizer = make(lam)
    natural_steps(optimizer, lam, WHITE.sensitivity)

    def closure():
        optimizer.zero_grad()
        loss = population_loss(torch.complex(*lam), target).sum()
        loss.backward()
        return loss

    for _ in range(steps):
        call(optimizer, closure)
    return torch.complex(*lam).detach()


def plain(optimizer, closure):
    closure()
    optimizer.step()


def scaled(optimizer, closure):
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
    optimizer.zero_grad()
    loss = closure()
    for group in optimizer.param_groups:  # as after `scale(loss).backward()`
        for p in group["params"]:
            p.grad *= float(scaler.scale(torch.ones(())))
    scaler.step(optimizer)
    assert loss.isfinite()


@pytest.mark.parametrize(
    "call",
    [
        lambda optimizer, closure: optimizer.step(closure),
        lambda optimizer, closure: optimizer.step(closure=closure),
        scaled,
    ],
    ids=["closure", "closure by name", "scaler"],
)
@pytest.mark.parametrize("kind", [SGD, Adam])
def test_however_a_step_is_made_it_is_the_same(call, kind):
    def make(lam):
        return kind(lam, lr=0.1)

    assert torch.allclose(trained(call, make), trained(plain, make), rtol=0, atol=16 * EPS)


def test_schedulers_made_before_and_after():
    def make(lam):
        optimizer = SGD(lam, lr=0.2)
        optimizer.schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        return optimizer

    def scheduled(optimizer, closure):
        plain(optimizer, closure)
        optimizer.schedule.step()

    def by_hand(optimizer, closure):
        plain(optimizer, closure)
        optimizer.param_groups[0]["lr"] /= 2

    expected = trained(by_hand, lambda lam: SGD(lam, lr=0.2), 5)
    assert torch.equal(trained(scheduled, make, 5), expected)


def pickled(optimizer):
    return pickle.loads(pickle.dumps(optimizer))  # noqa: S301 (ours)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_copies_step_naturally(copied):
    lam = torch.nn.Parameter(LAM.clone())
    adam = Adam([lam], lr=0.1)
    natural_steps(adam, lam, WHITE.metric)
    lam.grad = torch.ones_like(lam)
    adam.step()
    twin = copied(copied(adam))
    [other] = twin.param_groups[0]["params"]
    assert other is not lam
    assert type(twin).__name__ == "Adam"
    assert isinstance(twin, Adam)
    for _ in range(3):
        for optimizer, part in ((adam, lam), (twin, other)):
            part.grad = torch.ones_like(lam)
            optimizer.step()
    assert torch.equal(lam, other)
    plain_twin = Adam([torch.nn.Parameter(LAM.clone())], lr=0.1)
    plain_twin.load_state_dict(adam.state_dict())
    assert plain_twin.state_dict()["state"][0]["step"] == 4


def test_gradients_are_left_as_they_were():
    lam = torch.nn.Parameter(torch.tensor([0.9]))
    sgd = SGD([lam], lr=0.0)
    natural_steps(sgd, [lam], WHITE.metric)
    lam.sum().backward()
    for _ in range(3):
        sgd.step()
        assert lam.grad.item() == 1


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_a_step_of_no_length_moves_nothing_and_a_long_one_stays_inside(dtype):
    start = torch.tensor([0.99, -0.9, 1 - torch.finfo(dtype).eps / 2], dtype=dtype)
    lam = torch.nn.Parameter(start.clone())
    sgd = SGD([lam], lr=0.0)
    natural_steps(sgd, lam, WHITE.metric)
    lam.grad = torch.ones_like(lam)
    sgd.step()
    assert torch.equal(lam, start)
    sgd.param_groups[0]["lr"] = 1e4
    sgd.step()
    assert lam.dtype == dtype
    assert bool((lam.abs() < 1).all())


def test_what_steps_cannot_be_natural_in_is_refused():
    lam, other = torch.nn.Parameter(LAM.real.clone()), torch.nn.Parameter(LAM.imag.clone())
    sgd = SGD([lam], lr=0.1)
    with pytest.raises(ValueError, match="not among the optimiser's parameters"):
        natural_steps(sgd, [lam, other], WHITE.metric)
    natural_steps(sgd, lam, WHITE.metric)
    with pytest.raises(ValueError, match="steps naturally in it already"):
        natural_steps(sgd, [lam], WHITE.metric)
    with pytest.raises(ValueError, match=r"of one shape, not \(4,\) torch.float64, \(1,\)"):
        natural_steps(sgd, [lam, torch.zeros(1)], WHITE.metric)
    with pytest.raises(ValueError, match="not an empty list"):
        natural_gradient([], WHITE.metric)
    lbfgs = torch.optim.LBFGS([lam])
    natural_steps(lbfgs, lam, WHITE.metric)
    with pytest.raises(ValueError, match="evaluates its closure again"):
        trained(lambda *_: lbfgs.step(lambda: (lam**2).sum().backward() or lam.sum()), steps=1)
