"""versitygw: an S3 endpoint over a folder, with credentials made for this run."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.files import write_private
from tests.cluster.paths import Paths
from tests.cluster.processes import Service
from tests.cluster.s3 import Credentials, request
from tests.cluster.settings import BUCKET, NETWORK, PORTS, REGION, S3_ENDPOINT

ADDRESS = (NETWORK.gateway, PORTS.s3)


def credentials(paths: Paths) -> Credentials:
    """This run's key pair, made at the first call; the file also serves programs on the host."""
    if not paths.s3_env.exists():
        pair = Credentials("JB" + secrets.token_hex(9).upper(), secrets.token_urlsafe(30))
        lines = {
            "AWS_ACCESS_KEY_ID": pair.key_id,
            "AWS_SECRET_ACCESS_KEY": pair.secret,
            "AWS_ENDPOINT_URL": S3_ENDPOINT,
            "AWS_REGION": REGION,
            # Clients refuse plain HTTP unless told; the endpoint is reachable from this machine and its pods only.
            "AWS_ALLOW_HTTP": "true",
        }
        write_private(paths.s3_env, "".join(f"{name}={value}\n" for name, value in lines.items()))
    values = dict(line.split("=", 1) for line in paths.s3_env.read_text().splitlines())
    return Credentials(values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"])


def gateway_service(paths: Paths, program: Path) -> Service:
    """Listens on the bridge, where pods and this host reach it, and nobody else."""
    pair = credentials(paths)
    paths.buckets.mkdir(parents=True, exist_ok=True)
    command = (str(program), "--port", f"{ADDRESS[0]}:{ADDRESS[1]}", "--region", REGION, "posix", str(paths.buckets))
    env = {"ROOT_ACCESS_KEY": pair.key_id, "ROOT_SECRET_KEY": pair.secret, "VGW_QUIET": "true"}
    return Service("gateway", command, lambda: request("GET", ADDRESS, "/", pair, REGION) == 200, env)


def create_bucket(paths: Paths) -> None:
    """Make our bucket, unless it is there."""
    status = request("PUT", ADDRESS, f"/{BUCKET}", credentials(paths), REGION)
    if status not in (200, 409):
        raise ClusterError(
            f"the S3 gateway answered {status} when asked to make the bucket {BUCKET!r}",
            f"see {paths.logs / 'gateway.log'}; its folder must be on a file system with extended attributes.",
        )
