import json

import ottl
import pytest

pa = pytest.importorskip("pyarrow")


def test_types_are_found(log):
    spec = {k: f'log.attributes["{k}"]' for k in "idsbmx"} | {"t": "log.time", "mixed": 'log.attributes["q"]'}
    payload = log((None, {"i": 1, "d": 1.5, "s": "a", "b": True, "m": {"k": "v"}, "q": 1}), (None, {"i": 2, "q": "two"}), (None, {"d": 2}))
    table = ottl.columns(spec, context="log").table(payload)
    assert [str(f.type) for f in table.schema] == [
        "int64", "double", "string", "bool", "string", "null", "timestamp[ns, tz=UTC]", "string"]  # fmt: skip
    assert table["i"].to_pylist() == [1, 2, None] and table["d"].to_pylist() == [1.5, None, 2.0]
    assert table["mixed"].to_pylist() == ["1", "two", None] and json.loads(table["m"][0].as_py()) == {"k": "v"}
    table.validate(full=True)


def test_types_are_said(log):
    spec = {
        "i": ('log.attributes["v"]', "int"), "d": ('log.attributes["v"]', "double"), "s": ('log.attributes["v"]', "string"),
        "b": ('log.attributes["v"]', "bytes"), "o": ('log.attributes["v"]', "bool"), "id": ("log.trace_id", "string"),
        "raw": ("log.trace_id", "bytes"), "t": ('log.attributes["v"]', "time"), "u": ('Duration("2s")', "duration"),
    }  # fmt: skip
    table = ottl.columns(spec, context="log").table(log((None, {"v": 3}), (None, {"v": "x"}), (None, {"v": False})))
    rows = table.to_pylist()
    assert [r["i"] for r in rows] == [3, None, None] and [r["d"] for r in rows] == [3.0, None, None]
    assert [r["s"] for r in rows] == ["3", "x", "false"] and [r["b"] for r in rows] == [None, b"x", None]
    assert [r["o"] for r in rows] == [None, None, False] and rows[0]["id"] == "0" * 32 and rows[0]["raw"] == bytes(16)
    assert rows[0]["t"] is None and str(table.schema.field("u").type) == "duration[ns]"
    table.validate(full=True)


def test_many_rows_and_payloads(log):
    payloads = [log(*[(f"b{i}" + "é" * (i % 3), {"n": i}) for i in range(k)]) for k in (0, 1, 8, 9, 1000)]
    table = ottl.columns({"body": "log.body", "n": 'log.attributes["n"]'}, context="log").table(payloads)
    assert table.num_rows == 1018 and table["n"].to_pylist()[-1] == 999 and table["body"].to_pylist()[-1] == "b999"
    table.validate(full=True)


def test_text_that_is_not_utf8_becomes_so(log):
    wire = ottl.compile('set(log.body, "XY")').run(log(("a", {})), to="proto").replace(b"XY", b"\xffY")
    table = ottl.columns({"b": "log.body"}).table(wire)
    assert table["b"].to_pylist() == ["\ufffdY"]
    table.validate(full=True)


def test_batches_are_taken_or_freed(log):
    columns = ottl.columns({"b": "log.body"})
    for _ in range(100):
        columns.batch(log(("a" * 1000, {})))  # never taken
        pa.record_batch(columns.batch(log(("a" * 1000, {}))))


def test_failures(log):
    columns = ottl.columns({"b": "ParseJSON(log.body)"}, context="log")
    assert columns.table(log(("no", {})))["b"].to_pylist() == [None]
    with pytest.raises(ottl.Error, match="record 0"):
        columns.batch(log(("no", {})), errors="raise")
    with pytest.raises(ValueError, match="integer"):
        ottl.columns({"b": ("log.body", "integer")}).batch(log(("a", {})))
    with pytest.raises(ottl.DataError):
        columns.batch(b"\xff")


@pytest.mark.parametrize("signal", ["logs", "traces", "metrics"])
def test_records(signal, log):
    empty = json.dumps({"logs": {"resourceLogs": []}, "traces": {"resourceSpans": []}, "metrics": {"resourceMetrics": []}}[signal])
    assert ottl.records(signal).table(empty).num_rows == 0
    if signal == "logs":
        (row,) = ottl.records("logs").table(log(("hello", {"k": 1}))).to_pylist()
        assert (row["body"], row["attributes"], row["service"], row["severity"]) == ("hello", '{"k":1}', "shop", 9)


def test_pandas(log):
    pytest.importorskip("pandas")
    frame = ottl.columns({"body": "log.body", "n": 'log.attributes["n"]'}, context="log").pandas([log(("a", {"n": 1})), log(("b", {"n": 2}))])
    assert list(frame["body"]) == ["a", "b"] and frame["n"].sum() == 3
