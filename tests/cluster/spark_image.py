"""The image of Spark tasks: the task image with Java, pyspark and the jars of Spark's S3 client in further layers."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path

from tests.cluster.images import load, task_config
from tests.cluster.java import java_layer
from tests.cluster.oci import Image, Layer, forget_layers, image_digest, make_layer, read_layer
from tests.cluster.paths import Paths
from tests.cluster.progress import Timings, step
from tests.cluster.rootfs import SITE_PACKAGES, base_layer
from tests.cluster.shell import run
from tests.cluster.site_packages import (
    Export,
    TaskSources,
    code_layer,
    default_sources,
    libraries_layer,
    locked_layer,
    requirements,
)

SPARK = "localhost/jetbridge-spark"
POM = Path(__file__).resolve().parent / "spark" / "pom.xml"
DEFAULTS = POM.with_name("spark-defaults.conf")
PYSPARK = f"{SITE_PACKAGES}/pyspark"


def spark_image(paths: Paths, timings: Timings) -> Image:
    """The image of this checkout; only the smallest layer changes with the code."""
    sources = default_sources()
    layers = (
        base_layer(paths, timings),
        java_layer(paths, timings),
        libraries_layer(sources, paths, timings),
        _pyspark_layer(sources, paths, timings),
        _jars_layer(paths, timings),
        _defaults_layer(paths),
        code_layer(sources, paths, timings),
    )
    draft = Image(SPARK, layers, task_config())
    return Image(f"{SPARK}:{image_digest(draft).removeprefix('sha256:')[:12]}", layers, draft.config)


def _pyspark_layer(sources: TaskSources, paths: Paths, timings: Timings) -> Layer:
    """What the lock file has for Spark beside the libraries of every task."""
    spark = TaskSources(
        (*sources.exports, Export(("--package", "jetbridge-plugins", "--no-dev", "--extra", "spark"))), ()
    )
    known = set(requirements(sources, paths).splitlines())
    wanted = [line for line in requirements(spark, paths).splitlines() if line not in known]
    return locked_layer("pyspark", "\n".join(wanted) + "\n", paths, timings)


def _jars_layer(paths: Paths, timings: Timings) -> Layer:
    key = hashlib.sha256(POM.read_bytes() + PYSPARK.encode()).hexdigest()[:12]
    target = paths.images / f"sparkjars-{key}.tar"
    if target.exists():
        return read_layer(target)
    with step("fetch the jars of Spark's S3 client with Maven", timings):
        stage = target.with_suffix(".stage")
        shutil.rmtree(stage, ignore_errors=True)
        jars = stage / PYSPARK / "jars"
        jars.mkdir(parents=True)
        command = ["mvn", "-q", "-B", "-C", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
        run(command, hint="Maven and a repository are needed: apt-get install maven.", timeout=1200)
        layer = make_layer(stage, target)
        shutil.rmtree(stage)
        forget_layers(paths.images, "sparkjars", keep=1)
        return layer


def _defaults_layer(paths: Paths) -> Layer:
    """The site's own properties, which hold where a task says nothing."""
    key = hashlib.sha256(DEFAULTS.read_bytes() + PYSPARK.encode()).hexdigest()[:12]
    target = paths.images / f"sparkconf-{key}.tar"
    if target.exists():
        return read_layer(target)
    stage = target.with_suffix(".stage")
    shutil.rmtree(stage, ignore_errors=True)
    _write_defaults(stage / PYSPARK)
    layer = make_layer(stage, target)
    shutil.rmtree(stage)
    return layer


def _write_defaults(home: Path) -> None:
    (home / "conf").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DEFAULTS, home / "conf" / DEFAULTS.name)


def load_spark_image(paths: Paths, timings: Timings) -> str:
    """Make the image from this checkout and load it; the name to use in pods."""
    image = spark_image(paths, timings)
    with step(f"load {image.name}", timings) as note:
        note("imported" if load(image, paths) else "was there")
    return image.name


def spark_home(paths: Paths, timings: Timings) -> Path:
    """The pyspark of the image, unpacked on this host for the operator's spark-submit."""
    layer = _pyspark_layer(default_sources(), paths, timings)
    folder = paths.cache / "spark" / layer.digest.removeprefix("sha256:")[:12]
    if not folder.exists():
        with step("unpack Spark for the operator", timings), tarfile.open(layer.file) as archive:
            wanted = [member for member in archive if member.name.startswith(f"{PYSPARK}/")]
            draft = folder.with_suffix(".partial")
            shutil.rmtree(draft, ignore_errors=True)
            archive.extractall(draft, wanted, filter="data")
            draft.rename(folder)
    _write_defaults(folder / PYSPARK)
    return folder / PYSPARK
