"""Names that engines accept: DNS-1123 labels with a readable tail, and a short hash where reading is ambiguous."""

from __future__ import annotations

import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import chain, count

HASH_LENGTH = 8
_PLAIN = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")
_ILLEGAL = re.compile(r"[^a-z0-9]+")


def dns_label(name: str, limit: int = 63) -> str:
    """A DNS-1123 label for a name; different names give different labels.

    A dotted lower-case name keeps its words; any other gets a hash of the full name, because then another name could
    read the same (`a.b_c` and `a_b.c`).

    Args:
        name: Any non-empty string.
        limit: The longest label in characters, at least 16.

    Example:
        >>> dns_label("penguins.pipeline")
        'penguins-pipeline'
        >>> dns_label("penguins.fit_species")
        'penguins-fit-species-bcc8c829'
    """
    slug = _slug(name)
    if _PLAIN.fullmatch(name) and len(slug) <= limit:
        return slug
    tail = slug[-(limit - HASH_LENGTH - 1) :].strip("-")
    return f"{tail or 'x'}-{_hash(name)}"


def unique_labels(names: Sequence[str]) -> dict[str, str]:
    """A short label for each of several dotted names: the last part where that is enough to tell them apart.

    Example:
        >>> unique_labels(["penguins.fit_species", "penguins.load", "birds.load"])
        {'penguins.fit_species': 'fit-species', 'penguins.load': 'penguins-load', 'birds.load': 'birds-load'}
    """
    distinct = list(dict.fromkeys(names))
    return _settle(distinct, {name: _slug(name.rpartition(".")[2]) for name in distinct})


def _settle(names: Sequence[str], short: dict[str, str]) -> dict[str, str]:
    counts = Counter(short.values())
    longer = {name: label if counts[label] == 1 and _legal(label) else dns_label(name) for name, label in short.items()}
    clashes = Counter(longer.values())
    return {name: longer[name] if clashes[longer[name]] == 1 else _hashed(name) for name in names}


def _legal(label: str) -> bool:
    return 0 < len(label) <= 63 and label[0].isalpha()


def _hashed(name: str) -> str:
    tail = _slug(name)[-(62 - HASH_LENGTH) :].strip("-")
    return f"{tail or 'x'}-{_hash(name)}"


def _slug(name: str) -> str:
    slug = _ILLEGAL.sub("-", name.lower()).strip("-")
    return slug if slug[:1].isalpha() else f"x{'-' if slug else ''}{slug}"


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]


def identifier(name: str) -> str:
    """A Python identifier in ASCII that reads like a name and is no keyword; different names may give the same one.

    Example:
        >>> identifier("fit-adelie"), identifier("2 fast"), identifier("class")
        ('fit_adelie', 'n2_fast', 'class_')
    """
    word = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_") or "n"
    word = word if word[0].isalpha() else f"n{word}"
    return f"{word}_" if keyword.iskeyword(word) else word


def unique_identifiers(words: Mapping[str, str]) -> dict[str, str]:
    """A readable identifier for each of several things: their words, with the key where a word occurs more than once.

    Args:
        words: A word for each key, such as a task's name for each node id.

    Example:
        >>> unique_identifiers({"n0": "load", "n1": "fit", "n2": "fit"})
        {'n0': 'load', 'n1': 'fit_n1', 'n2': 'fit_n2'}
    """
    plain = {key: identifier(word) for key, word in words.items()}
    counts = Counter(plain.values())
    taken = {word for word, times in counts.items() if times == 1}
    result: dict[str, str] = {}
    for key, word in plain.items():
        result[key] = word if counts[word] == 1 else _free(identifier(f"{word}_{key}"), taken)
        taken.add(result[key])
    return result


def _free(word: str, taken: Set[str]) -> str:
    numbered = (f"{word}_{number}" for number in count(2))
    return next(candidate for candidate in chain([word], numbered) if candidate not in taken)
