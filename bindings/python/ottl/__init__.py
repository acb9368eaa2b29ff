"""OTTL, the OpenTelemetry Transformation Language, over OTLP payloads: bytes in, bytes out.

    import ottl
    program = ottl.compile('set(log.attributes["env"], "prod") where log.severity_number >= SEVERITY_NUMBER_ERROR')
    payload = program.run(payload)

Programs are immutable and may be used by any number of threads; the interpreter's lock is given up while the engine runs.
"""

from __future__ import annotations

import json as _json
import os as _os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, TypeVar

from . import _ottl
from ._types import CompileError, Counts, Diagnostic, Duration, Fix, Opaque, RowError, RunError, Span, Time
from ._types import diagnostics as _diagnostics

_ottl.register(Time, Duration, Opaque, RunError)

Error = _ottl.Error
DataError = _ottl.DataError
LimitError = _ottl.LimitError
__version__, reference_version, isa = _ottl.info()

__all__ = [
    "Columns", "CompileError", "Counts", "DataError", "Diagnostic", "Duration", "Error", "Expressions", "Fix", "LimitError", "Opaque",
    "Program", "Result", "RowError", "RunError", "Span", "Time", "check", "columns", "compile", "compile_config", "conditions", "format",
    "isa", "messages", "processors", "records", "reference_version", "values",
]  # fmt: skip


class Result:
    """What a run gave. It is a buffer: `memoryview(result)` looks at the payload without a copy. It holds the memory of the engine
    that made it until it is closed or gone."""

    def __init__(self, raw: _ottl.Result) -> None:
        self._raw = raw

    @property
    def data(self) -> bytes:
        """The payload; empty when nothing is left. The very object that came in when nothing was changed, else a copy."""
        same = self._raw.same
        return bytes(self._raw) if same is None else same

    def __buffer__(self, flags: int) -> memoryview:
        return memoryview(self._raw)

    def view(self) -> memoryview:
        """The payload without a copy. The result cannot be closed while somebody has the view."""
        return memoryview(self._raw)

    @property
    def counts(self) -> Counts:
        return Counts(*self._raw.counts)

    @property
    def unchanged(self) -> bool:
        """No record was written or dropped."""
        return self._raw.unchanged

    @property
    def encoding(self) -> str:
        """Of the payload: "proto" or "json"."""
        return self._raw.encoding

    @property
    def errors(self) -> list[RowError]:
        """Failures of statements on records; their texts never show values of the payload."""
        return [RowError(**e) for e in self._raw.errors()]

    def close(self) -> None:
        """Gives the memory back at once; the payload is gone."""
        self._raw.release()

    def __enter__(self) -> Result:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_T = TypeVar("_T")


def _checked(compiled: _T | str, name: str | None) -> _T:
    if isinstance(compiled, str):
        raise CompileError(_diagnostics(compiled), name)
    return compiled


class Program:
    """Statements, compiled: see `compile` and `compile_config`."""

    def __init__(self, raw: _ottl.Program) -> None:
        self._raw = raw

    def run(self, payload: Any, *, to: str | None = None, signal: str | None = None, request: Mapping[str, Any] | None = None) -> bytes:
        """Runs on one export request and gives the payload to hand on, empty when nothing is left.

        payload: protobuf or OTLP/JSON, told apart by itself; any object with a buffer, or a str with JSON.
        to: "proto" or "json"; default: as it came in. signal: "logs", ... where neither program nor payload says it.
        request: what the paths of `otelcol` read: {"addr": ..., "metadata": {"x-tenant": ["acme"]}, ...}.
        Raises DataError, LimitError, and RunError when a record fails under error mode propagate."""
        return self.process(payload, to=to, signal=signal, request=request).data

    def process(
        self, payload: Any, *, to: str | None = None, signal: str | None = None, request: Mapping[str, Any] | None = None
    ) -> Result:
        """As `run`, with counts, failures, and the payload as a buffer that is not copied."""
        return Result(self._raw.run(payload, to, signal, None if request is None else _json.dumps(request)))

    @property
    def signal(self) -> str | None:
        """"logs", "traces", "metrics", "profiles"; None: payloads of any."""
        return self._raw.signal

    @property
    def contexts(self) -> tuple[str, ...]:
        """Of its groups."""
        return self._raw.contexts

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Warnings of the compiler; with `lint=True` also what compiles and is not what was meant."""
        return _diagnostics(self._raw.diagnostics)

    def bytecode(self) -> str:
        return self._raw.bytecode()


def compile(text: str, *, name: str | None = None, **options: Any) -> Program:
    """Compiles statements: a line each, as in an .ottl file (an indented line continues the one before, `#` begins a comment, a line
    `context: NAME` sets the context for what follows).

    Options: kind ("transform"; "filter": conditions that drop), signal, error_mode ("propagate", "ignore", "silent"), on_failure
    ("keep", "atomic", "rollback"), functions ("all", "standard", "transform", "filter", "routing"), experimental, flatten, compat,
    lint, notes; for runs: strict, max_bytes, max_errors, random_seed, clock_seconds.
    Raises CompileError, which has the diagnostics."""
    return Program(_checked(_ottl.compile(text, name, options), name))


def processors(config: str, *, name: str | None = None, env: Mapping[str, str] | None = None) -> list[tuple[str, str, int]]:
    """Transform and filter processors of a collector's YAML: (name, "transform" or "filter", line)."""
    return _checked(_ottl.config_list(config, name, _os.environ if env is None else env), name)


def compile_config(
    config: str,
    processor: str | None = None,
    *,
    signal: str,
    name: str | None = None,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> Program:
    """Compiles a transform or filter processor of a collector's YAML for one signal. processor: its name; default: the first.
    env: the variables that `${env:NAME}` reads; default: those of the process."""
    options["signal"] = signal
    return Program(_checked(_ottl.config_compile(config, name, processor, _os.environ if env is None else env, options), name))


def check(text: str, *, name: str | None = None, **options: Any) -> list[Diagnostic]:
    """All errors, warnings and lints of statements, in one pass. Options as of `compile`."""
    options.setdefault("lint", True)
    compiled = _ottl.compile(text, name, options)
    return _diagnostics(compiled if isinstance(compiled, str) else compiled.diagnostics)


def format(text: str, *, yaml: bool = False) -> str:
    """Canonical layout of statements; yaml: of those in a collector's YAML, the rest stays as it is.
    Raises CompileError when something does not parse."""
    formatted, told = _ottl.format(text, yaml)
    found = _diagnostics(told)
    if any(d.severity == "error" for d in found):
        raise CompileError(found, None)
    return formatted


class Expressions:
    """Value expressions or conditions, compiled: see `values` and `conditions`."""

    def __init__(self, raw: _ottl.Program) -> None:
        self._raw = raw

    def eval(
        self, payload: Any, *, signal: str | None = None, request: Mapping[str, Any] | None = None, errors: str = "raise"
    ) -> list[tuple[Any, ...]]:
        """The values of all expressions for each record of the payload.

        None, bool, int, float, str, bytes (ids too), list, dict, Time, Duration, Opaque. Texts that are not UTF-8 have surrogates.
        errors: "raise", or "none": None where an evaluation fails."""
        if errors not in ("raise", "none"):
            raise ValueError('errors: "raise" or "none"')
        return self._raw.eval(payload, signal, None if request is None else _json.dumps(request), errors == "raise")

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return _diagnostics(self._raw.diagnostics)


def _group(expressions: str | Iterable[str], context: str | None, kind: str, options: dict[str, Any]) -> _ottl.Program:
    texts = [expressions] if isinstance(expressions, str) else list(expressions)
    return _checked(_ottl.compile_group(texts, context, {**options, "kind": kind}), None)


def values(expressions: str | Iterable[str], *, context: str | None = None, **options: Any) -> Expressions:
    """Compiles value expressions, all of one context (inferred where the paths say it): `values('log.attributes["user"]')`."""
    return Expressions(_group(expressions, context, "values", options))


def conditions(expressions: str | Iterable[str], *, context: str | None = None, **options: Any) -> Expressions:
    """Compiles conditions, all of one context: `conditions('log.severity_number >= 17')`."""
    return Expressions(_group(expressions, context, "conditions", options))


class _Batch:
    """A record batch of the Arrow C Data Interface; taken once."""

    def __init__(self, capsules: tuple[Any, Any]) -> None:
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        return self._capsules


class Columns:
    """Expressions as columns of a table: see `columns`."""

    def __init__(self, raw: _ottl.Program, names: Sequence[str], types: Sequence[str]) -> None:
        self._raw, self._names, self._types = raw, list(names), list(types)

    def batch(
        self, payload: Any, *, signal: str | None = None, request: Mapping[str, Any] | None = None, errors: str = "none"
    ) -> _Batch:
        """The records of a payload as an object with `__arrow_c_array__`, for any library that reads the Arrow C Data Interface."""
        if errors not in ("raise", "none"):
            raise ValueError('errors: "raise" or "none"')
        asked = None if request is None else _json.dumps(request)
        return _Batch(self._raw.columns(payload, self._names, self._types, signal, asked, errors == "raise"))

    def table(self, payloads: Any, **options: Any) -> Any:
        """The records of one payload, or of many, as a pyarrow.Table. Options as of `batch`."""
        import pyarrow

        if isinstance(payloads, (bytes, bytearray, memoryview, str)):
            payloads = [payloads]
        batches = [pyarrow.record_batch(self.batch(p, **options)) for p in payloads]
        tables = [pyarrow.Table.from_batches([b]) for b in batches]
        return pyarrow.concat_tables(tables, promote_options="permissive") if tables else pyarrow.table({})

    def pandas(self, payloads: Any, **options: Any) -> Any:
        """As `table`, as a pandas.DataFrame."""
        return self.table(payloads, **options).to_pandas()


def columns(spec: Mapping[str, str | tuple[str, str]], *, context: str | None = None, **options: Any) -> Columns:
    """Compiles a table: columns by name, each an expression, or an expression and its type.

    columns({"service": 'resource.attributes["service.name"]', "took": ("attributes[\\"ms\\"]", "double")}, context="log")

    Types: "bool", "int", "double", "string", "bytes", "time", "duration"; "auto" (default): what the values of a payload are, text if
    they are of several types. A value of another type is null; a "string" column takes all (maps and lists as JSON, ids in hex)."""
    pairs = [(v, "auto") if isinstance(v, str) else v for v in spec.values()]
    raw = _group([text for text, _ in pairs], context, "values", options)
    return Columns(raw, list(spec), [kind for _, kind in pairs])


_RESOURCE = {"service": ('resource.attributes["service.name"]', "string"), "resource": ("resource.attributes", "string")}
_RECORDS: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "logs": ("log", {
        "time": ("log.time", "time"), "severity": ("log.severity_number", "int"), "severity_text": ("log.severity_text", "string"),
        "body": ("log.body", "string"), "attributes": ("log.attributes", "string"),
        "trace_id": ("log.trace_id", "string"), "span_id": ("log.span_id", "string"),
    }),
    "traces": ("span", {
        "start": ("span.start_time", "time"), "end": ("span.end_time", "time"), "name": ("span.name", "string"),
        "kind": ("span.kind.string", "string"), "status": ("span.status.code", "int"), "attributes": ("span.attributes", "string"),
        "trace_id": ("span.trace_id", "string"), "span_id": ("span.span_id", "string"),
        "parent_span_id": ("span.parent_span_id", "string"),
    }),
    "metrics": ("datapoint", {
        "time": ("datapoint.time", "time"), "metric": ("metric.name", "string"), "unit": ("metric.unit", "string"),
        "int": ("datapoint.value_int", "int"), "double": ("datapoint.value_double", "double"),
        "count": ("datapoint.count", "int"), "sum": ("datapoint.sum", "double"), "attributes": ("datapoint.attributes", "string"),
    }),
}  # fmt: skip


def records(signal: str) -> Columns:
    """A table of what people look at first: of log records, spans or data points."""
    if signal not in _RECORDS:
        raise ValueError('signal: "logs", "traces" or "metrics"')
    context, spec = _RECORDS[signal]
    return columns({**spec, **_RESOURCE}, context=context, signal=signal)


def messages(
    source: IO[bytes] | bytes | bytearray | memoryview, *, framing: str = "auto", max_message_bytes: int = 0
) -> Iterator[bytes]:
    """The export requests of a file or of bytes, one after another: protobuf alone, delimited or framed, JSON, JSON lines.
    framing: "auto", "proto", "proto-delimited", "proto-framed", "json", "jsonl". Compression is not its business."""
    frames = _ottl.Frames(framing, max_message_bytes)
    if isinstance(source, (bytes, bytearray, memoryview)):
        if len(source):
            yield from frames.feed(source)
    else:
        while piece := source.read(1 << 20):
            yield from frames.feed(piece)
    yield from frames.feed(b"")
