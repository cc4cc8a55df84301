"""Every error that a user of Jetbridge can meet.

JetbridgeError
├── UsageError               a target, an option or an input on the command line is not usable
├── CompileError             a task or workflow breaks a rule of FlyteIDL's compiler (all problems at once)
├── TypeTransformError       a Python value and a FlyteIDL literal cannot be converted into each other
├── BindingError             an input of a node cannot be resolved
├── CodeBundleError          code cannot be bundled, or a bundle is not what it must be
├── InvalidPackageError      a package is not what `jetbridge package` or `pyflyte package` writes
├── RegistryError            what an entry point holds is not what its group promises
│   ├── UnknownPluginError   nothing installed owns a name
│   ├── DuplicateOwnerError  several installed distributions own it
│   ├── MissingLibraryError  its owner needs a library that is not installed
│   └── BrokenPluginError    its owner cannot be loaded
├── DatabaseError            the registry's database cannot be reached or is of another version
├── RegistrationError        a package cannot be registered as it is (all problems at once)
├── TranslationError         a back end cannot express what the workflow asks (all problems at once)
├── StoreError               the object store refused or lost something
└── RunError                 a run ended without its outputs

FlyteRecoverableException    raised by a user's task: this attempt failed, try again
IgnoreOutputs                raised by a user's task: done, but there are no outputs
"""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.record import Record


class Location(Record):
    """A line of a user's file, relative to the source root where there is one."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Problem(Record, kw_only=True):
    """One thing that is wrong: `code` is FlyteIDL's compiler error class or a capability's code."""

    code: str
    message: str
    where: str = ""
    location: Location | None = None
    hint: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (str(self.location or ""), self.where) if part)
        head = f"{place}: " if place else ""
        return f"{head}{self.message} [{self.code}]"


class JetbridgeError(Exception):
    """The base of all errors that are shown to a user without a traceback.

    Args:
        message: What is wrong, and where.
        hint: The next action of the user, without the word "Hint".
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n\nHint: {self.hint}" if self.hint else self.message


class UsageError(JetbridgeError):
    """Raised when a target, an option or an input on the command line is not usable."""


class ProblemsError(JetbridgeError):
    """Several problems, found together and shown together."""

    def __init__(self, title: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"  {problem}" for problem in self.problems]
        hints = dict.fromkeys(problem.hint for problem in self.problems if problem.hint)
        super().__init__("\n".join([title, *lines]), hint="\n      ".join(hints))


class CompileError(ProblemsError):
    """Raised when a task or workflow breaks rules of FlyteIDL's compiler."""


class TypeTransformError(JetbridgeError):
    """Raised when a Python value and a FlyteIDL literal cannot be converted into each other."""


class BindingError(JetbridgeError):
    """Raised when an input of a node cannot be resolved."""


class CodeBundleError(JetbridgeError):
    """Raised when code cannot be bundled, or a code bundle is damaged or unsafe."""


class InvalidPackageError(JetbridgeError):
    """Raised when a package is not what `jetbridge package` or `pyflyte package` writes."""


class RegistryError(JetbridgeError):
    """Raised when what an entry point holds is not what its group promises; `code` is that of a `Problem`."""

    code = "WrongPlugin"


class UnknownPluginError(RegistryError):
    """Raised when nothing installed owns a name."""

    code = "UnknownPlugin"


class DuplicateOwnerError(RegistryError):
    """Raised when several installed distributions own a name."""

    code = "DuplicateOwner"


class MissingLibraryError(RegistryError):
    """Raised when the owner of a name needs a library that is not installed."""

    code = "MissingLibrary"


class BrokenPluginError(RegistryError):
    """Raised when the owner of a name cannot be loaded."""

    code = "BrokenPlugin"


class DatabaseError(JetbridgeError):
    """Raised when the registry's database cannot be reached, or its tables are of another version of Jetbridge."""


class RegistrationError(ProblemsError):
    """Raised when a package cannot be registered: a version holds something else, or a reference leads nowhere."""


class TranslationError(ProblemsError):
    """Raised when a back end cannot express what the workflow asks."""


class StoreError(JetbridgeError):
    """Raised when the object store refused or lost something."""


class RunError(JetbridgeError):
    """Raised when a run ended without its outputs."""


class FlyteRecoverableException(Exception):  # noqa: N818 -- flytekit's name
    """Raise it in a task to say that this attempt failed and another may succeed."""


class IgnoreOutputs(Exception):  # noqa: N818 -- flytekit's name
    """Raise it in a task to end well without outputs."""
