#!/usr/bin/env python3
"""Writes deprecated.inc: names of attributes that the semantic conventions deprecate and say a replacement for, sorted by bytes.

usage: gen_deprecated.py DIR > deprecated.inc
DIR: the unpacked package opentelemetry-semantic-conventions of PyPI, that is, the folder that has `opentelemetry`
"""
import ast
import glob
import re
import sys

folder = sys.argv[1] + "/opentelemetry/semconv"
versions = re.findall(r"schemas/(\d+\.\d+\.\d+)", open(folder + "/schemas.py", encoding="utf-8").read())
rows = {}
for path in glob.glob(folder + "/_incubating/attributes/*.py"):
    body = ast.parse(open(path, encoding="utf-8").read()).body
    for name, doc in zip(body, body[1:]):
        if not (isinstance(name, ast.AnnAssign) and isinstance(name.value, ast.Constant) and isinstance(doc, ast.Expr)):
            continue
        text = " ".join(str(getattr(doc.value, "value", "")).split())
        new = re.findall(r"`([a-z0-9_.-]+)`", text)
        if "." not in name.value.value or not text.startswith("Deprecated: ") or "Moved to" in text or not new:
            continue
        text = re.sub(r", which has moved to the \[.*", "", text.removeprefix("Deprecated: ")).rstrip(".")
        one = re.fullmatch(r"(?:Replaced by|Use) `([^`]+)`(?: instead)?", text)
        rows[name.value.value] = (one[1] if one else "", new[0], text)
print(f"/* Made by gen_deprecated.py of the semantic conventions {max(versions, key=lambda v: [int(n) for n in v.split('.')])}; do not edit.\n"
      " * DEPRECATED(name, its new name or \"\" if it is not simply renamed, a name that shows the new ones are known, what the registry says) */")
for old in sorted(rows):
    cells = ", ".join('"' + c.replace("\\", "\\\\").replace('"', '\\"') + '"' for c in (old, *rows[old]))
    print(f"DEPRECATED({cells})")
