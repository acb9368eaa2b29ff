"""What the engine tells, as objects."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import _ottl


@dataclass(frozen=True)
class Span:
    """A range of the source: bytes of its UTF-8 from 0, lines and columns (code points) from 1."""

    file: str
    begin: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str = ""


@dataclass(frozen=True)
class Fix:
    """Replace the range. All fixes of a diagnostic together are one correction."""

    span: Span
    replacement: str


@dataclass(frozen=True)
class Diagnostic:
    """What is wrong, where, and what to do."""

    code: str
    severity: str
    message: str
    span: Span
    labels: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fixes: tuple[Fix, ...] = ()

    def __str__(self) -> str:
        place = f"{self.span.file}:" if self.span.file else ""
        text = f"{place}{self.span.line}:{self.span.column}: {self.severity}[{self.code}]: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


def _span(d: dict[str, Any]) -> Span:
    names = ("file", "begin", "end", "line", "column", "end_line", "end_column")
    return Span(**{n: d.get(n, "" if n == "file" else 0) for n in names}, text=d.get("label") or d.get("text") or "")


def diagnostics(text: str) -> list[Diagnostic]:
    return [
        Diagnostic(
            d["code"],
            d["severity"],
            d["message"],
            _span(d),
            tuple(_span(x) for x in d.get("labels", ())),
            tuple(d.get("notes", ())),
            d.get("help"),
            tuple(Fix(_span(x), x["replacement"]) for x in d.get("fixes", ())),
        )
        for d in json.loads(text)
    ]


class CompileError(_ottl.Error):
    """Statements do not compile. `diagnostics`: all that is wrong with them."""

    def __init__(self, found: list[Diagnostic], name: str | None) -> None:
        self.diagnostics = found
        self.name = name
        super().__init__("\n".join(str(d) for d in found if d.severity == "error") or "does not compile")


class Counts(NamedTuple):
    rows_in: int
    rows_changed: int
    rows_dropped: int
    rows_failed: int
    errors: int


@dataclass(frozen=True)
class RowError:
    """A failure of a statement or condition on a record. Places count from 0."""

    code: str
    message: str
    group: int
    statement: int | None = None
    condition: int | None = None
    context: str | None = None
    resource: int | None = None
    scope: int | None = None
    item: int | None = None
    child: int | None = None
    grandchild: int | None = None


class RunError(_ottl.Error):
    """A record failed under error mode propagate. `errors`: the failures."""

    def __init__(self, errors: list[Any]) -> None:
        self.errors = [e if isinstance(e, RowError) else RowError(**e) for e in errors]
        super().__init__(self.errors[0].message if self.errors else "a record failed")


class Time(NamedTuple):
    """A time: seconds since 1970, nanoseconds, and seconds east of UTC."""

    seconds: int
    nanos: int
    offset: int

    def datetime(self) -> datetime.datetime:
        """In microseconds. Raises OverflowError beyond the years 1 to 9999."""
        zone = datetime.timezone(datetime.timedelta(seconds=self.offset))
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return (epoch + datetime.timedelta(seconds=self.seconds, microseconds=self.nanos // 1000)).astimezone(zone)


class Duration(int):
    """A duration in nanoseconds."""

    def timedelta(self) -> datetime.timedelta:
        """In microseconds."""
        return datetime.timedelta(microseconds=self // 1000)


@dataclass(frozen=True)
class Opaque:
    """A value that has no form outside of the engine, such as the events of a span; `type` says what it is."""

    type: str = field(default="")
