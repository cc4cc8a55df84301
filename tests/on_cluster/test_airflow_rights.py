"""The rights of the account that Airflow has in the tests: what KubernetesPodOperator needs, and nothing more."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from tests.on_cluster.airflow_helpers import kubeconfig
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
NEEDED = {
    "pods": {"create", "delete", "get", "list", "patch"},
    "pods/log": {"get"},
    "events": {"list"},
}
WITH_SPARK = {
    "sparkapplications.sparkoperator.k8s.io": {"create", "delete", "get"},
    "sparkapplications/status.sparkoperator.k8s.io": {"create", "delete", "get"},
}
"""What SparkKubernetesOperator needs, where the cluster has the Spark operator."""
QUESTIONS = {"authentication.k8s.io", "authorization.k8s.io"}
"""What every account may ask about itself."""
REFUSED = [
    ("watch", "pods"),
    ("update", "pods"),
    ("deletecollection", "pods"),
    ("create", "pods/exec"),
    ("get", "pods/exec"),
    ("create", "pods/attach"),
    ("create", "pods/portforward"),
    ("create", "pods/eviction"),
    ("watch", "events"),
    ("get", "secrets"),
    ("list", "secrets"),
    ("get", "configmaps"),
    ("create", "serviceaccounts/token"),
    ("create", "rolebindings.rbac.authorization.k8s.io"),
    ("create", "jobs.batch"),
    ("create", "workflows.argoproj.io"),
    ("*", "*"),
]


@pytest.fixture(scope="module")
def kubectl(own_site: Site) -> list[str]:
    """kubectl with the rights of Airflow."""
    return [own_site.kubectl_program, f"--kubeconfig={kubeconfig(own_site)}"]


def _rules(kubectl: list[str], namespace: str) -> dict[str, set[str]]:
    """What Kubernetes says that the account may do, without the questions about itself."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    done = subprocess.run(
        [*kubectl, "create", "--raw", path, "-f", "-"],
        input=json.dumps(review),
        capture_output=True,
        text=True,
        check=True,
    )
    rules: list[dict[str, Any]] = json.loads(done.stdout)["status"]["resourceRules"]
    found: dict[str, set[str]] = {}
    for rule in rules:
        for group in set(rule["apiGroups"]) - QUESTIONS:
            for resource in rule["resources"]:
                found.setdefault(f"{resource}.{group}".rstrip("."), set()).update(rule["verbs"])
    return found


def test_the_rights_are_those_that_are_needed(own_site: Site, kubectl: list[str]) -> None:
    found = _rules(kubectl, own_site.namespace)
    assert {name: verbs for name, verbs in found.items() if name not in WITH_SPARK} == NEEDED
    assert {name: verbs for name, verbs in found.items() if name in WITH_SPARK} in ({}, WITH_SPARK)


def test_there_are_none_in_another_namespace(kubectl: list[str]) -> None:
    assert _rules(kubectl, "kube-system") == {}


@pytest.fixture(scope="module")
def allowed(own_site: Site, kubectl: list[str]) -> Mapping[tuple[str, str], str]:
    """What Kubernetes answers when it is asked for each of `REFUSED`; `true` for what it must allow."""
    asked = [*REFUSED, ("create", "pods")]
    reviews = [_review(own_site.namespace, verb, resource) for verb, resource in asked]
    document = {"apiVersion": "v1", "kind": "List", "items": reviews}
    command = [*kubectl, "create", "--validate=false", "-f", "-", "-o", 'jsonpath={.status.allowed}{"\\n"}']
    done = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True, check=True)
    return dict(zip(asked, done.stdout.splitlines(), strict=True))


def _review(namespace: str, verb: str, resource: str) -> dict[str, Any]:
    names, _, subresource = resource.partition("/")
    name, _, group = names.partition(".")
    asked = {"namespace": namespace, "verb": verb, "group": group, "resource": name, "subresource": subresource}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
    }


@pytest.mark.parametrize(("verb", "resource"), REFUSED)
def test_others_are_refused(allowed: Mapping[tuple[str, str], str], verb: str, resource: str) -> None:
    assert allowed["create", "pods"] == "true", "the question is understood"
    assert allowed[verb, resource] == "false"
