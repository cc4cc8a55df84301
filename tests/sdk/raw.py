"""A raw container for the tests."""

from __future__ import annotations

from jetbridge import ContainerTask, kwtypes

shout = ContainerTask(
    name="raw.shout",
    image="box:1",
    command=[
        "sh",
        "-c",
        """\
test -s /var/in/text || { echo nothing to shout >&2; exit 3; }
echo "$(tr a-z A-Z < /var/in/text) $GREETING $1" > /var/out/loud
tr -d '\\n' < /var/in/text | wc -c > /var/out/size
""",
        "sh",
        "{{.inputs.n}}",
    ],
    inputs=kwtypes(text=str, n=int),
    outputs=kwtypes(loud=str, size=int),
    input_data_dir="/var/in",
    output_data_dir="/var/out",
    environment={"GREETING": "hello"},
)
