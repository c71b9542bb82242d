"""The fused simulators against the plain reference and the theory, the hard region first."""

import importlib
import json
import os
import subprocess
import sys
from math import factorial, log, sqrt

import numpy as np
import pytest
import sympy as sp
from scipy.linalg import solve_discrete_lyapunov
from scipy.stats import binom, norm

from numerics.simulate.filters import ShapingFilter, moving_average_filter, shaping_filter
from numerics.simulate.inputs import autocorrelation_values
from numerics.simulate.reference import burn_in_steps, simulate
from theory.algebra.conjugation import bar
from theory.inputs import (
    constant,
    damped_cosine,
    exponential,
    from_expression,
    moving_average,
    white,
)
from theory.moments import second_moment, sensitivity
from theory.symbols import Delta, lam

numba = pytest.importorskip("numba", reason="the extra `fast` is not installed")

from numerics.simulate import compiled, cpu  # noqa: E402

ERROR_RATE = 1e-9  # of one sampled check; some fifty of them make 5e-8 for the file
EPSILON = np.finfo(float).eps
Q = sp.Rational
INPUTS = {
    "slow": exponential(Q(999, 1000)),
    "white": white(),
    "oscillation": damped_cosine(Q(98, 100), Q(1, 4)),
    "mixture": Q(1, 3) * white() + Q(1, 20) * exponential(Q(997, 1000)) + exponential(Q(-1, 2)),
    "moving average": moving_average([1, -2, Q(1, 2)]),
}
EIGENVALUES = np.array([0.995, -0.99, 0.99 * np.exp(0.3j), 0.999j, 0.0])


def draws(seed, stage, chains, counters):
    """Draws of chains 0 … chains − 1, shape (chains, 4 counters)."""
    z = np.empty((counters, 4, chains), np.float32)
    words = np.empty((4, compiled.LANES), np.uint32)
    block = np.empty((4, compiled.LANES), np.float32)
    seed, stage = np.uint64(seed), np.uint64(stage)
    for first in range(0, chains, compiled.LANES):
        for counter in range(counters):
            compiled.draw(seed, stage, np.uint64(first), np.uint64(counter), words, block)
            z[counter, :, first : first + compiled.LANES] = block[:, : chains - first]
    return z.reshape(4 * counters, chains).T


def bernstein(variance, bound, n):
    """What the mean of n independent centred numbers, |·| ≤ bound, exceeds at ERROR_RATE."""
    rate = log(2 / ERROR_RATE) / n
    return bound * rate / 3 + sqrt((bound * rate / 3) ** 2 + 2 * variance * rate)


def draw_error(z):
    """How far float32 may have moved each of the draws: 2⁻²² (1/r + 2 r) for a pair's length r."""
    r = np.repeat(np.hypot(z[:, ::2], z[:, 1::2]), 2, axis=1).astype(float)
    return 2.0**-22 * (1 / r + 2 * r)


# the answers published with Random123
@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_known_answers(counter, key, words):
    assert compiled.philox(*map(np.uint64, (*counter, *key))) == words


def test_draws_are_box_muller_of_philox():
    seed, stage, chains, counters = 2**63 + 5, 1, 128, 60
    z = draws(seed, stage, chains, counters)
    exact = np.empty_like(z, dtype=float)
    for chain in range(chains):
        for counter in range(counters):
            words = compiled.philox(
                *map(np.uint64, (counter, stage, chain, 0, seed % 2**32, seed >> 32))
            )
            for i in (0, 2):
                r0, r1 = int(words[i]), int(words[i + 1])
                radius = sqrt(-log(((r0 >> 1) + 0.5) * 2.0**-31))
                delta = np.pi / 4 * 2.0**-31 * (r1 - 2**32 * (r1 >> 31))
                pair = (
                    radius * (np.cos(delta) - np.sin(delta)),
                    radius * (np.cos(delta) + np.sin(delta)),
                )
                signs = 1 - 2 * (r1 & 1), 1 - (r1 & 2)
                exact[chain, 4 * counter + i : 4 * counter + i + 2] = np.multiply(signs, pair)
    assert np.all(np.abs(z - exact) <= draw_error(exact))


@pytest.mark.parametrize("k", [0, 1, 2**30, 2**31 - 2, 2**31 - 1])
@pytest.mark.parametrize("angle", [0, 1, 2**31 - 1, 2**31, 2**32 - 1])
def test_the_ends_of_the_range_of_words(k, angle):
    pair = compiled.box_muller(np.uint32(2 * k), np.uint32(angle))
    length = sqrt(-2 * log((k + 0.5) * 2.0**-31))
    assert abs(np.hypot(*pair) - length) <= 2.0**-22 * (1 / length + 2 * length)
    assert max(map(abs, pair)) < compiled.LARGEST


@pytest.fixture(scope="module")
def sample():
    return draws(11, 0, 2**14, 2**7).astype(float)


@pytest.mark.parametrize("order", range(1, 9))
def test_gaussian_moments(sample, order):
    def moment(k):
        return 0 if k % 2 else factorial(k) / (2 ** (k // 2) * factorial(k // 2))

    tolerance = bernstein(moment(2 * order), compiled.LARGEST**order + moment(order), sample.size)
    assert abs(np.mean(sample**order) - moment(order)) < tolerance


@pytest.mark.parametrize("threshold", [0.0, 0.01, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0])
def test_gaussian_tails(sample, threshold):
    for side in (sample, -sample):
        count = np.count_nonzero(side > threshold)
        p = norm.sf(threshold)
        low, high = (end(ERROR_RATE / 2, sample.size, p) for end in (binom.ppf, binom.isf))
        assert low <= count <= high


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("lag", [1, 2, 3, 4, 8])
def test_no_correlation_between_steps_or_chains(sample, lag, power):
    variance = 1 if power == 1 else 2
    y = sample if power == 1 else sample**2 - 1
    bound = (compiled.LARGEST**power) ** 2
    for z in (y, y.T):
        n = len(z.T) // (2 * lag) * 2 * lag
        halves = z[:, :n].reshape(len(z), -1, 2, lag)  # disjoint pairs, hence independent
        products = halves[:, :, 0] * halves[:, :, 1]
        assert abs(products.mean()) < bernstein(variance**2, bound, products.size)


def rounding(x, eigenvalue, run):
    """Bounds on what rounding makes of h and ∂h/∂λ: each step's 4 ε, carried on by |λ|."""
    r = abs(eigenvalue)
    before = [np.pad(np.abs(v), ((0, 0), (1, 0)))[:, :-1] for v in (run.h, run.dh_dlam)]
    h = simulate(4 * EPSILON * (r * before[0] + np.abs(x)), r).h
    carried = np.pad(h, ((0, 0), (1, 0)))[:, :-1]
    return h, simulate(4 * EPSILON * (r * before[1] + before[0]) + carried, r).h


@pytest.mark.parametrize("name", INPUTS)
def test_kernel_agrees_with_the_reference(name):
    chains, steps, burn_in = 100, 1501, 203
    x = shaping_filter(INPUTS[name])
    arguments = {"seed": 3, "first_chain": 2**40 + 7}
    result = cpu.moments(EIGENVALUES, x, chains, steps, burn_in, **arguments)
    samples = cpu.inputs(x, chains, steps, **arguments)
    for k, eigenvalue in enumerate(EIGENVALUES):
        run = cpu.trajectories(eigenvalue, x, chains, steps, **arguments)
        assert np.array_equal(run.h, simulate(samples, eigenvalue).h)
        errors = rounding(samples, eigenvalue, run)
        for mean, state, error in zip(
            (result.h[k], result.dh_dlam[k]), (run.h, run.dh_dlam), errors, strict=True
        ):
            power, moved = np.abs(state[:, burn_in:]), 2 * error[:, burn_in:]
            tolerance = np.mean(2 * power * moved + moved**2 + steps * EPSILON * power**2, axis=1)
            assert np.all(np.abs(mean - np.mean(power**2, axis=1)) <= tolerance)


def test_input_is_the_filter_applied_to_the_draws():
    x = shaping_filter(INPUTS["mixture"])
    samples = cpu.inputs(x, 70, 9, seed=5)
    e, start = draws(5, 0, 128, 3).astype(float), draws(5, 1, 128, 1).astype(float)
    xi = start[:, : len(x.B)] @ x.start.T
    for t in range(9):
        expected = xi @ x.C + x.D * e[:, t]
        assert np.allclose(samples[:, t], expected[:70], rtol=0, atol=50 * EPSILON)
        xi = xi @ x.A.T + np.outer(e[:, t], x.B)


def statistic(x, eigenvalue, order, chains, steps):
    """The law of a mean of |h|² (or |∂h/∂λ|², order 1) over independent stationary stretches.

    It is Σ a_i (e_i² − 1) + mean in white Gaussians e; returns √Σ a_i² and a bound on max a_i.
    """
    n = len(x.B)
    turn = np.array([[eigenvalue.real, -eigenvalue.imag], [eigenvalue.imag, eigenvalue.real]])
    F = np.zeros((n + 4, n + 4))
    F[:n, :n], F[n : n + 2, n : n + 2], F[n + 2 :, n + 2 :] = x.A, turn, turn
    F[n, :n] = x.C
    F[n + 2 :, n : n + 2] = np.eye(2)
    G = np.concatenate([x.B, [x.D, 0, 0, 0]])
    covariance = solve_discrete_lyapunov(F, np.outer(G, G))
    rows = slice(n + 2 * order, n + 2 * order + 2)
    squares = largest = 0.0
    for lag in range(steps):
        block = covariance[rows, rows]
        both = 1 if lag == 0 else 2
        squares += both * (steps - lag) * np.sum(block**2)
        largest += both * np.linalg.norm(block)
        covariance = F @ covariance
    return sqrt(squares / chains) / steps, largest / (chains * steps)


@pytest.mark.parametrize("name", INPUTS)
def test_stationary_moments(name):
    chains, length = 1024, 3000
    x = shaping_filter(INPUTS[name])
    poles = EIGENVALUES[:3]
    burn_in = max(burn_in_steps(pole, 1e-6) for pole in poles)
    run = cpu.moments(poles, x, chains, burn_in + length, burn_in, seed=1)
    t = log(2 / ERROR_RATE)
    for k, pole in enumerate(poles):
        values = {lam: sp.sympify(pole), bar(lam): sp.sympify(np.conj(pole))}
        for order, quantity in enumerate((second_moment, sensitivity)):
            exact = complex(quantity(INPUTS[name]).subs(values).evalf(30)).real
            root, largest = statistic(x, pole, order, chains, length)
            # Laurent and Massart 2000, lemma 1
            above, below = 2 * root * sqrt(t) + 2 * largest * t, 2 * root * sqrt(t)
            assert above < 0.3 * exact  # no more than this is missed
            value, error = run.means()[order][k], run.standard_errors()[order][k]
            assert -below - 1e-6 * exact < value - exact < above + 1e-6 * exact
            # the spread over chains is what the law says: within 30 % at 1024 of them
            assert error == pytest.approx(sqrt(2) * root, rel=0.3)


def test_same_numbers_for_any_threads_and_any_cut():
    x = shaping_filter(INPUTS["oscillation"])
    whole = cpu.moments(EIGENVALUES, x, 600, 97, 10, seed=9)
    numba.set_num_threads(1)
    try:
        alone = cpu.moments(EIGENVALUES, x, 600, 97, 10, seed=9)
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    cut = [cpu.moments(EIGENVALUES, x, n, 97, 10, 9, first) for first, n in ((0, 333), (333, 267))]
    assert np.array_equal(whole.h, alone.h)
    assert np.array_equal(whole.dh_dlam, alone.dh_dlam)
    assert np.array_equal(whole.h, np.hstack([part.h for part in cut]))
    other = cpu.moments(EIGENVALUES, x, 600, 97, 10, seed=10)
    assert not np.any(whole.h == other.h)
    short = cpu.inputs(x, 3, 50, seed=9)
    assert np.array_equal(short, cpu.inputs(x, 600, 97, seed=9)[:3, :50])


@pytest.mark.parametrize(
    "x",
    [
        *INPUTS.values(),
        exponential(1 - Q(1, 10**6)),
        2 * exponential(Q(9999, 10**4)) + exponential(Q(997, 1000)) + white(),
        damped_cosine(Q(999, 1000), sp.pi),
        exponential(sp.S.Zero),
        moving_average([1, -1]),
    ],
)
def test_filter_has_the_autocorrelation_wanted(x):
    R = autocorrelation_values(x, {}, 500)
    assert shaping_filter(x).autocorrelation(500) == pytest.approx(R, rel=0, abs=1e-10 * R[0])


def test_moving_average_filter():
    assert moving_average_filter([2]).autocorrelation(3).tolist() == [4, 0, 0]
    weights = [1, -2, 0.5, 1]  # with zeros outside the unit circle, unlike the filter from R
    R = autocorrelation_values(moving_average(weights), {}, 6)
    assert moving_average_filter(weights).autocorrelation(6) == pytest.approx(R, abs=1e-14)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (constant(), r"\|z\| < 1"),
        (exponential(Q(9, 50) * (4 + 3 * sp.I)), "complex"),
        (from_expression(Delta * Q(1, 2) ** Delta), "no filter but for"),
        (from_expression(sp.KroneckerDelta(Delta, 1)), "no shaping filter"),
        (exponential(), "rho"),
    ],
)
def test_what_has_no_filter(x, says):
    with pytest.raises(ValueError, match=says):
        shaping_filter(x)


@pytest.mark.parametrize(
    "wrong", [{"chains": 0}, {"steps": 0}, {"burn_in": 10}, {"seed": -1}, {"first_chain": 2**62}]
)
def test_sizes_out_of_range(wrong):
    sizes = {"chains": 1, "steps": 10} | wrong
    with pytest.raises(ValueError, match=next(iter(wrong))):
        cpu.moments(0.5, shaping_filter(white()), **sizes)


@pytest.mark.parametrize(
    ("package", "module", "says"),
    [("numba", "compiled", r"curseproof\[fast\]"), ("triton", "gpu", "Triton")],
)
def test_without_the_package(monkeypatch, package, module, says):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"numerics.simulate.{module}", raising=False)
    with pytest.raises(ImportError, match=says):
        importlib.import_module(f"numerics.simulate.{module}")


IN_TRITON = """
import json, sys
import numpy as np
from numerics.simulate.filters import ShapingFilter
from numerics.simulate.gpu import moments

filters, poles = json.load(sys.stdin)
for A, B, C, D in filters:
    x = ShapingFilter(np.array(A).reshape(len(B), len(B)), np.array(B), np.array(C), D)
    run = moments([complex(*p) for p in poles], x, 130, 22, 5, 2**40 + 3, 2**33, device="cpu")
    print(json.dumps([run.h.tolist(), run.dh_dlam.tolist()]))
"""


@pytest.mark.slow
def test_triton_kernel_agrees():
    """In Triton's interpreter; draws may be off by what float32 does to both sides' arithmetic."""
    pytest.importorskip("triton", reason="Triton is not installed")
    poles = EIGENVALUES[:3]
    filters = [shaping_filter(INPUTS[name]) for name in ("white", "slow")]
    filters.append(moving_average_filter([1, -2, 0.5]))
    done = subprocess.run(
        [sys.executable, "-c", IN_TRITON],
        input=json.dumps(
            [
                [(x.A.tolist(), x.B.tolist(), x.C.tolist(), x.D) for x in filters],
                [(p.real, p.imag) for p in poles],
            ]
        ),
        env=os.environ | {"TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    arguments = {"seed": 2**40 + 3, "first_chain": 2**33}
    z = cpu.inputs(shaping_filter(white()), 130, 24, **arguments)
    for x, line in zip(filters, done.stdout.splitlines(), strict=True):
        theirs = json.loads(line)
        ours = cpu.moments(poles, x, 130, 22, 5, **arguments)
        # pairs shorter than 2⁻¹⁰ come with probability 2⁻²¹ each
        moved = filtered(x, 2 * draw_error(z), 2.0**-11)[:, :22]
        samples = cpu.inputs(x, 130, 22, **arguments)
        for k, pole in enumerate(poles):
            run, error = simulate(samples, pole), simulate(moved, abs(pole))
            for mine, other, state, e in (
                (ours.h[k], theirs[0][k], run.h, error.h),
                (ours.dh_dlam[k], theirs[1][k], run.dh_dlam, error.dh_dlam),
            ):
                tolerance = np.mean((2 * np.abs(state) * e + e**2)[:, 5:], axis=1)
                assert np.all(np.abs(mine - other) <= tolerance)


def filtered(x: ShapingFilter, e, start):
    """What a filter can make of inputs up to e in modulus, and draws for ξ_0 up to `start`."""
    A, B, C, S = map(np.abs, (x.A, x.B, x.C, x.start))
    xi = np.tile(S.sum(axis=1) * start, (len(e), 1))
    out = np.empty_like(e)
    for t in range(e.shape[1]):
        out[:, t] = xi @ C + abs(x.D) * e[:, t]
        xi = xi @ A.T + np.outer(e[:, t], B)
    return out
