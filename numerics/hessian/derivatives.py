"""Hessians of any loss or model in PyTorch, exact or Gauss–Newton, and their leading eigenpairs.

Parameters are named tensors; matrices are in their order, each row-major.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor
from torch.func import grad, jvp, vjp, vmap

from numerics.recurrences import Parameters, Realization
from numerics.recurrences.lags import weighted
from numerics.recurrences.vectors import flat, unflat

Function = Callable[[Parameters], Tensor]


def at_optimum(parametrization: Realization, p: Parameters, moments: Tensor) -> Tensor:
    """The Hessian of a linear system's mean squared error where its teacher is the same system.

    There the residual vanishes and the Hessian is 2 E[∂y ∂y]; as y = q * x, the second moments
    M of the input and the Jacobian of the impulse response q give it without the batch.

    Args:
        parametrization: named parameters → system.
        p: parameters (no leading axes).
        moments: M, (d_in · steps, d_in · steps) or its diagonal; sampled or expected.

    Returns:
        (P, P) for P parameters; averaged over outputs.

    Source: paper §4.2.

    Examples:
        >>> import torch
        >>> from numerics.hessian import at_optimum
        >>> from numerics.recurrences import diagonal, white_moments
        >>> from numerics.training import draw_diagonal
        >>> teacher = draw_diagonal(4, 0.9, torch.Generator().manual_seed(0))
        >>> at_optimum(diagonal, teacher, white_moments(300)).shape
        torch.Size([25, 25])

    """
    steps = moments.shape[-1] // p["D"].shape[-1]
    J = jacobian(lambda p: parametrization(p).impulse_response(steps), p)
    J = J.mT.reshape(J.shape[1], -1, moments.shape[-1])  # (P, d_out, d_in · steps)
    return 2 / J.shape[1] * J.flatten(1) @ weighted(J, moments).flatten(1).mT


def gauss_newton(model: Function, p: Parameters) -> Tensor:
    """2 E[∂y ∂y] over all outputs y of any model: the Hessian where the residual vanishes.

    Args:
        model: parameters → outputs, of any shape.
        p: parameters.

    Returns:
        (P, P).

    Examples:
        >>> import torch
        >>> from numerics.hessian import gauss_newton
        >>> gauss_newton(lambda p: p["w"] ** 2, {"w": torch.tensor([1.0, 2.0])})
        tensor([[ 4.,  0.],
                [ 0., 16.]])

    """
    J = jacobian(model, p)
    return 2 / J.shape[0] * J.mT @ J


def jacobian(function: Function, p: Parameters) -> Tensor:
    """∂ outputs by all parameters, (outputs, P); by forward or reverse mode, whichever is less.

    Examples:
        >>> import torch
        >>> from numerics.hessian import jacobian
        >>> jacobian(lambda p: p["w"] ** 2, {"w": torch.tensor([1.0, 2.0])})
        tensor([[2., 0.],
                [0., 4.]])

    """
    point = flat(p)

    def outputs(vector: Tensor) -> Tensor:
        return function(unflat(vector, p)).flatten()

    y, pullback, *_ = vjp(outputs, point)
    if y.numel() < point.numel():
        rows: Tensor = vmap(pullback)(_eye(y))[0]
        return rows
    columns: Tensor = vmap(lambda v: jvp(outputs, (point,), (v,))[1])(_eye(point))
    return columns.mT


def exact_hessian(loss: Function, p: Parameters) -> Tensor:
    """All second derivatives of a scalar loss, anywhere: (P, P), forward over reverse mode.

    Examples:
        >>> import torch
        >>> from numerics.hessian import exact_hessian
        >>> exact_hessian(lambda p: (p["w"] ** 3).sum(), {"w": torch.tensor([1.0, 2.0])})
        tensor([[ 6.,  0.],
                [ 0., 12.]])

    """
    point = flat(p)
    return vmap(_product(loss, p))(_eye(point)).reshape(point.numel(), -1)


def hessian_product(loss: Function, p: Parameters) -> LinearOperator:
    """V ↦ H v for the exact Hessian of a scalar loss, without forming H.

    Examples:
        >>> import numpy as np
        >>> import torch
        >>> from numerics.hessian import hessian_product
        >>> point = {"w": torch.tensor([1.0, 2.0])}
        >>> product = hessian_product(lambda p: (p["w"] ** 3).sum(), point)
        >>> product @ np.array([1.0, 1.0])
        array([ 6., 12.])

    """
    product, point = _product(loss, p), flat(p)

    def apply(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        v = torch.from_numpy(vector.reshape(-1)).to(point)
        return np.asarray(product(v).detach().cpu().numpy(), dtype=float)

    size = point.numel()
    return LinearOperator((size, size), matvec=apply, dtype=np.dtype(float))


def leading_eigenpairs(
    product: LinearOperator, count: int, tolerance: float = 1e-10
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The eigenvalues largest in modulus, from the largest on, and their vectors (count, P).

    They are found by Lanczos's method with implicit restarts, from a fixed start.

    Args:
        product: v ↦ H v, H symmetric of size P.
        count: how many, less than P.
        tolerance: relative, of the eigenvalues.

    Raises:
        ValueError: if `count` is not between 1 and P − 1.

    Examples:
        >>> import torch
        >>> from numerics.hessian import hessian_product, leading_eigenpairs
        >>> point = {"w": torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)}
        >>> product = hessian_product(lambda p: (p["w"] ** 3).sum(), point)
        >>> leading_eigenpairs(product, 1)[0].round(6)
        array([18.])

    """
    size = product.shape[0]
    if not 1 <= count < size:
        raise ValueError(f"count: between 1 and {size - 1} eigenpairs are had, not {count}")
    start = np.random.default_rng(0).normal(size=size)
    values, vectors = eigsh(product, k=count, which="LM", tol=tolerance, v0=start)
    order = np.argsort(-np.abs(values))
    return values[order], vectors.T[order]


def _product(loss: Function, p: Parameters) -> Callable[[Tensor], Tensor]:
    slope, point = grad(lambda vector: loss(unflat(vector, p))), flat(p)

    def product(v: Tensor) -> Tensor:
        result: Tensor = jvp(slope, (point,), (v,))[1]
        return result

    return product


def _eye(vector: Tensor) -> Tensor:
    return torch.eye(vector.numel(), dtype=vector.dtype, device=vector.device)
