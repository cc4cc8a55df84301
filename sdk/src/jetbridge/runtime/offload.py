"""Large outputs as files of their own, as Flyte's propeller asks for by environment variables."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import Literal, LiteralMap, LiteralType
from jetbridge.store import join

MIN_SIZE = "_F_L_MIN_SIZE_MB"
MAX_SIZE = "_F_L_MAX_SIZE_MB"


@dataclass(frozen=True, slots=True)
class Offloaded:
    """Outputs with references in place of large literals, and those literals by file name."""

    outputs: LiteralMap
    files: Mapping[str, Literal]


def offload(
    outputs: LiteralMap, types: Mapping[str, LiteralType], prefix: str, environ: Mapping[str, str]
) -> Offloaded:
    """Takes large literals out of a task's outputs, by flytekit's rules (`bin/entrypoint.py`).

    Args:
        outputs: The outputs.
        types: The declared type of each output.
        prefix: URI of the folder for the files.
        environ: Says from which size on literals are large, and how large they may be, in MiB; without the first
            nothing is taken out.

    Raises:
        ValueError: a literal is larger than it may be.
    """
    if MIN_SIZE not in environ:
        return Offloaded(outputs, {})
    least = int(environ[MIN_SIZE]) * 1024 * 1024
    most = int(environ.get(MAX_SIZE, "1000")) * 1024 * 1024
    for name, literal in outputs.literals.items():
        if literal.ByteSize() >= most:
            raise ValueError(
                f"Literal {name} is too large to be offloaded. "
                f"Max literal size is {most} whereas the literal size is {literal.ByteSize()} bytes"
            )
    large = {name: literal for name, literal in outputs.literals.items() if literal.ByteSize() >= least}
    kept = {name: literal for name, literal in outputs.literals.items() if name not in large}
    references = {
        name: _reference(literal, types[name], join(prefix, _file_name(name))) for name, literal in large.items()
    }
    files = {_file_name(name): literal for name, literal in large.items()}
    return Offloaded(LiteralMap(literals={**kept, **references}), files)


def _file_name(name: str) -> str:
    return f"{name}_offloaded_metadata.pb"


def _reference(literal: Literal, declared: LiteralType, uri: str) -> Literal:
    reference = Literal(hash=literal.hash or _digest(literal))
    reference.offloaded_metadata.uri = uri
    reference.offloaded_metadata.size_bytes = literal.ByteSize()
    reference.offloaded_metadata.inferred_type.CopyFrom(declared)
    return reference


def _digest(literal: Literal) -> str:
    """The hash of a literal that flytekit has (`utils/pbhash.py`), which is not propeller's."""
    text = json.dumps(MessageToDict(literal), sort_keys=True, separators=(",", ":"))
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
