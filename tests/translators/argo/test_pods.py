"""Environment, secrets, accounts and rights of the pods."""

from __future__ import annotations

import pytest

from jetbridge.errors import TranslationError, UsageError
from jetbridge_translators.work import SecretRef
from tests.translators.argo.files import env, leaf, objects
from tests.translators.argo.plans import container_work, penguins, plan, settings, spark_work, step


def test_pods_run_without_rights() -> None:
    made = leaf(penguins())
    assert made["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 8737,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert made["container"]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert made["volumes"] == [{"name": "tmp", "emptyDir": {}}]
    assert made["container"]["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 -- a folder of the container


def test_an_image_that_writes_elsewhere_may() -> None:
    made = leaf(penguins(), settings(root_filesystem="writable"))
    assert "readOnlyRootFilesystem" not in made["container"]["securityContext"]
    assert "volumes" not in made
    assert "volumeMounts" not in made["container"]
    with pytest.raises(UsageError, match="--root-filesystem cannot be 'none'"):
        leaf(penguins(), settings(root_filesystem="none"))


def test_the_image_s_own_user() -> None:
    assert "runAsUser" not in leaf(penguins(), settings(run_as_user="image"))["securityContext"]


def test_without_a_token_argo_s_own_containers_need_an_account() -> None:
    made = leaf(penguins(), settings(executor_service_account="argo-executor"))
    assert made["automountServiceAccountToken"] is False
    assert made["executor"] == {"serviceAccountName": "argo-executor"}
    assert "automountServiceAccountToken" not in leaf(penguins())


def test_namespace_and_account_of_both_objects() -> None:
    for item in objects(penguins(), settings(namespace="flows", service_account="runner")):
        assert item["metadata"]["namespace"] == "flows"
        assert item["spec"]["serviceAccountName"] == "runner"


def test_the_store_s_address_and_credentials() -> None:
    container = leaf(penguins(), settings(**{"store-secret": "s3", "store-endpoint": "http://minio:9000"}))["container"]
    assert container["envFrom"] == [{"secretRef": {"name": "s3"}}]
    assert env(container) == {"AWS_ENDPOINT_URL": "http://minio:9000", "AWS_ALLOW_HTTP": "true"}
    assert "AWS_ALLOW_HTTP" not in env(leaf(penguins(), settings(store_endpoint="https://s3.acme"))["container"])


def test_the_task_s_own_variable_counts() -> None:
    work = container_work(env=(("AWS_ENDPOINT_URL", "https://own"),))
    container = leaf(plan(step("n0", work)), settings(store_endpoint="https://s3.acme"))["container"]
    assert container["env"] == [{"name": "AWS_ENDPOINT_URL", "value": "https://own"}]


def test_secrets_are_variables_by_reference() -> None:
    work = container_work(
        secrets=(SecretRef("db", "Password"), SecretRef("db", "user", env_var="DB_USER", mount="env_var"))
    )
    found = env(leaf(plan(step("n0", work)))["container"])
    reference = {"name": "db", "key": "Password", "optional": True}
    assert found["_FSEC_DB_PASSWORD"] == {"secretKeyRef": reference}
    assert found["DB_USER"] == found["_FSEC_DB_USER"]
    assert found["FLYTE_SECRETS_ENV_PREFIX"] == "_FSEC_"


def test_secrets_are_files_where_the_task_says_so() -> None:
    secrets = tuple(SecretRef("tls", key, mount="file", env_var=f"{key}_PATH") for key in ("KEY", "CERT"))
    made = leaf(plan(step("n0", container_work(secrets=secrets))))
    items = [{"key": "CERT", "path": "cert"}, {"key": "KEY", "path": "key"}]
    assert made["volumes"][1:] == [
        {"name": "secret-tls", "secret": {"secretName": "tls", "items": items, "optional": True}}
    ]
    mount = {"name": "secret-tls", "mountPath": "/etc/flyte/secrets/tls", "readOnly": True}
    assert made["container"]["volumeMounts"][1:] == [mount]
    assert env(made["container"])["KEY_PATH"] == "/etc/flyte/secrets/tls/key"
    assert env(made["container"])["FLYTE_SECRETS_DEFAULT_DIR"] == "/etc/flyte/secrets"


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (SecretRef("", "key"), "does not name a Kubernetes Secret"),
        (SecretRef("My Secret", "key"), "does not name a Kubernetes Secret"),
        (SecretRef("db", "a/b"), "does not name a Kubernetes Secret"),
        (SecretRef("db", "key", mount="tape"), "unknown mount 'tape'"),
        (SecretRef("db", "key", env_var="A B"), "asks for the variable 'A B'"),
    ],
)
def test_secrets_that_kubernetes_cannot_have(secret: SecretRef, message: str) -> None:
    with pytest.raises(TranslationError, match=message):
        objects(plan(step("n0", container_work(secrets=(secret,)))))


def test_requests_and_limits() -> None:
    resources = leaf(penguins())["container"]["resources"]
    assert resources == {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}


def test_an_object_is_created_owned_and_watched() -> None:
    resource = leaf(plan(step("n0", spark_work(conf="2"))))["resource"]
    assert resource["action"] == "create"
    assert resource["setOwnerReference"] is True
    assert resource["successCondition"] == "status.applicationState.state == COMPLETED"
    assert resource["failureCondition"] == "status.applicationState.state in (FAILED, SUBMISSION_FAILED)"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"namespace": "My Space"}, "--namespace cannot be 'My Space'"),
        ({"store_secret": "{{x}}"}, "--store-secret cannot be"),
        ({"store_endpoint": "minio:9000"}, "--store-endpoint cannot be 'minio:9000'"),
        ({"run_as_user": "0"}, "--run-as-user cannot be '0'"),
        ({"target": "2.12"}, "there is no target '2.12'"),
        ({"store": "/tmp/store"}, "is a folder of this machine"),  # noqa: S108
        ({"store": "file:///store"}, "is a folder of this machine"),
        ({"store": "s3://{{workflow.name}}"}, "holds characters that Argo would replace"),
    ],
)
def test_settings_that_cannot_be_used(options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        objects(penguins(), settings(**options))
