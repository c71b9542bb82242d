"""What the server that workers are forked from imports once, so that each starts at once."""

import atexit
import gc
import signal
from contextlib import suppress

import scipy.optimize  # noqa: F401  # by the first descent otherwise, in each worker

from verify.judging.methods import METHODS

for method in METHODS:
    with suppress(ModuleNotFoundError):
        _ = method.module

# an interrupt that came meanwhile was for the parent; from now on each worker answers for itself
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
signal.signal(signal.SIGINT, signal.default_int_handler)

gc.freeze()  # a collection would write to every page, and so copy what the workers share
atexit.register(gc.unfreeze)  # what is never freed is reported as leaked by some
