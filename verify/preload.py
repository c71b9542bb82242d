"""Imported once by the server that workers are forked from, so that each starts at once."""

import torch
import torch._dynamo  # for more than a second, by the first forward-mode derivative otherwise

import verify.methods.algebra
import verify.methods.autograd
import verify.methods.experiment
import verify.methods.limit
import verify.methods.lyapunov
import verify.methods.polynomials
import verify.methods.series
import verify.methods.simulation
import verify.methods.spectral  # noqa: F401

# one worker per core; threads started before a fork would be lost in it
torch.set_num_threads(1)
