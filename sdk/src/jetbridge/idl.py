"""The one importer of FlyteIDL: its messages under the names of the protocol.

Only `flyteidl.core` is loaded here, because the entrypoint imports this module;
messages of the admin service, which packages hold, are in `jetbridge.idl_admin`.
"""

from __future__ import annotations

from flyteidl.core.errors_pb2 import ContainerError, ErrorDocument
from flyteidl.core.execution_pb2 import ExecutionError
from flyteidl.core.identifier_pb2 import (
    LAUNCH_PLAN,
    TASK,
    WORKFLOW,
    Identifier,
)
from flyteidl.core.interface_pb2 import (
    Parameter,
    ParameterMap,
    TypedInterface,
    Variable,
    VariableMap,
)
from flyteidl.core.literals_pb2 import (
    Binary,
    Binding,
    BindingData,
    BindingDataCollection,
    BindingDataMap,
    Blob,
    BlobMetadata,
    Literal,
    LiteralCollection,
    LiteralMap,
    Primitive,
    RetryStrategy,
    Scalar,
    Schema,
    StructuredDataset,
    StructuredDatasetMetadata,
    Union,
    Void,
)
from flyteidl.core.security_pb2 import Identity, Secret, SecurityContext
from flyteidl.core.tasks_pb2 import (
    Container,
    DataLoadingConfig,
    ExtendedResources,
    K8sObjectMetadata,
    K8sPod,
    Resources,
    RuntimeMetadata,
    SharedMemory,
    TaskMetadata,
    TaskTemplate,
)
from flyteidl.core.tasks_pb2 import GPUAccelerator as GPUAcceleratorMessage
from flyteidl.core.tasks_pb2 import IOStrategy as IOStrategyMessage
from flyteidl.core.tasks_pb2 import Sql as SqlMessage
from flyteidl.core.types_pb2 import (
    NONE,
    STRUCT,
    BlobType,
    EnumType,
    Error,
    LiteralType,
    OutputReference,
    PromiseAttribute,
    SimpleType,
    StructuredDatasetType,
    TypeAnnotation,
    TypeStructure,
    UnionType,
)

__all__ = [
    "LAUNCH_PLAN",
    "NONE",
    "STRUCT",
    "TASK",
    "WORKFLOW",
    "Binary",
    "Binding",
    "BindingData",
    "BindingDataCollection",
    "BindingDataMap",
    "Blob",
    "BlobMetadata",
    "BlobType",
    "Container",
    "ContainerError",
    "DataLoadingConfig",
    "EnumType",
    "Error",
    "ErrorDocument",
    "ExecutionError",
    "ExtendedResources",
    "GPUAcceleratorMessage",
    "IOStrategyMessage",
    "Identifier",
    "Identity",
    "K8sObjectMetadata",
    "K8sPod",
    "Literal",
    "LiteralCollection",
    "LiteralMap",
    "LiteralType",
    "OutputReference",
    "Parameter",
    "ParameterMap",
    "Primitive",
    "PromiseAttribute",
    "Resources",
    "RetryStrategy",
    "RuntimeMetadata",
    "Scalar",
    "Schema",
    "Secret",
    "SecurityContext",
    "SharedMemory",
    "SimpleType",
    "SqlMessage",
    "StructuredDataset",
    "StructuredDatasetMetadata",
    "StructuredDatasetType",
    "TaskMetadata",
    "TaskTemplate",
    "TypeAnnotation",
    "TypeStructure",
    "TypedInterface",
    "Union",
    "UnionType",
    "Variable",
    "VariableMap",
    "Void",
]
