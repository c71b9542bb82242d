"""The mathematics: stationary inputs, the kernel and everything derived from it (SymPy only).

Names are imported when they are first used: claims are read without SymPy.
"""

import sys
from types import ModuleType

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


class _Package(ModuleType):
    """A package whose `kernel` and `growth` are functions, though it has modules so named."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in __all__):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
