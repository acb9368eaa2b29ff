import datetime

import ottl
import pytest


def test_values_of_every_type(log):
    expressions = {
        'log.attributes["i"]': 7, 'log.attributes["d"]': 1.5, 'log.attributes["b"]': True, 'log.attributes["m"]': {"k": "v", "n": {"o": 1}},
        'log.attributes["none"]': None, "log.body": "text", "[1, \"a\"]": [1, "a"], "log.trace_id": bytes(16),
        "log.time": ottl.Time(1_700_000_000, 0, 0), 'Duration("1s")': 1_000_000_000, '0xff': b"\xff",
    }  # fmt: skip
    payload = log(("text", {"i": 7, "d": 1.5, "b": True, "m": {"k": "v", "n": {"o": 1}}}))
    (row,) = ottl.values(expressions, context="log").eval(payload)
    assert dict(zip(expressions, row)) == expressions
    assert isinstance(row[9], ottl.Duration) and row[9].timedelta() == datetime.timedelta(seconds=1)
    assert row[8].datetime() == datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)


def test_conditions(log):
    rows = ottl.conditions(['log.body == "a"', "log.severity_number > 8"]).eval(log(("a", {}), ("b", {})))
    assert rows == [(True, True), (False, True)]


def test_failures(log):
    expressions = ottl.values("ParseJSON(log.body)", context="log")
    payload = log(("{}", {}), ("no", {}))
    with pytest.raises(ottl.Error, match="record 1"):
        expressions.eval(payload)
    assert expressions.eval(payload, errors="none") == [({},), (None,)]
    with pytest.raises(ValueError):
        expressions.eval(payload, errors="loud")
    with pytest.raises(ottl.CompileError):
        ottl.values("nonsense(", context="log")
    with pytest.raises(ValueError):
        ottl.values([], context="log")


def test_texts_that_are_not_utf8(log):
    wire = ottl.compile('set(log.body, "XY")').run(log(("a", {})), to="proto").replace(b"XY", b"\xff\xfe")
    assert ottl.values("log.body").eval(wire) == [("\udcff\udcfe",)]


def test_deep_values_end(log):
    body = "x"
    for _ in range(60):
        body = {"k": body}
    (value,), = ottl.values("log.body").eval(log((body, {})))
    for _ in range(60):
        value = value["k"]
    assert value == "x"
