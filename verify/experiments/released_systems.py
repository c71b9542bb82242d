"""Teachers, students and batches of §4.3 as the released code draws them, seed by seed.

A system of the same seed starts from the same numbers as there, to single precision's roundings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerics.recurrences import DiagonalSystem, Parameters, Realization, block, diagonal, lru
from numerics.training.initial import slowed
from verify.experiments.jax_random import (
    Floats,
    Key,
    fan_in_normal,
    key_of,
    key_of_parameter,
    normal,
    split,
    uniform,
)

TEACHER, STUDENT, STEPS = 10, 64, 300
BATCH, BATCHES = 128, 100  # sequences in a batch, and batches in an epoch
HEADS = {"dense": 1, **{f"{heads} heads": heads for heads in (2, 4, 8, 16, 32)}}
_OF_HEADS = "VmapVmapRNNBase_0"  # the module that has the heads' matrices

_Draw = Callable[[Key, float, float], dict[str, Any]]


def teacher(memory: float, angle: float, seed: int) -> dict[str, Tensor]:
    """A dense system of 10 states, scalar in and out.

    Args:
        memory: the least modulus ν₀ of its eigenvalues, 0 ≤ ν₀ < 1.
        angle: the largest angle θ₀, above 0 and at most π.
        seed: of its key; all published runs have 42.

    Returns:
        A, (10, 10); B, (10, 1); C, (1, 10); D, (1, 1): float64.

    """
    of_A, of_B, of_C, of_D = split(key_of(seed), 4)
    return _tensors(
        A=_recurrent(of_A, TEACHER, memory, angle),
        B=normal(of_B, TEACHER, 1),
        C=normal(of_C, 1, TEACHER) / np.sqrt(np.float32(TEACHER)),
        D=normal(of_D, 1, 1),
    )


def students(
    kind: str,
    memory: float,
    angle: float,
    seeds: Sequence[int],
    memory_of_heads: float = 0,
) -> tuple[Realization, dict[str, Tensor]]:
    """Students of a kind, one for each seed, and what their parameters stand for.

    Args:
        kind: "dense", "8 heads" and so on, "64 heads of 2", "diagonal", "diagonal with gamma",
            "lru" or "s4".
        memory: the least modulus ν₀ of a diagonal student's eigenvalues.
        angle: the largest angle, θ₀.
        seeds: one per run; published are those from 2023 to 2032.
        memory_of_heads: the least modulus of eigenvalues of dense students, and of heads; 0 as
            released.

    Returns:
        The realization, and its parameters with the seeds' axis first: float64.

    """
    keys = [split(key_of(seed), 3)[1] for seed in seeds]
    if kind in _DIAGONAL:
        realization, draw = _DIAGONAL[kind]
    else:
        realization, draw, memory = block, _draw_heads(kind), memory_of_heads
    drawn = [draw(key, memory, angle) for key in keys]
    return realization, _tensors(**{name: np.stack([d[name] for d in drawn]) for name in drawn[0]})


def batches(seeds: Sequence[int], epochs: int) -> Iterator[Floats]:
    """The inputs of each step, (seeds, 128, 300, 1), fresh ones in each of an epoch's 100."""
    keys = np.stack([key_of(seed + 1) for seed in seeds])
    for _ in range(epochs):
        keys = split(keys)[:, 0]
        for of_batch in np.moveaxis(split(keys, BATCHES), 1, 0):
            yield normal(split(split(of_batch, BATCH))[..., 0, :], STEPS, 1)


def _recurrent(key: Key, size: int, slowest: float, angle: float) -> Floats:
    drawn = torch.from_numpy(normal(key, size, size) / np.sqrt(np.float32(size)))
    return slowed(drawn, slowest, angle).numpy()


def _draw_heads(kind: str) -> _Draw:
    heads, d = (64, 2 * STUDENT) if kind == "64 heads of 2" else (HEADS[kind], STUDENT)

    def draw(key: Key, memory: float, angle: float) -> dict[str, Floats]:
        of_heads = (key_of_parameter(one, _OF_HEADS, 1) for one in split(key, heads))
        return {
            "A": np.stack([_recurrent(one, d // heads, memory, angle) for one in of_heads]),
            "B": fan_in_normal(key_of_parameter(key, "B", 1), 1, d).T,
            "C": fan_in_normal(key_of_parameter(key, "C", 1), d, 1).T,
            "D": fan_in_normal(key_of_parameter(key, "D", 1), 1, 1),
        }

    return draw


def _ring(key: Key, memory: float, angle: float) -> tuple[Floats, Floats]:
    """Moduli and angles, uniform in area on the ring ν₀ ≤ |λ| < 1, of angles modulo 2π."""
    of_modulus, of_angle = split(key)
    return _moduli(of_modulus, memory), np.mod(
        uniform(of_angle, STUDENT, lower=-angle, upper=angle), 2 * math.pi
    )


def _moduli(key: Key, memory: float) -> Floats:
    moduli: Floats = np.sqrt(uniform(key, STUDENT) * (1 - memory**2) + memory**2)
    return moduli


def _weights(key: Key, first: int) -> dict[str, Floats]:
    """B, C and D of a diagonal system, the first of them the module's parameter of that number."""
    keys = [key_of_parameter(key, first + place) for place in range(5)]
    return {
        "B_re": normal(keys[0], STUDENT, 1) / np.sqrt(np.float32(STUDENT)),
        "B_im": normal(keys[1], STUDENT, 1) / np.sqrt(np.float32(STUDENT)),
        "C_re": normal(keys[2], 1, STUDENT),
        "C_im": normal(keys[3], 1, STUDENT),
        "D": normal(keys[4], 1, 1),
    }


def _draw_lru(key: Key, memory: float, angle: float) -> dict[str, Floats]:
    modulus, theta = _ring(key_of_parameter(key, 1), memory, angle)
    return {
        "nu_log": np.log(-np.log(modulus)),
        "theta_log": np.log(theta),
        "gamma_log": np.log(np.sqrt(1 - modulus**2)),
        **_weights(key, 3),
    }


def _draw_diagonal(key: Key, memory: float, angle: float) -> dict[str, Floats]:
    return {**_cartesian(key, memory, angle), **_weights(key, 2)}


def _draw_diagonal_with_gamma(key: Key, memory: float, angle: float) -> dict[str, Floats]:
    found = _cartesian(key, memory, angle)
    # Re λ and Im λ are taken for modulus and angle there, so that this is not sqrt(1 − |λ|²)
    return {**found, "gamma": np.sqrt(1 - found["lambda_re"] ** 2), **_weights(key, 3)}


def _cartesian(key: Key, memory: float, angle: float) -> dict[str, Floats]:
    modulus, theta = _ring(key_of_parameter(key, 1), memory, angle)
    return {"lambda_re": modulus * np.cos(theta), "lambda_im": modulus * np.sin(theta)}


def _diagonal_with_gamma(p: Parameters) -> DiagonalSystem:
    """A diagonal system whose input weights are γ B."""
    system = diagonal(p)
    return system._replace(B=p["gamma"].unsqueeze(-1) * system.B)


def _draw_s4(key: Key, memory: float, _: float) -> dict[str, Floats]:
    of_step, of_pole, *of_weights = (key_of_parameter(key, place) for place in range(1, 8))
    step = np.log(np.expm1(-np.log(_moduli(of_step, memory))))
    B_re, B_im, C_re, C_im = (normal(one, 1, STUDENT) for one in of_weights[:4])
    return {
        "step": step,  # of which the softplus is Δ
        "a_re": np.full_like(step, -1),
        # over the parameter, where over Δ may have been meant
        "a_im": uniform(of_pole, STUDENT) * np.float32(2 * math.pi) / step,
        **{"B_re": B_re.T, "B_im": B_im.T, "C_re": C_re, "C_im": C_im},
        "D": normal(of_weights[4], 1, 1),
    }


def s4(p: Parameters) -> DiagonalSystem:
    """S4 as released: λ = exp(Δ a), Δ = softplus(step), input weights Δ B.

    Args:
        p: step, a_re and a_im, (…, d); B, C and D as for `numerics.recurrences.diagonal`.

    """
    step = torch.nn.functional.softplus(p["step"])
    lam = torch.exp(step * torch.complex(p["a_re"], p["a_im"]))
    B, C = (torch.complex(p[f"{name}_re"], p[f"{name}_im"]) for name in "BC")
    return DiagonalSystem(lam, step.unsqueeze(-1) * B, C, p["D"])


_DIAGONAL: Mapping[str, tuple[Realization, _Draw]] = {
    "diagonal": (diagonal, _draw_diagonal),
    "diagonal with gamma": (_diagonal_with_gamma, _draw_diagonal_with_gamma),
    "lru": (lru, _draw_lru),
    "s4": (s4, _draw_s4),
}


def _tensors(**arrays: NDArray[Any]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(a.astype(np.float64)) for name, a in arrays.items()}
