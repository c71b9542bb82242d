"""What the server that workers are forked from imports once, so that each starts at once."""

import atexit
import gc

import torch._decomp.decompositions_for_jvp  # by the first forward-mode derivative otherwise,
import torch._dynamo  # noqa: F401  # and this too, for more than a second

from verify.judging.methods import METHODS

for method in METHODS:
    _ = method.module

gc.freeze()  # a collection would write to every page, and so copy what the workers share
atexit.register(gc.unfreeze)  # what is never freed is reported as leaked by some
