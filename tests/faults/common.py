"""What the tests of faults share: running the command with faults, and what must hold whatever fails."""
import gzip
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path.cwd()
LOGS = ROOT / "examples/sample-logs.jsonl"
SANITIZER_EXIT = 99
ENV = {k: v for k, v in os.environ.items() if not k.startswith("OTTL_")} | {
    "ASAN_OPTIONS": f"exitcode={SANITIZER_EXIT}:allocator_may_return_null=1:" + os.environ.get("ASAN_OPTIONS", ""),
    "LC_ALL": "C.UTF-8"}
bad = []


def slow(binary):
    """A build with sanitizers: it starts slowly, so that fewer places are tried."""
    return b"__asan_init" in pathlib.Path(binary).read_bytes()


def fail(name, what):
    bad.append(f"{name}: {what}")
    print(f"not ok  {name}: {what}", flush=True)


def finish(n):
    print(f"{n} checked, {len(bad)} not as they should be")
    raise SystemExit(1 if bad else 0)


class Place:
    """A folder of its own, where a command reads and writes."""

    def __init__(self, where=None):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ottl-faults-", dir=where))
        for name in ("examples/sample-logs.jsonl", "examples/collector.yaml", "examples/demo.ottl", "examples/demo.ottlt"):
            shutil.copy(ROOT / name, self.path)
        for name in ("logs.pb", "traces.pb", "metrics.pb"):
            shutil.copy(ROOT / "tests/fixtures/wire" / name, self.path)
        (self.path / "logs.jsonl.gz").write_bytes(gzip.compress(LOGS.read_bytes()))
        (self.path / "ugly.ottl").write_text('set( log.body,"x")  where   1==1\n')
        self.start = self.names()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def names(self):
        return {p.relative_to(self.path).as_posix() for p in self.path.rglob("*")}

    def new(self):
        return self.names() - self.start

    def run(self, binary, args, fault=None, count=None, stdin=None, timeout=120, **more):
        env = dict(ENV)
        if fault:
            env["OTTL_FAULT"] = fault
        if count:
            env["OTTL_FAULT_COUNT"] = str(count)
        got = subprocess.run([str(binary), *args], cwd=self.path, env=env, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             check=False, timeout=timeout, **more)
        return got


def crashed(got):
    """A signal, or a sanitizer that found something."""
    if got.returncode < 0 or got.returncode == SANITIZER_EXIT or b"Sanitizer" in got.stderr or b"runtime error" in got.stderr:
        return f"status {got.returncode}: {got.stderr[-1500:].decode(errors='replace')}"
    return None
