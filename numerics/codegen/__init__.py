"""Code printed from expressions: what cancels is rewritten, and what is left is bounded."""

from numerics.codegen.modules import TARGETS, arguments, module_source

__all__ = ["TARGETS", "arguments", "module_source"]
