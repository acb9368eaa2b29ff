"""How work over stored payloads scales from one core to two, step by step; docs: spark.md.

usage: python bench_spark.py FILE STATEMENTS [--cores 1 2] [--copies 64] [--runs 3]
FILE: export requests of any framing (bench/build/payloads/web.pb). STATEMENTS: an .ottl file, or a workload of bench/workloads.
Each number of cores is a process of its own that is bound to so many: Spark, its workers and all. It reads the copies, alone, with a
filter inside, and with the statements inside or behind; the best of the runs counts. Then zstd, alone."""

import argparse
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import ottl
import ottl.spark
import pyarrow as pa


def session(cores):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    build = SparkSession.builder.master(f"local[{cores}]")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
        "spark.log.level": "ERROR",
    }.items():
        build = build.config(name, value)
    return build.getOrCreate()


def size(df):
    """Runs it, and gives the bytes of payloads that come out."""
    return df.selectExpr("sum(length(payload)) as n").collect()[0].n or 0


def best(runs, work):
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def statements_of(path):
    text = pathlib.Path(path).read_text()
    if not path.endswith(".json"):
        return text
    workload = json.loads(text)
    return f"context: {workload['context']}\n" + "\n".join(workload["statements"])


TASKS = 8


def steps(spark, files, statements):
    df = ottl.spark.read(spark, files, framing="proto-delimited", partitions=TASKS)
    drop = "context: log\nseverity_number < SEVERITY_NUMBER_WARN"
    inside = functools.partial(ottl.spark.read, spark, files, framing="proto-delimited", partitions=TASKS, signal="logs")
    return {
        "read": df,
        "filter inside": inside(statements=drop, kind="filter"),
        "statements behind": ottl.spark.transform(df, statements, signal="logs", error_mode="ignore"),
        "statements inside": inside(statements=statements, error_mode="ignore"),
    }


def codec(data):
    zstd = pa.Codec("zstd", compression_level=1)
    packed = zstd.compress(data, asbytes=True)
    into = best(5, lambda: zstd.compress(data, asbytes=True))
    out = best(5, lambda: zstd.decompress(packed, decompressed_size=len(data), asbytes=True))
    print(f"zstd level 1: ratio {len(data) / len(packed):.1f}, {len(data) / into / 1e9:.2f} GB/s in, {len(data) / out / 1e9:.2f} GB/s out")


def one(args, cores):
    """What each step takes on so many cores, as JSON."""
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(args.copies):
            os.symlink(os.path.abspath(args.file), f"{folder}/{i:04}.pb")
        spark, statements = session(cores), statements_of(args.statements)
        files = [f"{folder}/{i:04}.pb" for i in range(args.copies)]
        for df in steps(spark, files[:TASKS], statements).values():
            size(df)  # warms up
        for name, df in steps(spark, files, statements).items():
            left = []
            took[name] = best(args.runs, lambda df=df, left=left: left.append(size(df))), left[0]
        spark.stop()
    print(json.dumps(took))


def on(cores):
    """The steps in a process that is bound to so many cores."""
    command = [sys.executable, *sys.argv, "--one", str(cores)]
    bound = functools.partial(os.sched_setaffinity, 0, sorted(os.sched_getaffinity(0))[:cores])
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=bound, check=True).stdout
    return json.loads(out.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("statements")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--copies", type=int, default=64)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args, args.one)
        return
    total = args.copies * os.path.getsize(args.file)
    took = [on(cores) for cores in args.cores]
    print(f"{args.copies} files, {total / 1e6:.0f} MB, ottl {ottl.__version__}; MB/s on {' and '.join(map(str, args.cores))} cores")
    for name, (_, left) in took[0].items():
        row = [f"{total / t[name][0] / 1e6:6.0f}" for t in took]
        print(f"{name:18} {' '.join(row)}   x{took[0][name][0] / took[-1][name][0]:.2f}   {left / 1e6:.0f} MB out")
    codec(pathlib.Path(args.file).read_bytes())


if __name__ == "__main__":
    main()
