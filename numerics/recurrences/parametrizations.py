"""How linear recurrences are written in real, freely trained parameters (paper §4, App. B).

Each function takes named parameters to the system they stand for. All parameters may have the
same leading axes: one entry for each of many systems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from numerics.recurrences.linear import BlockSystem, DiagonalSystem, System

Parameters = Mapping[str, Tensor]
Realization = Callable[[Parameters], System]


def dense(p: Parameters) -> BlockSystem:
    """A system by its matrices as they are.

    Args:
        p: A, (…, d, d); B, (…, d, d_in); C, (…, d_out, d); D, (…, d_out, d_in).

    """
    A, B, C = (p[name].unsqueeze(-3) for name in "ABC")
    return BlockSystem(A, B, C, p["D"])


def block(p: Parameters) -> BlockSystem:
    """A system by its matrices as they are, with A's diagonal blocks in place of A.

    Args:
        p: A, (…, blocks, size, size), d = blocks · size; B, C and D as for `dense`.

    """
    split = p["A"].shape[-3:-1]
    B, C = p["B"].unflatten(-2, split), p["C"].mT.unflatten(-2, split).mT
    return BlockSystem(p["A"], B, C, p["D"])


def diagonal(p: Parameters) -> DiagonalSystem:
    """A system by the real and imaginary parts of its eigenvalues λ and matrices B and C; and D.

    Args:
        p: lambda_re and lambda_im, (…, d); B_re and B_im, (…, d, d_in); C_re and C_im,
            (…, d_out, d); D, (…, d_out, d_in).

    Examples:
        >>> import torch
        >>> from numerics.recurrences import diagonal
        >>> from numerics.training import draw_diagonal
        >>> system = diagonal(draw_diagonal(4, 0.9, torch.Generator().manual_seed(0)))
        >>> system.impulse_response(100).shape
        torch.Size([1, 1, 100])

    """
    lam, B, C = (_complex(p, name) for name in ("lambda", "B", "C"))
    return DiagonalSystem(lam, B, C, p["D"])


def lru(p: Parameters) -> DiagonalSystem:
    """λ = exp(−exp ω_ν + i exp ω_θ), input weights exp(ω_γ) B.

    Source: Orvieto et al. (2023), §3; the angle lies in (0, ∞), which with y = Re(C h) is no
    loss: a state may be conjugated.

    Args:
        p: omega_nu, omega_theta and omega_gamma, (…, d); B, C and D as for `diagonal`.

    """
    lam = torch.exp(torch.complex(-torch.exp(p["omega_nu"]), torch.exp(p["omega_theta"])))
    gamma = torch.exp(p["omega_gamma"]).unsqueeze(-1)
    return DiagonalSystem(lam, gamma * _complex(p, "B"), _complex(p, "C"), p["D"])


def s4(p: Parameters) -> DiagonalSystem:
    """Continuous poles a = −exp(a_log_decay) + i a_im, inputs held for Δ = exp(log_step).

    λ = exp(Δ a), input weights (λ − 1)/a · B. Source: Gu et al. (2022), S4D §3.

    Args:
        p: a_log_decay and a_im, (…, d); log_step, (…, d) or (…, 1); B, C and D as for `diagonal`.

    """
    pole = torch.complex(-torch.exp(p["a_log_decay"]), p["a_im"])
    exponent = torch.exp(p["log_step"]) * pole
    held = (torch.expm1(exponent) / pole).unsqueeze(-1)
    return DiagonalSystem(torch.exp(exponent), held * _complex(p, "B"), _complex(p, "C"), p["D"])


def diagonal_as_lru(p: Parameters) -> dict[str, Tensor]:
    """The LRU parameters of a diagonal system, γ = sqrt(1 − |λ|²).

    Args:
        p: as for `diagonal`: lambda_re and lambda_im, (…, d), and so on.

    Returns:
        Parameters as for `lru`: omega_nu, omega_theta and omega_gamma, (…, d), and so on.

    Raises:
        ValueError: if an eigenvalue is not of 0 < |λ| < 1, or is real and positive.

    """
    lam, B, C = (_complex(p, name) for name in ("lambda", "B", "C"))
    modulus, angle = lam.abs(), lam.angle()
    wrong = (modulus <= 0) | (modulus >= 1) | (angle == 0)
    if wrong.any():
        raise ValueError(
            f"lambda: an LRU needs 0 < |λ| < 1 and an angle other than 0, not {lam[wrong][0]:.6g}"
        )
    below = angle < 0
    B = torch.where(below.unsqueeze(-1), B.conj(), B).resolve_conj()
    C = torch.where(below.unsqueeze(-2), C.conj(), C).resolve_conj()
    gamma = torch.sqrt((1 - modulus) * (1 + modulus))
    B = B / gamma.unsqueeze(-1)
    return {
        "omega_nu": torch.log(-torch.log(modulus)),
        "omega_theta": torch.log(angle.abs()),
        "omega_gamma": torch.log(gamma),
        **{"B_re": B.real, "B_im": B.imag, "C_re": C.real, "C_im": C.imag, "D": p["D"]},
    }


def _complex(p: Parameters, name: str) -> Tensor:
    return torch.complex(p[f"{name}_re"], p[f"{name}_im"])
