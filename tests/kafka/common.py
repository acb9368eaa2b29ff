"""What the tests with topics share: brokers in a process of their own, messages with numbers, and what the command makes of them in a file."""
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

ENV = {k: v for k, v in os.environ.items() if not k.startswith("OTTL_")} | {"LC_ALL": "C.UTF-8"}
EDIT = 'set(log.severity_text, Concat(["was", log.body], " "))'
bad = []
lock = threading.Lock()


def expect(holds, text):
    if not holds:
        with lock:
            bad.append(text)
            print(f"not ok  {text}", flush=True)


def payload(number, as_json):
    """A request with one log record whose body is the number."""
    if as_json:
        return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": f"n{number}"}}]}]}]}).encode()

    def field(n, data):
        return bytes([n << 3 | 2, len(data)]) + data
    return field(1, field(2, field(2, field(5, field(1, f"n{number}".encode())))))


class Message:
    def __init__(self, partition, key, headers, value):
        self.partition, self.key, self.headers, self.value = partition, key, headers, value
        self.offset = None

    def line(self):
        return f"{self.partition} {self.key.hex() if self.key else '-'} {self.headers or '-'} {self.value.hex() or '-'}\n"


def numbered(n, partitions, as_json=None):
    """JSON and protobuf in turn, with keys and headers here and there."""
    return [Message(i % partitions, f"k{i}".encode() if i % 3 else None, f"h={i},x=y" if i % 4 == 1 else None,
                    payload(i, i % 2 == 0 if as_json is None else as_json)) for i in range(n)]


class Kafka:
    """Brokers, and the command beside them."""

    def __init__(self, ottl, tool, *topics):
        self.ottl, self.tool = str(pathlib.Path(ottl).resolve()), str(pathlib.Path(tool).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ottl-kafka-"))
        self.process = subprocess.Popen([self.tool, "serve", *topics], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=ENV)
        self.brokers = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        subprocess.run(["rm", "-rf", str(self.folder)], check=True)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def topic(self, name, **parameters):
        if "group" in parameters:  # these brokers do not notice at once that a member has left
            parameters = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 500} | parameters
        query = "&".join(f"{k.replace('_', '.')}={v}" for k, v in parameters.items())
        return f"kafka://{self.brokers}/{name}" + (f"?{query}" if query else "")

    def publish(self, topic, messages):
        subprocess.run([self.tool, "publish", self.brokers, topic], input="".join(m.line() for m in messages), text=True, check=True, env=ENV, timeout=60)

    def read(self, topic):
        text = subprocess.run([self.tool, "read", self.brokers, topic], stdout=subprocess.PIPE, text=True, check=True, env=ENV, timeout=60).stdout
        messages = []
        for line in text.splitlines():
            partition, offset, key, headers, value = line.split(" ")
            m = Message(int(partition), bytes.fromhex(key) if key != "-" else None, headers if headers != "-" else None,
                        bytes.fromhex(value) if value != "-" else b"")
            m.offset = int(offset)
            messages.append(m)
        return messages

    def committed(self, group, topic):
        text = subprocess.run([self.tool, "committed", self.brokers, group, topic], stdout=subprocess.PIPE, text=True, check=True, env=ENV,
                              timeout=60).stdout
        return [int(w) for w in text.split()]

    def start(self, *args, **more):
        return subprocess.Popen([self.ottl, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, cwd=self.folder,
                                **more)

    def run(self, *args, stdin=b"", timeout=90):
        return subprocess.run([self.ottl, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, env=ENV, cwd=self.folder,
                              timeout=timeout)

    def made(self, command, messages):
        """What the command makes of the values, by way of a file; None for those that are dropped as a whole."""
        out = []
        frames = b"".join(struct.pack(">I", len(m.value)) + m.value for m in messages)
        got = self.run(*command, "--from", "proto-framed", "--signal", "logs", "-", stdin=frames)
        if got.returncode:
            raise RuntimeError(got.stderr.decode())
        data = got.stdout
        while data:
            n = struct.unpack(">I", data[:4])[0]
            out.append(data[4:4 + n])
            data = data[4 + n:]
        return out


def by_partition(messages):
    found = {}
    for m in messages:
        found.setdefault(m.partition, []).append(m)
    return found


def stop(process, number=signal.SIGTERM, timeout=60):
    process.send_signal(number)
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err.decode()


def all_of(tests, workers=24):
    """Runs them at the same time: most of it is waiting for groups to form."""
    def one(test):
        try:
            test()
        except Exception:  # pylint: disable=broad-except
            expect(False, f"{test.__name__}: {traceback.format_exc().splitlines()[-1][:600]}")
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, tests))


def finish(n):
    print(f"{n} checked, {len(bad)} not as they should be")
    sys.exit(1 if bad else 0)
