"""Linear networks in JAX, as one would write them: a scan over time, differentiated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

Parameters = Mapping[str, Any]
Outputs = Callable[[Parameters, Any], Any]


def dense_outputs(p: Parameters, x: Any) -> Any:
    """y_t = C h_t + D x_t with h_t = A h_{t−1} + B x_t, for x of shape (batch, steps, d_in)."""

    def step(h: Any, u: Any) -> tuple[Any, Any]:
        h = h @ p["A"].T + u @ p["B"].T
        return h, h @ p["C"].T + u @ p["D"].T

    start = jnp.zeros((x.shape[0], p["A"].shape[0]), x.dtype)
    _, y = jax.lax.scan(step, start, jnp.swapaxes(x, 0, 1))
    return jnp.swapaxes(y, 0, 1)


def lru_outputs(p: Parameters, x: Any) -> Any:
    """The linear recurrent unit by a parallel scan (Orvieto et al., 2023, App. A)."""
    lam = jnp.exp(-jnp.exp(p["nu_log"]) + 1j * jnp.exp(p["theta_log"]))
    B = (p["B_re"] + 1j * p["B_im"]) * jnp.exp(p["gamma_log"])[:, None]
    h = _associative_states(lam, x @ B.T)
    return (h @ (p["C_re"] + 1j * p["C_im"]).T).real + x @ p["D"].T


def _associative_states(lam: Any, u: Any) -> Any:
    """The states h_t = λ h_{t−1} + u_t, for u of shape (batch, steps, d)."""

    def combine(first: Any, second: Any) -> tuple[Any, Any]:
        return second[0] * first[0], second[0] * first[1] + second[1]

    return jax.lax.associative_scan(combine, (jnp.broadcast_to(lam, u.shape), u), axis=1)[1]


def scan(lam: Any, u: Any, associative: bool) -> Callable[[], Any]:
    """The states h_t = λ h_{t−1} + u_t, and the gradients by both where that by h is u."""

    def states(lam: Any, u: Any) -> Any:
        if associative:
            return _associative_states(lam, u)

        def step(h: Any, now: Any) -> tuple[Any, Any]:
            h = lam * h + now
            return h, h

        return jnp.swapaxes(jax.lax.scan(step, u[:, 0] * 0, jnp.swapaxes(u, 0, 1))[1], 0, 1)

    @jax.jit
    def both_ways(lam: Any, u: Any) -> Any:
        h, pull = jax.vjp(states, lam, u)
        return h, pull(u)

    return lambda: jax.block_until_ready(both_ways(lam, u))


def hessian(p: Parameters, x: Any) -> Callable[[], Any]:
    """All second derivatives of a dense network's error where it equals its teacher."""
    y = dense_outputs(p, x)
    flat, unflat = ravel_pytree(dict(p))
    loss = jax.jit(jax.hessian(lambda v: jnp.mean((dense_outputs(unflat(v), x) - y) ** 2)))
    return lambda: loss(flat).block_until_ready()


def gauss_newton(p: Parameters, x: Any) -> Callable[[], Any]:
    """The Hessian where a network equals its teacher, from the outputs' first derivatives alone.

    They are taken in forward mode.
    """
    flat, unflat = ravel_pytree(dict(p))

    @jax.jit
    def product(v: Any) -> Any:
        J = jax.jacfwd(lambda v: dense_outputs(unflat(v), x).ravel())(v)
        return 2 / J.shape[0] * J.T @ J

    return lambda: product(flat).block_until_ready()


def adam_steps(
    outputs: Outputs,
    p: Parameters,
    x: Any,
    y: Any,
    rate: float,
    count: int,
) -> Callable[[], Any]:
    """`count` steps of Adam on the mean squared error, compiled one by one."""

    @jax.jit
    def step(state: Any, t: Any) -> Any:
        p, mean, square = state
        gradient = jax.grad(lambda p: jnp.mean((outputs(p, x) - y) ** 2))(p)
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradient)
        p = jax.tree.map(
            lambda v, m, s: v - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8),
            *(p, mean, square),
        )
        return p, mean, square

    zeros = jax.tree.map(jnp.zeros_like, dict(p))

    def run() -> Any:
        state = dict(p), zeros, zeros
        for t in range(1, count + 1):
            state = step(state, t)
        return jax.block_until_ready(state[0])

    return run
