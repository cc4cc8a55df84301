"""The manifests against Argo's own schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jetbridge_translators.plan.model import Plan
from tests.translators.argo.files import objects
from tests.translators.argo.plans import everything, penguins, settings

_FOLDER = Path(__file__).parent / "schema"
_OPTIONS = {
    "namespace": "flows",
    "service-account": "runner",
    "executor-service-account": "executor",
    "store-secret": "s3",
    "store-endpoint": "http://minio:9000",
}


def schema_errors(item: Any, target: str) -> list[str]:
    """What Argo's schema finds wrong with an object."""
    schema = json.loads((_FOLDER / f"argo-{target}.json").read_text())
    reference = {"$ref": f"#/definitions/io.argoproj.workflow.v1alpha1.{item['kind']}"}
    validator: Any = Draft202012Validator({**schema, **reference})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(item)]


@pytest.mark.parametrize("target", ["3.7", "4.0"])
@pytest.mark.parametrize("make", [penguins, everything])
def test_manifests_are_valid(make: Any, target: str) -> None:
    plan: Plan = make()
    for item in objects(plan, settings(target, **_OPTIONS)):
        assert schema_errors(item, target) == []


@pytest.mark.parametrize("target", ["3.7", "4.0"])
def test_the_schema_finds_a_misspelt_key_and_a_wrong_type(target: str) -> None:
    item = objects(penguins())[0]
    leaf = item["spec"]["templates"][1]
    leaf["containr"] = leaf.pop("container")
    leaf["timeout"] = 5
    item["spec"]["arguments"]["parameters"][0]["value"] = 1
    assert len(schema_errors(item, target)) == 3
