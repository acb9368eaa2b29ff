#!/usr/bin/env python3
"""usable.py FILE: the answered cases that can be compared: no panic of the reference, not nondeterministic, no answer missing."""
import json
import sys

for line in open(sys.argv[1], encoding="utf-8", newline="\n"):
    if not line.strip():
        continue
    want = json.loads(line).get("want")
    if want and "PANIC" not in json.dumps(want) and not json.loads(line).get("nondeterministic"):
        sys.stdout.write(line)
