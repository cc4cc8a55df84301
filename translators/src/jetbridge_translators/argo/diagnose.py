"""What a run on Argo needs of a cluster, looked at with the rights of the one who runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jetbridge_translators.argo.cluster import FORBIDDEN, NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.options import OLDEST_PATCH, ArgoOptions, read_options
from jetbridge_translators.base import Settings
from jetbridge_translators.diagnosis import FAILED, OK, UNKNOWN, WARNING, Check

_ARGO = "argoproj.io"
_CONTROLLER = "workflow-controller"
_REQUEUE = "DEFAULT_REQUEUE_TIME"
_NEEDED = frozenset(("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults"))
_TO_RUN = {
    (_ARGO, "workflows", ""): "create list watch patch",
    ("", "pods", ""): "get",
    ("", "pods", "log"): "get",
}
_TO_DEPLOY = {(_ARGO, kind, ""): "get list create patch delete" for kind in ("workflowtemplates", "cronworkflows")}
_VERSION = re.compile(r":v?(\d+)\.(\d+)\.(\d+)")


def diagnose(settings: Settings) -> Iterator[Check]:
    """The cluster that KUBECONFIG names. Raises `UsageError` when there is none."""
    options = read_options(settings)
    yield from cluster_checks(connect(options.namespace, {**os.environ, **settings.connection}), options)


def cluster_checks(cluster: Cluster, options: ArgoOptions) -> Iterator[Check]:
    """As `diagnose`, of a cluster that is connected; what cannot be reached at all ends it."""
    try:
        yield Check("cluster", OK, f"Kubernetes {cluster.ask('/version').get('gitVersion', '')}")
    except ApiError as error:
        mend = "Check that KUBECONFIG names a cluster that runs, and log in again if its credentials have expired."
        yield Check("cluster", FAILED, error.message, mend)
        return
    yield _namespace(cluster)
    yield _definitions(cluster)
    yield from _controller(cluster, options)
    yield _rights(cluster, "rights to run", _TO_RUN, FAILED)
    yield _rights(cluster, "rights to deploy", _TO_DEPLOY, WARNING)
    yield from _named(cluster, options)


def _namespace(cluster: Cluster) -> Check:
    name = cluster.namespace
    mend = f"Make it (kubectl create namespace {name}), or give another one with --namespace."
    return _there(cluster, "namespace", name, f"/api/v1/namespaces/{name}", mend)


def _there(cluster: Cluster, what: str, name: str, path: str, mend: str) -> Check:
    """Whether an object is there, as far as we may know."""
    try:
        cluster.ask(path)
    except ApiError as error:
        if error.status == NOT_FOUND:
            return Check(what, FAILED, f"there is no {name}", mend)
        if error.status == FORBIDDEN:
            return Check(what, UNKNOWN, f"{name}; we may not look whether it is there")
        return Check(what, FAILED, error.message, mend)
    return Check(what, OK, name)


def _definitions(cluster: Cluster) -> Check:
    mend = "Install Argo Workflows with its CustomResourceDefinitions: https://argo-workflows.readthedocs.io"
    try:
        found = {str(each["name"]) for each in cluster.ask(f"/apis/{_ARGO}/v1alpha1").get("resources", ())}
    except ApiError as error:
        return Check("Argo's kinds", FAILED, f"not there: {error.message}", mend)
    missing = sorted(_NEEDED - found)
    if missing:
        return Check("Argo's kinds", FAILED, f"missing: {', '.join(missing)}", mend)
    return Check("Argo's kinds", OK, f"{_ARGO}/v1alpha1")


def _controller(cluster: Cluster, options: ArgoOptions) -> Iterator[Check]:
    """The controller's version, and how long it waits between the stages of a workflow."""
    deployment = _deployment(cluster)
    if deployment is None:
        oldest = OLDEST_PATCH[options.target]
        told = f"we may not look, or it is no Deployment called {_CONTROLLER}; needed is {oldest} or newer"
        yield Check("Argo's controller", UNKNOWN, told)
        return
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    yield _version(str(container.get("image", "")), options.target)
    yield _requeue({str(each["name"]): str(each.get("value", "")) for each in container.get("env") or ()})


def _deployment(cluster: Cluster) -> Mapping[str, Any] | None:
    places = ("", "/namespaces/argo", f"/namespaces/{cluster.namespace}")
    for place in places:
        try:
            found = cluster.ask(f"/apis/apps/v1{place}/deployments").get("items", ())
        except ApiError:
            continue
        named = [each for each in found if each["metadata"]["name"].endswith(_CONTROLLER)]
        if named:
            return named[0]
    return None


def _version(image: str, target: str) -> Check:
    match, oldest = _VERSION.search(image), OLDEST_PATCH[target]
    if match is None:
        return Check("Argo's controller", UNKNOWN, f"{image}; needed is {oldest} or newer")
    found = tuple(map(int, match.groups()))
    line = f"{found[0]}.{found[1]}"
    if line != target and line in OLDEST_PATCH:
        return Check("Argo's controller", WARNING, image, f"Write for it with --target argo={line}.")
    if found < tuple(map(int, oldest.split("."))):
        return Check("Argo's controller", FAILED, image, f"Upgrade it to {oldest} or newer.")
    return Check("Argo's controller", OK, image)


def _requeue(environment: Mapping[str, str]) -> Check:
    what = "pace"
    if environment.get(_REQUEUE):
        return Check(what, OK, f"{_REQUEUE}={environment[_REQUEUE]}")
    found = "the controller waits up to 10 s between two stages of a workflow (its default)"
    return Check(what, WARNING, found, f"Set {_REQUEUE}=1s on the controller where short tasks shall follow quickly.")


def _rights(cluster: Cluster, what: str, needed: Mapping[tuple[str, str, str], str], otherwise: str) -> Check:
    missing: list[str] = []
    for (group, resource, below), verbs in needed.items():
        name = f"{resource}/{below}" if below else resource
        try:
            lacks = [verb for verb in verbs.split() if not _may(cluster, group, resource, below, verb)]
        except ApiError as error:
            return Check(what, UNKNOWN, f"we may not ask: {error.message}")
        missing += [f"{', '.join(lacks)} on {name}"] if lacks else []
    if not missing:
        return Check(what, OK)
    mend = f"Give them to your account by a Role in the namespace {cluster.namespace!r}."
    return Check(what, otherwise, f"missing: {'; '.join(missing)}", mend)


def _may(cluster: Cluster, group: str, resource: str, below: str, verb: str) -> bool:
    attributes = {"namespace": cluster.namespace, "group": group, "resource": resource, "verb": verb}
    spec = {"resourceAttributes": {**attributes, **({"subresource": below} if below else {})}}
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    answer = cluster.ask("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {**kind, "spec": spec})
    return bool(answer.get("status", {}).get("allowed"))


def _named(cluster: Cluster, options: ArgoOptions) -> Iterator[Check]:
    """What options name: accounts, and the Secret with the store's credentials."""
    place = f"/api/v1/namespaces/{cluster.namespace}"
    accounts = {
        "service-account": options.service_account,
        "executor-service-account": options.executor_service_account,
        "dynamic-service-account": options.dynamic_service_account,
    }
    for option, name in accounts.items():
        if name:
            mend = (
                f"kubectl -n {cluster.namespace} create serviceaccount {name}, with the rights that the option names."
            )
            yield _there(cluster, option, name, f"{place}/serviceaccounts/{name}", mend)
    if options.store_secret:
        mend = f"kubectl -n {cluster.namespace} create secret generic {options.store_secret} --from-literal=…"
        yield _there(cluster, "store-secret", options.store_secret, f"{place}/secrets/{options.store_secret}", mend)
