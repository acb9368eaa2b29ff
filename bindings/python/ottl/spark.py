"""OTTL over data frames of OTLP payloads, and over files of them. Needs pyspark and pyarrow.

Work goes on in Arrow batches (`mapInArrow`): each task compiles the program once and runs it on the bytes of each payload, which
are not copied on the way in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ottl

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

_ARROW = {"bool": "boolean", "int": "bigint", "double": "double", "string": "string", "bytes": "binary", "time": "timestamp"}


def _outcome(program: ottl.Program, payload: Any, options: dict[str, Any], invalid: str) -> bytes | None:
    try:
        return program.run(payload, **options) or None
    except (ottl.DataError, ottl.LimitError):
        if invalid == "raise":
            raise
        return payload.to_pybytes() if invalid == "keep" else None


def _map_payloads(
    make: Callable[[], ottl.Program], column: str, options: dict[str, Any], invalid: str, batches: Iterable[pyarrow.RecordBatch]
) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    program = make()
    for batch in batches:
        place = batch.schema.get_field_index(column)
        out = [None if not v.is_valid else _outcome(program, v.as_buffer(), options, invalid) for v in batch.column(place)]
        left = pyarrow.array(out, type=batch.schema.field(place).type)
        batch = batch.set_column(place, batch.schema.field(place), left)
        yield batch.filter(left.is_valid())


def _maker(
    statements: str | None, config: str | None, processor: str | None, signal: str | None, invalid: str, options: dict[str, Any]
) -> Callable[[], ottl.Program]:
    """What compiles the program in each task; it is compiled here, too, so that mistakes show at once."""
    if invalid not in ("raise", "keep", "drop"):
        raise ValueError('invalid: "raise", "keep" or "drop"')
    if (statements is None) == (config is None):
        raise ValueError("either statements or config")
    make: Callable[[], ottl.Program]
    if statements is not None:
        make = functools.partial(ottl.compile, statements, **(options if signal is None else {**options, "signal": signal}))
    else:
        make = functools.partial(ottl.compile_config, config or "", processor, signal=signal or "none", **options)
    make()
    return make


def transform(
    df: DataFrame,
    statements: str | None = None,
    *,
    config: str | None = None,
    processor: str | None = None,
    column: str = "payload",
    to: str | None = None,
    signal: str | None = None,
    invalid: str = "raise",
    **options: Any,
) -> DataFrame:
    """Runs a program on a column of export requests. Other columns stay; rows of whose payload nothing is left go.

    statements: as of `ottl.compile`; or config and processor: as of `ottl.compile_config` (then signal must be said).
    invalid: what becomes of payloads that are not OTLP, or above a limit: "raise", "keep" (as they are) or "drop".
    options: those of the compiler."""
    make = _maker(statements, config, processor, signal, invalid, options)
    run = {"to": to, "signal": signal}
    return df.mapInArrow(functools.partial(_map_payloads, make, column, run, invalid), df.schema)


def _map_records(
    spec: Mapping[str, Any], context: str | None, column: str, options: dict[str, Any], batches: Iterable[pyarrow.RecordBatch]
) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    columns = ottl.columns(spec, context=context, **options)
    for batch in batches:
        for payload in batch.column(batch.schema.get_field_index(column)):
            if payload.is_valid:
                yield pyarrow.record_batch(columns.batch(payload.as_buffer()))


def records(
    df: DataFrame, spec: Mapping[str, tuple[str, str]], *, context: str | None = None, column: str = "payload", **options: Any
) -> DataFrame:
    """A data frame with a row for each record of the payloads. spec: as of `ottl.columns`, each with its type (Spark wants to know them
    beforehand): "bool", "int", "double", "string", "bytes", "time"."""
    ottl.columns(spec, context=context, **options)
    wrong = [name for name, (_, kind) in spec.items() if kind not in _ARROW]
    if wrong:
        raise ValueError(f"{wrong[0]}: a type of {', '.join(_ARROW)}")
    schema = ", ".join(f"`{name.replace('`', '``')}` {_ARROW[kind]}" for name, (_, kind) in spec.items())
    return df.mapInArrow(functools.partial(_map_records, dict(spec), context, column, options), schema)


def _opened(filesystem: Any, path: str) -> Any:
    import pyarrow

    stream = filesystem.open_input_stream(path, compression=None)
    head = stream.read(4)
    stream.close()
    codec = {b"\x28\xb5\x2f\xfd": "zstd"}.get(head) or ("gzip" if head[:2] == b"\x1f\x8b" else None)
    stream = filesystem.open_input_stream(path, compression=None)
    return pyarrow.CompressedInputStream(stream, codec) if codec else stream


def _map_files(
    framing: str,
    max_message_bytes: int,
    batch_bytes: int,
    then: Callable[[Iterable[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]] | None,
    batches: Iterable[pyarrow.RecordBatch],
) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow
    from pyarrow import fs

    def batch(path: str, first: int, payloads: Sequence[bytes]) -> pyarrow.RecordBatch:
        n = len(payloads)
        return pyarrow.record_batch(
            [pyarrow.array([path] * n), pyarrow.array(range(first, first + n), pyarrow.int64()), pyarrow.array(payloads, pyarrow.binary())],
            names=["path", "message", "payload"],
        )

    def read() -> Iterator[pyarrow.RecordBatch]:
        for files in batches:
            for path in files.column(0).to_pylist():
                filesystem, inner = fs.FileSystem.from_uri(path)
                with _opened(filesystem, inner) as stream:
                    kept: list[bytes] = []
                    size = first = 0
                    for message in ottl.messages(stream, framing=framing, max_message_bytes=max_message_bytes):
                        kept.append(message)
                        size += len(message)
                        if size >= batch_bytes:
                            yield batch(path, first, kept)
                            first, kept, size = first + len(kept), [], 0
                    if kept:
                        yield batch(path, first, kept)

    yield from then(read()) if then else read()


def read(
    spark: SparkSession,
    paths: str | Iterable[str],
    *,
    framing: str = "auto",
    max_message_bytes: int = 0,
    batch_bytes: int = 16 << 20,
    partitions: int | None = None,
    statements: str | None = None,
    config: str | None = None,
    processor: str | None = None,
    to: str | None = None,
    signal: str | None = None,
    invalid: str = "raise",
    **options: Any,
) -> DataFrame:
    """Export requests of files: columns path, message (number in its file), payload.

    statements, config and what follows: as of `transform`, which then runs where the file is read: payloads go from one process
    to the other once, and those of which nothing is left not at all.

    paths: of files, or of folders (all files below); local or URIs (`s3://`, `hdfs://`, `gs://`). Framings as of `ottl.messages`; gzip and
    zstd are found by their first bytes. A file is read by one task as a stream, batch_bytes at a time: many files make many tasks.
    partitions: how many; default: one for each file, but no more than 4 for each core."""
    from pyarrow import fs

    then = None
    if statements is not None or config is not None:
        make = _maker(statements, config, processor, signal, invalid, options)
        then = functools.partial(_map_payloads, make, "payload", {"to": to, "signal": signal}, invalid)
    elif options or processor or to or signal:
        raise ValueError("options of a program without statements or config")
    files: list[str] = []
    for path in [paths] if isinstance(paths, str) else paths:
        filesystem, inner = fs.FileSystem.from_uri(path if "://" in path else _absolute(path))
        info = filesystem.get_file_info(inner)
        found = filesystem.get_file_info(fs.FileSelector(inner, recursive=True)) if info.type == fs.FileType.Directory else [info]
        prefix = path.split("://")[0] + "://" if "://" in path else ""
        files += [prefix + f.path for f in found if f.type == fs.FileType.File]
    if not files:
        raise FileNotFoundError(f"no file: {paths}")
    wanted = partitions or min(len(files), 4 * spark.sparkContext.defaultParallelism)
    listed = spark.createDataFrame([(f,) for f in sorted(files)], "path string").repartition(wanted)
    return listed.mapInArrow(
        functools.partial(_map_files, framing, max_message_bytes, batch_bytes, then), "path string, message bigint, payload binary"
    )


def _absolute(path: str) -> str:
    import os

    return os.path.abspath(path)
