"""Linear recurrences h_t = A h_{t−1} + B x_t from h = 0, y_t = C h_t + D x_t, in PyTorch.

A system is its impulse response q: y_t = Σ_k q_k x_{t−k}, q_k = C A^k B, with D added to q_0.
With steps = strides · width, q_{j width + i} = (C A^{j width}) (A^i B): some 2 sqrt(steps) small
products and one large one; `rollout` is the plain loop that it is tested against. Every
array may have the same leading axes, one entry for each of many systems.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from scipy.fft import next_fast_len
from torch import Tensor


class System(Protocol):
    """What a linear system can do, however its state is written."""

    def impulse_response(self, steps: int) -> Tensor:
        """The impulse response q, (…, d_out, d_in, steps)."""

    def rollout(self, x: Tensor) -> Tensor:
        """Outputs, step by step.

        Args:
            x: inputs, (…, batch, time, d_in).

        Returns:
            Outputs, (…, batch, time, d_out).

        """


class BlockSystem(NamedTuple):
    """Real states in blocks that do not see each other; a dense system has one block.

    Attributes:
        A: (…, blocks, size, size).
        B: (…, blocks, size, d_in).
        C: (…, blocks, d_out, size).
        D: (…, d_out, d_in).

    """

    A: Tensor
    B: Tensor
    C: Tensor
    D: Tensor

    def impulse_response(self, steps: int) -> Tensor:
        """The impulse response q, (…, d_out, d_in, steps)."""
        width = _width(steps)
        columns, stride = _krylov(self.A, self.B, width)
        rows = [self.C]
        while len(rows) * width < steps:
            rows.append(rows[-1] @ stride)
        d_out, d_in = self.D.shape[-2:]
        q = (torch.cat(rows, -2) @ columns).sum(-3)
        # (…, stride, d_out, lag within it, d_in)
        q = q.unflatten(-1, (width, d_in)).unflatten(-3, (-1, d_out))
        q = q.movedim((-3, -1), (-4, -3)).flatten(-2)[..., :steps]
        return _feedthrough(q, self.D)

    def rollout(self, x: Tensor) -> Tensor:
        """Outputs, step by step.

        Args:
            x: inputs, (…, batch, time, d_in).

        Returns:
            Outputs, (…, batch, time, d_out).

        """
        h, outputs = torch.zeros_like(self.B[..., :1]), []
        for u in x.unbind(-2):
            h = self.A @ h + self.B @ u.mT.unsqueeze(-3)
            outputs.append(((self.C @ h).sum(-3) + self.D @ u.mT).mT)
        return torch.stack(outputs, -2)


class DiagonalSystem(NamedTuple):
    """Complex states, each with an eigenvalue of its own; y_t = Re(C h_t) + D x_t.

    Attributes:
        lam: eigenvalues, (…, d), complex.
        B: (…, d, d_in), complex.
        C: (…, d_out, d), complex.
        D: (…, d_out, d_in), real.

    """

    lam: Tensor
    B: Tensor
    C: Tensor
    D: Tensor

    def impulse_response(self, steps: int) -> Tensor:
        """The impulse response q, (…, d_out, d_in, steps), from the eigenvalues' powers."""
        width = _width(steps)
        residues = self.C.unsqueeze(-2) * self.B.mT.unsqueeze(-3)  # (…, d_out, d_in, d)
        within = powers(self.lam, width + 1)
        strides = powers(within[..., -1], -(-steps // width)).mT
        rows = residues.unsqueeze(-2) * strides.unsqueeze(-3).unsqueeze(-3)
        q = (rows @ within[..., :-1].unsqueeze(-3).unsqueeze(-3)).real.flatten(-2)
        return _feedthrough(q[..., :steps], self.D)

    def rollout(self, x: Tensor) -> Tensor:
        """Outputs, step by step.

        Args:
            x: inputs, (…, batch, time, d_in).

        Returns:
            Outputs, (…, batch, time, d_out).

        """
        h, outputs = torch.zeros_like(self.B[..., :1]), []
        for u in x.unbind(-2):
            h = self.lam.unsqueeze(-1) * h + self.B @ u.mT.to(h.dtype)
            outputs.append(((self.C @ h).real + self.D @ u.mT).mT)
        return torch.stack(outputs, -2)


def convolve(q: Tensor, x: Tensor) -> Tensor:
    """Outputs of the system with impulse response q, by the fast Fourier transform.

    Args:
        q: impulse response, (…, d_out, d_in, time).
        x: inputs, (…, batch, time, d_in).

    Returns:
        Outputs, (…, batch, time, d_out), to about log2(time) ε of the largest one.

    """
    steps = x.shape[-2]
    length = next_fast_len(2 * steps - 1, real=True)
    spectrum = torch.fft.rfft(x.mT, length).unsqueeze(-3)  # (…, batch, 1, d_in, frequency)
    product = (torch.fft.rfft(q, length).unsqueeze(-4) * spectrum).sum(-2)
    y: Tensor = torch.fft.irfft(product, length)
    return y[..., :steps].mT


def _width(steps: int) -> int:
    """A power of two near sqrt(steps)."""
    return 1 << (steps.bit_length() // 2)


def _krylov(A: Tensor, B: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """B, A B, …, A^{width−1} B side by side, (…, d, width · d_in), and A^width; width is 2^n."""
    while width > 1:
        B = torch.cat([B, A @ B], -1)
        A = A @ A
        width //= 2
    return B, A


def powers(lam: Tensor, steps: int) -> Tensor:
    """λ^0, …, λ^{steps−1} along a new last axis.

    Args:
        lam: λ, (…).
        steps: how many.

    Returns:
        Powers, (…, steps).

    """
    found, lam = torch.ones_like(lam).unsqueeze(-1), lam.unsqueeze(-1)
    while (have := found.shape[-1]) < steps:
        found = torch.cat([found, lam * found[..., : steps - have]], -1)
        lam = lam * lam
    return found


def _feedthrough(q: Tensor, D: Tensor) -> Tensor:
    """Add D to q_0."""
    return torch.cat([q[..., :1] + D.unsqueeze(-1), q[..., 1:]], -1)
