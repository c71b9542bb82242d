"""Optimisers for many students at once, on one vector of parameters per student."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from numerics.recurrences import Parameters
from numerics.recurrences.vectors import flat, unflat


class Optimizer(Protocol):
    """An optimiser with a state from step to step; one instance trains one batch of students."""

    def step(self, vector: Tensor, gradient: Tensor) -> Tensor:
        """What to subtract from the parameters, for unit learning rate.

        Args:
            vector: parameters, (…, P).
            gradient: of the loss by them, (…, P).

        Returns:
            The step, (…, P).

        """


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015), or AdamW (Loshchilov and Hutter, 2019) with weight decay.

    Args:
        weight_decay: the share of the parameters, times the rate, taken away at each step.

    Attributes:
        count: steps made.
        mean: the gradient's decaying mean, (…, P), not yet corrected for its start at 0.
        square: that of its square, (…, P).

    """

    decays, epsilon = (0.9, 0.999), 1e-8

    def __init__(self, weight_decay: float = 0.0) -> None:
        self.weight_decay = weight_decay
        self.count = 0
        self.mean = self.square = torch.zeros(())

    def step(self, vector: Tensor, gradient: Tensor) -> Tensor:
        """The step of Adam or AdamW, (…, P), for unit learning rate."""
        self.count, self.mean, self.square = self._after(gradient)
        return self._update(self.count, self.mean, self.square) + self.weight_decay * vector

    def response(self, gradient: Tensor) -> Tensor:
        """What a further step on this gradient would subtract; the state stays as it is.

        Args:
            gradient: of the loss, (…, P).

        Returns:
            The step, (…, P).

        """
        return self._update(*self._after(gradient))

    def scale(self) -> Tensor:
        """What the last step multiplied the mean gradient by, 1/(sqrt(v̂) + ε), (…, P)."""
        return 1 / self._size(self.count, self.square)

    def _after(self, gradient: Tensor) -> tuple[int, Tensor, Tensor]:
        keep, keep_square = self.decays
        mean = keep * self.mean + (1 - keep) * gradient
        square = keep_square * self.square + (1 - keep_square) * gradient**2
        return self.count + 1, mean, square

    def _update(self, count: int, mean: Tensor, square: Tensor) -> Tensor:
        return mean / (1 - self.decays[0] ** count) / self._size(count, square)

    def _size(self, count: int, square: Tensor) -> Tensor:
        return torch.sqrt(square / (1 - self.decays[1] ** count)) + self.epsilon


class Elementwise(Optimizer):
    """One of Torch's optimisers, if it treats each parameter by itself and looks at gradients only.

    Its rate is 1 here, and the parameters it moves are zeros, so that nothing of its step is lost.

    Args:
        make: the optimiser's class, such as `torch.optim.RMSprop`.
        options: its options, but for the learning rate and weight decay.

    """

    def __init__(self, make: type[torch.optim.Optimizer], **options: float) -> None:
        self.make, self.options = make, options
        self.inner: torch.optim.Optimizer | None = None
        self.moved = torch.zeros(())

    def step(self, vector: Tensor, gradient: Tensor) -> Tensor:
        """What the optimiser subtracts, (…, P), for unit learning rate."""
        if self.inner is None:
            self.moved = torch.zeros_like(vector)
            options: dict[str, Any] = {"lr": 1.0, **self.options}
            self.inner = self.make([self.moved], **options)
        self.moved.zero_().grad = gradient
        self.inner.step()
        return -self.moved


class Muon(Optimizer):
    """Muon (Jordan et al., 2024) for the recurrent matrices, and AdamW for all other parameters.

    The step of A is its momentum, orthogonalised and scaled to the size of Adam's steps, so that
    learning rates of the one suit the other. This is what `torch.optim.Muon` does, for all
    students' matrices at once.

    Args:
        p: one student's parameters, of any shape, or all students' behind `leading` axes.
        leading: how many axes come first.
        weight_decay: as for Adam, of all parameters.

    """

    momentum, coefficients, iterations = 0.95, (3.4445, -4.7750, 2.0315), 5

    def __init__(self, p: Parameters, leading: int = 0, weight_decay: float = 0.0) -> None:
        self.like, self.leading = p, leading
        self.adam = Adam(weight_decay)
        self.velocity = torch.zeros(())

    def step(self, vector: Tensor, gradient: Tensor) -> Tensor:
        """The step of Muon for A, of AdamW for all else, (…, P), for unit learning rate."""
        self.velocity = self.momentum * self.velocity + gradient
        update = unflat(self.adam.step(vector, gradient), self.like, self.leading)
        if "A" in self.like:
            ahead = gradient + self.momentum * self.velocity
            A, towards = (unflat(v, self.like, self.leading)["A"] for v in (vector, ahead))
            rate = 0.2 * max(A.shape[-2:]) ** 0.5
            update["A"] = rate * self._orthogonal(towards) + self.adam.weight_decay * A
        return flat(update, self.leading)

    def _orthogonal(self, matrix: Tensor) -> Tensor:
        """U Vᵀ of U diag(s) Vᵀ, nearly: singular values go through an odd polynomial, iterated."""
        a, b, c = self.coefficients
        size = torch.linalg.matrix_norm(matrix, keepdim=True)
        matrix = matrix / size.clamp(min=1e-7)
        for _ in range(self.iterations):
            gram = matrix @ matrix.mT
            matrix = a * matrix + (b * gram + c * gram @ gram) @ matrix
        return matrix
