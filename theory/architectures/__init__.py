"""The units of the literature: their λ and γ, and what becomes of them as λ → 1."""

from theory.architectures.pairs import ARCHITECTURES, Architecture, Parametrization

__all__ = ["ARCHITECTURES", "Architecture", "Parametrization"]
