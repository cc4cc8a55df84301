"""Argo Workflows: manifests against Argo's own JSON schemas, runs on the controller of a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.conformance.case import ROOT
from tests.conformance.profile import CLUSTER, Profile, Way, Written
from tests.conformance.read_back.argo import as_expected, read
from tests.conformance.read_back.graph import ReadBack

_SCHEMAS = ROOT / "tests" / "translators" / "argo" / "schema"


def validate(written: Sequence[Written], folder: Path) -> list[str]:
    """Every place where a manifest breaks the schema of its version."""
    return [f"{one.case} {one.writing.name}: {problem}" for one in written for problem in _problems(one)]


def _problems(written: Written) -> Iterator[str]:
    for name, data in written.files.items():
        for manifest in yaml.load_all(data, Loader=yaml.CSafeLoader):
            for error in _validator(written.writing.target, manifest["kind"]).iter_errors(manifest):
                yield f"{name} {error.json_path}: {error.message}"


@cache
def _validator(target: str, kind: str) -> Any:
    schema = json.loads((_SCHEMAS / f"argo-{target}.json").read_text())
    return Draft202012Validator({**schema, "$ref": f"#/definitions/io.argoproj.workflow.v1alpha1.{kind}"})


PROFILE = Profile(
    validate=validate,
    read_back=ReadBack(read, as_expected),
    ways=(Way(name="argo", marker=CLUSTER, at_once=8, account="jetbridge-submitter"),),
)
