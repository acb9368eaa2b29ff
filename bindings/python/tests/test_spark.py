"""A local session with two workers. Needs pyspark and a Java."""

import gzip
import os
import shutil
import sys

import ottl
import pytest

pytest.importorskip("pyspark")
pa = pytest.importorskip("pyarrow")
if not shutil.which("java"):
    pytest.skip("no java", allow_module_level=True)

import ottl.spark  # noqa: E402


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # of the workers
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_a_program_over_a_data_frame(spark, log):
    payloads = [bytes(log((f"user{i}", {"secret": "hush"}), (f"drop{i}", {}))) for i in range(200)]
    df = spark.createDataFrame([(i, p) for i, p in enumerate(payloads)], "id bigint, payload binary").repartition(4)
    out = ottl.spark.transform(df, 'delete_key(log.attributes, "secret")\nset(log.body, "x") where IsMatch(log.body, "^user")')
    rows = {r.id: bytes(r.payload) for r in out.collect()}
    program = ottl.compile('delete_key(log.attributes, "secret")\nset(log.body, "x") where IsMatch(log.body, "^user")')
    assert rows == {i: program.run(p) for i, p in enumerate(payloads)}
    assert not any(b"hush" in p for p in rows.values())


def test_rows_of_which_nothing_is_left_go(spark, log):
    df = spark.createDataFrame([(1, log(("a", {}))), (2, log(("b", {}))), (3, None)], "id bigint, payload binary")
    out = ottl.spark.transform(df, 'log.body == "a"', kind="filter")
    assert [r.id for r in out.collect()] == [2]


def test_payloads_that_are_not_otlp(spark, log):
    df = spark.createDataFrame([(1, b"\xff"), (2, log(("b", {})))], "id bigint, payload binary")
    statements = 'set(log.body, "c")'
    assert sorted(r.id for r in ottl.spark.transform(df, statements, invalid="keep").collect()) == [1, 2]
    assert [r.id for r in ottl.spark.transform(df, statements, invalid="drop").collect()] == [2]
    with pytest.raises(Exception, match="malformed"):
        ottl.spark.transform(df, statements).collect()
    with pytest.raises(ottl.CompileError):
        ottl.spark.transform(df, "sett(log.body)")


def test_files_of_every_framing(spark, log, tmp_path):
    messages = [log((f"m{i}", {"n": i})) for i in range(6)]
    wires = [ottl.compile('set(log.attributes["w"], 1)').run(m, to="proto") for m in messages]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(messages))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"\n".join(messages)))
    (tmp_path / "deep").mkdir()
    with pa.CompressedOutputStream(str(tmp_path / "deep" / "c.zst"), "zstd") as f:
        f.write(b"\n".join(messages))
    (tmp_path / "d.framed").write_bytes(b"".join(len(w).to_bytes(4, "big") + w for w in wires))
    df = ottl.spark.read(spark, str(tmp_path), batch_bytes=200)
    assert df.count() == 24
    table = ottl.spark.records(df, {"body": ("log.body", "string"), "n": ('log.attributes["n"]', "int")}, context="log")
    rows = sorted((r.body, r.n) for r in table.collect())
    assert rows == sorted([(f"m{i}", i) for i in range(6)] * 4)
    assert sorted({r.message for r in df.collect()}) == list(range(6))
    at_once = ottl.spark.read(spark, str(tmp_path), statements='log.body != "m3"', kind="filter", signal="logs", to="json")
    assert sorted(bytes(r.payload).count(b"m3") for r in at_once.collect()) == [1] * 4
    with pytest.raises(ottl.CompileError):
        ottl.spark.read(spark, str(tmp_path), statements="sett(log.body)")
    with pytest.raises(ValueError):
        ottl.spark.read(spark, str(tmp_path), signal="logs")
    with pytest.raises(FileNotFoundError):
        ottl.spark.read(spark, str(tmp_path / "none*"))


def test_configurations(spark, log):
    config = "processors:\n  transform:\n    log_statements:\n      - set(log.body, \"c\")\n"
    df = spark.createDataFrame([(log(("b", {})),)], "payload binary")
    out = ottl.spark.transform(df, config=config, signal="logs", to="proto").collect()
    assert b"\x0a\x01c" in bytes(out[0].payload)
