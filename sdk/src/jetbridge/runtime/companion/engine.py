"""The container engine of this machine: Docker, Podman, nerdctl, or containerd's own `ctr`."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jetbridge.errors import UsageError
from jetbridge.record import Record

VARIABLE = "JETBRIDGE_CONTAINER_ENGINE"
"""The variable that names the engine's command line, such as `sudo nerdctl` or `ctr --namespace k8s.io`."""
_KNOWN = ("docker", "podman", "nerdctl", "ctr")
_CTR = "ctr"
_ANSWERS_WITHIN = 20.0
_HINT = f"Install and start Docker, Podman or containerd, or name its command by {VARIABLE}; or run it on a cluster."


class Engine(Record):
    """An engine that answers.

    Attributes:
        command: Its command line before the verb.
        kind: The program in it.
    """

    command: tuple[str, ...]
    kind: str

    def run(
        self, name: str, image: str, mounts: Mapping[Path, str], env: Mapping[str, str], argv: Sequence[str]
    ) -> tuple[str, ...]:
        """The command that runs a container to its end, and ends as it does.

        Args:
            name: Its name.
            image: Its image.
            mounts: Folders of this machine and their places in it.
            env: Its variables beside those of its image.
            argv: What it runs instead of the image's own program.
        """
        variables = tuple(word for key, value in env.items() for word in ("--env", f"{key}={value}"))
        if self.kind == _CTR:
            binds = (f"type=bind,src={here},dst={there},options=rbind:rw" for here, there in mounts.items())
            options = ("--net-host", *_each("--mount", binds), *variables)
            return (*self.command, "run", "--rm", *options, image, name, *argv)
        binds = (f"type=bind,source={here},target={there}" for here, there in mounts.items())
        options = (*_user(self.kind), *_each("--mount", binds), *variables)
        return (*self.command, "run", "--rm", "--name", name, *options, "--entrypoint", argv[0], image, *argv[1:])

    def kill(self, name: str) -> None:
        """Ends a container that does not end by itself."""
        verb = ("tasks", "kill", "--signal", "SIGKILL") if self.kind == _CTR else ("rm", "--force")
        subprocess.run([*self.command, *verb, name], check=False, capture_output=True)


def _each(option: str, values: Iterator[str]) -> Iterator[str]:
    return (word for value in values for word in (option, value))


def _user(kind: str) -> tuple[str, ...]:
    """As who runs this process, so that what the container writes can be read and removed.

    Podman maps that user to the container's root by itself, when it is not root.
    """
    return () if os.geteuid() == 0 or kind == "podman" else ("--user", f"{os.geteuid()}:{os.getegid()}")


def find_engine(environ: Mapping[str, str]) -> Engine:
    """The engine that is named, or the first that answers. Raises `UsageError` when there is none."""
    named = shlex.split(environ.get(VARIABLE, ""))
    reasons: list[str] = []
    for command in [named] if named else [[each] for each in _KNOWN]:
        engine = Engine(tuple(command), _kind(command))
        reason = _unusable(engine)
        if not reason:
            return engine
        reasons.append(reason)
    raise UsageError(f"a raw container needs a container engine: {'; '.join(reasons)}", hint=_HINT)


def _kind(command: Sequence[str]) -> str:
    programs = (Path(word).name for word in command)
    return next((program for program in programs if program in _KNOWN), Path(command[0]).name)


def _unusable(engine: Engine) -> str:
    """Why an engine cannot be used; empty when it answers."""
    program = engine.command[0]
    if shutil.which(program) is None:
        return f"there is no {program}"
    try:
        # It asks the daemon, which a client may be without.
        asked = subprocess.run(
            [*engine.command, "version"], capture_output=True, text=True, check=False, timeout=_ANSWERS_WITHIN
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{program} does not answer ({type(error).__name__})"
    said = asked.stderr.strip().splitlines()
    return f"{program} does not answer ({said[-1] if said else asked.returncode})" if asked.returncode else ""
