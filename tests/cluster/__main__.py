"""`python3 -m tests.cluster VERB`: the test cluster from the command line."""

from __future__ import annotations

import argparse
import os
import sys

from tests.cluster import settings
from tests.cluster.build import default_builder
from tests.cluster.cluster import ORDER, Cluster
from tests.cluster.down import down
from tests.cluster.errors import ClusterError
from tests.cluster.host import obstacles, require_host
from tests.cluster.lock import exclusive
from tests.cluster.paths import Paths, default_paths
from tests.cluster.processes import Supervisor
from tests.cluster.progress import Timings, say
from tests.cluster.spark import start_spark
from tests.cluster.status import status
from tests.cluster.up import Up, refresh_task_image, up

EPILOG = """\
examples:
  python3 -m tests.cluster up                 build what is missing and start; again: only a check
  python3 -m tests.cluster image              repack and load the task image after a change of code
  python3 -m tests.cluster spark              add the Spark operator, and print the name of the Spark image
  python3 -m tests.cluster stop gateway       a fault; `start gateway` ends it
  python3 -m tests.cluster status --json      where everything is
"""

CANNOT_HOST = 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m tests.cluster",
        description="A real one-node Kubernetes with Argo Workflows and an S3 gateway, for tests.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (("up", "build what is missing and start"), ("build", "build what is missing, start nothing")):
        verbs.add_parser(verb, help=text).add_argument("--argo", choices=sorted(settings.ARGO), default="")
    verbs.add_parser("down", help="end what `up` started, and leave nothing behind")
    verbs.add_parser("status", help="what runs").add_argument("--json", action="store_true", dest="as_json")
    verbs.add_parser("check", help="tell whether this machine can host it; exit code 3 when not")
    verbs.add_parser("image", help="make and load the task image of this checkout")
    verbs.add_parser("spark", help="add Spark to a cluster that is up: the operator, names, and the Spark image")
    for verb in ("start", "stop"):
        verbs.add_parser(verb, help=f"{verb} one part of a cluster that is up").add_argument("part", choices=ORDER)
    return parser


def _cluster(paths: Paths, argo: str) -> Cluster:
    supervisor = Supervisor(paths)
    line = argo or supervisor.state().argo or settings.DEFAULT_ARGO
    return Cluster(paths, default_builder(paths), supervisor, line)


def _run(arguments: argparse.Namespace, cluster: Cluster) -> None:
    match arguments.verb:
        case "up":
            up(cluster)
        case "build":
            Up(cluster, Timings()).prepare()
        case "down":
            down(cluster)
        case "image":
            say(refresh_task_image(cluster, Timings()))
        case "spark":
            say(start_spark(cluster, Timings()))
        case "start":
            cluster.start(arguments.part)
        case _:
            cluster.supervisor.stop(arguments.part)


def _check() -> int:
    found = obstacles()
    say("\n".join(f"the cluster cannot run here: {reason}" for reason in found) or "the cluster can run here")
    return CANNOT_HOST if found else 0


def main() -> int:
    """Run one verb; the exit code is 0, 1 for a failure, 2 for wrong usage, 3 for a machine that cannot host it."""
    arguments = _parser().parse_args()
    paths = default_paths()
    if arguments.verb == "check":
        return _check()
    given = os.environ.get("KUBECONFIG")
    if given and given != str(paths.kubeconfig) and arguments.verb in ("up", "build", "down"):
        say(f"KUBECONFIG={given}: that cluster is used; nothing of Kubernetes is built, started or ended here.")
        return 0
    try:
        require_host()
        cluster = _cluster(paths, getattr(arguments, "argo", ""))
        if arguments.verb == "status":
            return status(cluster, arguments.as_json)
        with exclusive(paths):
            _run(arguments, cluster)
        return 0
    except ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; run the same command again to go on, or `down` to clear away", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
