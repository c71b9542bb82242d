"""What Numba compiles: Gaussian draws, shaping filters, the recurrence and its sums of squares.

A draw is a function of (seed, stage, chain, step), whoever draws it and when: Philox4x32-10
(Salmon, Moraes, Dror and Shaw, SC 2011) gives 128 bits per counter, hence four draws by the
Box–Muller method. All is branch-free arithmetic that LLVM vectorises over LANES chains. It
stands in one file because Numba's cache looks for changes in the file of the function that is
called from outside, and in no other.

How far from Gaussian: the midpoints u of 2³¹ equally likely cells give −2 ln u a mean of
2 − 2⁻³¹ ln 2 (by Stirling's formula), float32 moves a pair of length r by at most
2⁻²² (1/r + 2r), and angles lie on a grid of 2³² points. Hence E z² = 1 within 2⁻²¹, which 10¹³
draws would begin to show. No draw is beyond 6.67, where a Gaussian is with probability 3e-11.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    from numba import njit, prange
except ImportError as error:
    raise ImportError("the CPU simulator needs Numba: pip install 'curseproof[fast]'") from error

Array = NDArray[Any]

LANES = 256  # chains side by side: many for a pass's fixed costs, few for the L1 cache
DRAWS = 4  # per counter
STEPS, START = np.uint64(0), np.uint64(1)  # which draws: for the steps, and for ξ_0
LARGEST = math.sqrt(-2 * math.log(2.0**-32)) * (1 + 2.0**-20)  # no draw is beyond

MASK = np.uint64(0xFFFFFFFF)
WORD = np.uint64(32)
ONE, SIGN = np.uint32(1), np.uint32(31)
MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)

F = np.float32
HALF = F(0.5)
UNIFORM_STEP = F(2.0**-31)
ANGLE_STEP = F(math.pi / 4 * 2.0**-31)
LN2 = F(math.log(2))
SQRT_HALF_BITS = np.int32(0x3F3504F3)
# ln(1 + f), sin and cos as in Cephes (Moshier): below 2⁻²³ relative on the intervals used
LOG = tuple(
    F(c)
    for c in (
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    )
)  # fmt: skip
SIN = tuple(F(c) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1))
COS = tuple(F(c) for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2))


@njit(forceinline=True, fastmath={"contract"})
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Four words of 32 bits from a counter of four and a key of two, each held in a uint64."""
    for _ in range(10):
        p0, p1 = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (p1 >> WORD) ^ c1 ^ k0, p1 & MASK, (p0 >> WORD) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + WEYL[0]) & MASK, (k1 + WEYL[1]) & MASK
    return c0, c1, c2, c3


@njit(forceinline=True, fastmath={"contract"})
def _minus_log(u: Any) -> Any:
    """−ln u for a normal float32 u in (0, 1]."""
    bits = F(u).view(np.int32)
    exponent = np.int32(np.int32(bits - SQRT_HALF_BITS) >> 23)
    f = np.int32(bits - np.int32(exponent << 23)).view(np.float32) - F(1)  # √½ ≤ 1 + f < √2
    p = LOG[0]
    for c in LOG[1:]:
        p = p * f + c
    return -((p * f - HALF) * f * f + f + F(exponent) * LN2)


@njit(forceinline=True, fastmath={"contract"})
def _signed(value: Any, bits: Any) -> Any:
    """A float32 with its sign flipped if the highest of 32 bits is set, whatever the others."""
    sign = np.uint32(bits) & np.uint32(0x80000000)
    return np.uint32(F(value).view(np.uint32) ^ sign).view(np.float32)


@njit(forceinline=True, fastmath={"contract"})
def box_muller(r0: Any, r1: Any) -> Any:
    """Two independent Gaussians from 31 bits for the radius, 32 for the angle and the signs.

    The angle is π/4 + δ in the first quadrant, |δ| ≤ π/4, where cos and sin are
    (cos δ ∓ sin δ)/√2; two bits too low to move δ choose the quadrant.
    """
    u = (F(np.int32(r0 >> ONE)) + HALF) * UNIFORM_STEP
    radius = math.sqrt(max(_minus_log(u), F(0)))
    delta = F(np.int32(r1)) * ANGLE_STEP
    square = delta * delta
    sin = ((SIN[0] * square + SIN[1]) * square + SIN[2]) * square * delta + delta
    cos = (((COS[0] * square + COS[1]) * square + COS[2]) * square - HALF) * square + F(1)
    a, b = radius * (cos - sin), radius * (cos + sin)
    return _signed(a, r1 << SIGN), _signed(b, (r1 >> ONE) << SIGN)


@njit(fastmath={"contract"})
def draw(seed: Any, stage: Any, chain: Any, counter: Any, words: Any, out: Any) -> None:
    """Draws 4 counter … 4 counter + 3 of chains chain … chain + LANES − 1.

    Args:
        seed: uint64.
        stage: uint64 below 2³²; each stage has draws of its own.
        chain: uint64.
        counter: uint64 below 2³².
        words: room for the random bits, uint32, shape (4, LANES).
        out: filled, float32, shape (4, LANES).

    """
    for lane in range(LANES):  # on 64 bits, hence apart from the arithmetic on 32
        index = chain + np.uint64(lane)
        words[0, lane], words[1, lane], words[2, lane], words[3, lane] = philox(
            counter, stage, index & MASK, index >> WORD, seed & MASK, seed >> WORD
        )
    for lane in range(LANES):
        out[0, lane], out[1, lane] = box_muller(words[0, lane], words[1, lane])
        out[2, lane], out[3, lane] = box_muller(words[2, lane], words[3, lane])


@njit(parallel=True, fastmath={"contract"}, cache=True)
def sum_squares(
    poles: Array, A: Array, B: Array, C: Array, S: Array, D: float, seed: Any, first: Any,
    steps: int, burn_in: int, sums: Array,
) -> None:  # fmt: skip
    """Fill sums, of shape (2, eigenvalues, chains), with Σ |h_t|² and Σ |∂h_t/∂λ|²."""
    for block in prange(sums.shape[2] // LANES):
        chain = first + np.uint64(block * LANES)
        words, e = np.empty((DRAWS, LANES), np.uint32), np.empty((DRAWS, LANES), np.float32)
        xi, x = _start(S, seed, chain, words, e), np.empty((DRAWS, LANES))
        states = np.zeros((len(poles), 6, LANES))
        counts = np.empty(DRAWS)
        for counter in range(-(-steps // DRAWS)):
            draw(seed, STEPS, chain, np.uint64(counter), words, e)
            _shape(A, B, C, D, e, xi, x)
            for step in range(DRAWS):
                counts[step] = burn_in <= counter * DRAWS + step < steps
            for k in range(len(poles)):
                if poles[k].imag == 0:
                    _advance_real(poles[k].real, x, counts, states[k])
                else:
                    _advance_complex(poles[k].real, poles[k].imag, x, counts, states[k])
        for k in range(len(poles)):
            for lane in range(LANES):
                sums[0, k, block * LANES + lane] = states[k, 4, lane]
                sums[1, k, block * LANES + lane] = states[k, 5, lane]


@njit(parallel=True, fastmath={"contract"}, cache=True)
def record(
    A: Array, B: Array, C: Array, S: Array, D: float, seed: Any, first: Any, samples: Array
) -> None:
    """Fill samples, of shape (chains, T), with the input."""
    for block in prange(samples.shape[0] // LANES):
        chain = first + np.uint64(block * LANES)
        words, e = np.empty((DRAWS, LANES), np.uint32), np.empty((DRAWS, LANES), np.float32)
        xi, x = _start(S, seed, chain, words, e), np.empty((DRAWS, LANES))
        for counter in range(samples.shape[1] // DRAWS):
            draw(seed, STEPS, chain, np.uint64(counter), words, e)
            _shape(A, B, C, D, e, xi, x)
            for step in range(DRAWS):
                for lane in range(LANES):
                    samples[block * LANES + lane, counter * DRAWS + step] = x[step, lane]


@njit(fastmath={"contract"})
def _start(S: Array, seed: Any, chain: Any, words: Array, e: Array) -> Array:
    """The filters' first states S e, and as much room again, shape (2n, LANES)."""
    xi = np.zeros((2 * len(S), LANES))
    for j in range(len(S)):
        if j % DRAWS == 0:
            draw(seed, START, chain, np.uint64(j // DRAWS), words, e)
        for i in range(len(S)):
            for lane in range(LANES):
                xi[i, lane] += S[i, j] * e[j % DRAWS, lane]
    return xi


@njit(fastmath={"contract"})
def _shape(A: Array, B: Array, C: Array, D: float, e: Array, xi: Array, x: Array) -> None:
    """DRAWS times x = C ξ + D e and ξ ← A ξ + B e; ξ has a second half to work in."""
    n = len(B)
    for step in range(DRAWS):
        for lane in range(LANES):
            x[step, lane] = D * e[step, lane]
        for i in range(n):
            for lane in range(LANES):
                x[step, lane] += C[i] * xi[i, lane]
                xi[n + i, lane] = B[i] * e[step, lane]
            for j in range(n):
                if A[i, j] != 0:
                    for lane in range(LANES):
                        xi[n + i, lane] += A[i, j] * xi[j, lane]
        for i in range(n):
            for lane in range(LANES):
                xi[i, lane] = xi[n + i, lane]


@njit(fastmath={"contract"})
def _advance_real(lam: float, x: Array, counts: Array, state: Array) -> None:
    """DRAWS steps of h and ∂h/∂λ in rows 0 and 2, and their squares added to rows 4 and 5."""
    for lane in range(LANES):
        h, s, hh, ss = state[0, lane], state[2, lane], state[4, lane], state[5, lane]
        for step in range(DRAWS):
            h, s = lam * h + x[step, lane], lam * s + h
            hh += counts[step] * h * h
            ss += counts[step] * s * s
        state[0, lane], state[2, lane], state[4, lane], state[5, lane] = h, s, hh, ss


@njit(fastmath={"contract"})
def _advance_complex(re: float, im: float, x: Array, counts: Array, state: Array) -> None:
    """DRAWS steps as in _advance_real, with the imaginary parts in rows 1 and 3."""
    for lane in range(LANES):
        h, h_im, s, s_im = state[0, lane], state[1, lane], state[2, lane], state[3, lane]
        hh, ss = state[4, lane], state[5, lane]
        for step in range(DRAWS):
            s, s_im = re * s - im * s_im + h, re * s_im + im * s + h_im
            h, h_im = re * h - im * h_im + x[step, lane], re * h_im + im * h
            hh += counts[step] * (h * h + h_im * h_im)
            ss += counts[step] * (s * s + s_im * s_im)
        state[0, lane], state[1, lane], state[2, lane], state[3, lane] = h, h_im, s, s_im
        state[4, lane], state[5, lane] = hh, ss
