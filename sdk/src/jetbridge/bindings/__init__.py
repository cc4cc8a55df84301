r"""Where a node's inputs come from: the data classes, and their text form in `--bind name=TEXT`.

The text form is readable and escape-proof:

    n0.o0                the output `o0` of node `n0`; `n1/n0.o0` inside a sub-workflow
    inputs.n             a workflow input
    json:"fast"          a constant as JSON, read by the declared type; every `{` inside a string is `\u007b`
    pb:CgIIAw==          a constant that JSON cannot carry exactly, as a base64 FlyteIDL literal
    [n2.o0, json:3]      a list; {"a": n2.o0} a map
    each(n0.o0, n2.o0)   of a map task `n2` over the list `n0.o0`: the output `o0` of each element, as a list;
                         `some(…)` where elements may have failed and count as None
    if(gt(integer, n0.o0, json:3), n1/n0.o0, n1/n1.o0)
                         what the taken branch gives; conditions are eq ne gt ge lt le, and(…, …), or(…, …);
                         further cases stand before the last value: `if(CONDITION, A, CONDITION, B, C)`
    let(n1.o0 = if(…), n3.o0)
                         a value of which parts have names: `n1.o0` is what the branch `n1` gives, `n2/.x` the input
                         `x` of the sub-workflow `n2`; a name means the same everywhere in a run
    failure()            the error of the run

Anything may be followed by attributes: `n0.o0.a["b c"][0]`.

Example:
    >>> render(OutputRef("n0", "o0", ("a", 0)), inputs={})
    'n0.o0.a[0]'
    >>> parse('[n0.o0, json:"x"]')
    ListOf(items=(OutputRef(node='n0', var='o0', attr_path=()), JsonConstant(text='"x"', attr_path=())))
"""

from jetbridge.bindings.follow import follow as follow
from jetbridge.bindings.follow import map_operands as map_operands
from jetbridge.bindings.follow import references as references
from jetbridge.bindings.follow import relocate as relocate
from jetbridge.bindings.follow import replaced as replaced
from jetbridge.bindings.json_text import json_text as json_text
from jetbridge.bindings.model import AttrPath as AttrPath
from jetbridge.bindings.model import Bind as Bind
from jetbridge.bindings.model import Choice as Choice
from jetbridge.bindings.model import Comparison as Comparison
from jetbridge.bindings.model import Condition as Condition
from jetbridge.bindings.model import Conjunction as Conjunction
from jetbridge.bindings.model import Definition as Definition
from jetbridge.bindings.model import EachOf as EachOf
from jetbridge.bindings.model import Failure as Failure
from jetbridge.bindings.model import InputRef as InputRef
from jetbridge.bindings.model import JsonConstant as JsonConstant
from jetbridge.bindings.model import Let as Let
from jetbridge.bindings.model import ListOf as ListOf
from jetbridge.bindings.model import MapOf as MapOf
from jetbridge.bindings.model import OutputRef as OutputRef
from jetbridge.bindings.model import ProtoConstant as ProtoConstant
from jetbridge.bindings.parse import MAX_DEPTH as MAX_DEPTH
from jetbridge.bindings.parse import parse as parse
from jetbridge.bindings.render import render as render
