"""TARGET as `file.py:workflow` where the file imports flytekit: flytekit packages it, and the package is read."""

from __future__ import annotations

from functools import cache

from jetbridge.cli.targets.choice import choose
from jetbridge.cli.targets.model import Target
from jetbridge.cli.targets.package import named_target
from jetbridge.code_bundle import CodeBundle, CopyMode
from jetbridge.errors import CodeBundleError, UsageError
from jetbridge.flytekit_project.package import FlytekitModule, Packaged, package_module
from jetbridge.package import Package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings


def flytekit_target(module: FlytekitModule, name: str) -> Target:
    """The workflow or launch plan of a name. Raises like `package_module`."""
    packaged = package_module(module)
    package = _held(module, packaged)
    names = dict(packaged.launchables)
    if name and name not in names:
        names |= {each: each for each in launchable_names(package)}
    return _target(module, package, choose(name, names, module.shown))


def flytekit_targets(module: FlytekitModule) -> tuple[Target, ...]:
    """All workflows and launch plans of a module. Raises like `package_module`."""
    packaged = package_module(module)
    package = _held(module, packaged)
    return tuple(_target(module, package, name) for name in dict.fromkeys(packaged.launchables.values()))


def _held(module: FlytekitModule, packaged: Packaged) -> Package:
    if packaged.package is None:
        raise UsageError(
            f"{module.shown!r} has no task and no workflow", hint="Decorate a function with `@task` or `@workflow`."
        )
    return packaged.package


def _target(module: FlytekitModule, package: Package, name: str) -> Target:
    @cache
    def with_code(mode: CopyMode) -> Package:
        """The package again, with the code: flytekit writes both in one."""
        return _held(module, package_module(module, mode))

    modes: dict[str, CopyMode] = {}

    def bundle(mode: CopyMode) -> CodeBundle:
        packed = named_target(with_code(mode), name).bundle
        if packed is None:
            raise CodeBundleError(
                f"flytekit put no code of {module.shown!r} into the package", hint="Give `--copy all`."
            )
        made = packed(mode)
        modes[made.digest] = mode
        return made

    def close(settings: SerializationSettings) -> Closure:
        digest = settings.code_bundle.rpartition("/")[2].removesuffix(".tar.gz")
        held = with_code(modes[digest]) if digest else package
        return closure_from_package(held, name, settings.code_bundle)

    return Target(name, str(module.root), (), close, bundle)
