"""The server that workers are forked from: it loads the libraries, once for all of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

from verify.claims.claim import Claim
from verify.claims.trial import Trial
from verify.judging.methods import METHODS

# what takes seconds to load, and the server loads: all that there is, unless less is expected
_libraries = {method.library for method in METHODS if method.library}


def expect(subjects: Iterable[Claim | Trial]) -> None:
    """Say what this process will judge, all of it: the server need not load what that takes not."""
    _libraries.clear()
    _libraries.update(library for subject in subjects for library in _needed(subject))


def fork_server() -> ForkServerContext:
    """How processes start: as forks of a server, which is started unless it runs already."""
    # one worker per core: more threads would wait for each other, and be lost in a fork
    os.environ["OMP_NUM_THREADS"] = "1"  # BLAS and Torch read it when the server loads them
    context = multiprocessing.get_context("forkserver")
    # each worker imports the main module anew, and with it whatever that one has imported
    loaded = (name for name in sys.modules if name.partition(".")[0] == "verify")
    # a library that is not installed is passed over
    context.set_forkserver_preload([*loaded, *_libraries, "verify.running.preload"])
    # Ctrl-C goes to the whole group: the server answers none while it loads, see `preload`
    resource_tracker.ensure_running()  # by the server otherwise, and it lets Ctrl-C through again
    answered = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, answered)
    return context


def _needed(subject: Claim | Trial) -> set[str]:
    """The libraries that take seconds to load, and not every subject needs."""
    if isinstance(subject, Trial) or subject.experiment:
        return {"torch"}
    mine = (method for method in METHODS if subject.quantity in method.quantities)
    return {method.library for method in mine}
