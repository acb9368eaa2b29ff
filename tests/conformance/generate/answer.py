#!/usr/bin/env python3
"""answer.py FILL FILE: the cases of FILE with the answers of the oracle FILL.

The reference can run out of stack, which ends the oracle's process, and go round in circles. Cases that the oracle calls slow are left out;
after a death the cases at hand are halved until the one that did it is alone."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading

CHUNK = 200
SECONDS = 45


class Asked:
    """One run of the oracle."""

    def __init__(self, fill, lines):
        self.slow = set()
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".jsonl") as f:
            f.writelines(lines)
            f.flush()
            p = subprocess.Popen([fill, f.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
            watch = threading.Timer(SECONDS, os.killpg, (p.pid, signal.SIGKILL))
            watch.start()
            errors = threading.Thread(target=self.watch_errors, args=(p,))
            errors.start()
            out = p.stdout.read().decode("utf-8", "surrogateescape")
            p.wait()
            errors.join()
            watch.cancel()
        self.answers = [l + "\n" for l in out.split("\n") if l.strip()]

    def watch_errors(self, p):
        for line in p.stderr:
            if m := re.match(rb"(.*): still running after", line):
                self.slow.add(m[1].decode())


def ask(fill, lines):
    asked = Asked(fill, lines)
    if len(asked.answers) == len(lines):
        sys.stdout.buffer.write("".join(asked.answers).encode("utf-8", "surrogateescape"))
        return
    left = [l for l in lines if json.loads(l)["id"] not in asked.slow]
    if len(left) < len(lines) or len(lines) == 1:
        for line in set(lines) - set(left) or lines:
            print(f"answer.py: no answer to {line.strip()}", file=sys.stderr)
        if left and len(lines) > 1:
            ask(fill, left)
        return
    half = len(lines) // 2
    ask(fill, lines[:half])
    ask(fill, lines[half:])


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8", newline="\n") as f:
        all_lines = [l for l in f if l.strip()]
    for i in range(0, len(all_lines), CHUNK):
        ask(sys.argv[1], all_lines[i:i + CHUNK])
