"""Random OTTL that mostly makes sense: values, conditions and statements over the paths of a context and the keys of a payload.

The tables of grammar/ say which paths and functions there are, the payload which keys. A Gen is a seeded source of program texts."""
import json
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]
GRAMMAR = ROOT / "grammar"
FIXTURES = ROOT / "tests" / "conformance" / "fixtures"

SIGHT = {  # what a context sees, itself first
    "resource": ["resource"],
    "scope": ["scope", "resource"],
    "span": ["span", "scope", "resource", "instrumentation_scope"],
    "spanevent": ["spanevent", "span", "scope", "resource"],
    "metric": ["metric", "scope", "resource"],
    "datapoint": ["datapoint", "metric", "scope", "resource"],
    "exemplar": ["exemplar", "datapoint", "metric", "scope", "resource"],
    "log": ["log", "scope", "resource", "instrumentation_scope"],
}
SIGNALS = {"logs": ["log", "scope", "resource"], "traces": ["span", "spanevent", "scope", "resource"],
           "metrics": ["metric", "datapoint", "exemplar", "scope", "resource"]}
MAPS = {"resource": ["attributes"], "scope": ["attributes"], "span": ["attributes"], "spanevent": ["attributes"],
        "metric": ["metadata"], "datapoint": ["attributes"], "exemplar": ["filtered_attributes"], "log": ["attributes"]}
TYPE = {"STRING": "string", "INT": "int", "DOUBLE": "float", "BOOL": "bool", "BYTES": "bytes", "MAP": "map", "LIST": "list", "NIL": "nil",
        "TIME": "time", "DURATION": "duration", "TRACE_ID": "trace_id", "SPAN_ID": "span_id"}
KINDS = ["string", "int", "float", "bool", "bytes", "map", "list", "nil", "time", "duration", "trace_id", "span_id"]
WIRE = {"stringValue": "string", "intValue": "int", "doubleValue": "float", "boolValue": "bool", "bytesValue": "bytes",
        "kvlistValue": "map", "arrayValue": "list"}

INTS = ["0", "1", "2", "3", "-1", "-3", "7", "9", "42", "010", "100", "4294967295", "4294967296", "2147483648", "9223372036854775807",
        "-9223372036854775807", "9007199254740993", "1709210096123456789"]
FLOATS = ["0.0", "1.0", "1.5", "-2.5", "0.1", "7.0", "1.0e308", "1.0e-400", "9007199254740992.0", "-0.0", "1.0e21", "123456789.125"]
TEXTS = ["", "a", "b", "hello", "the body", "str", "map", "new", "42", "-7", "1.5", "true", "1h", "1m30s", "é", "日本語", "a,b,c", "k=v x=y",
         "Hello World", "  pad  ", "GET", "user alice logged in", "a@b.example and c@d.example", "4111 1111 1111 1111", "x\\\"q\\\"", "line\\nbreak",
         "\\t", "0x1f", "ff", "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "NaN", "inf", "<a&b>", "ẞß", "\\u00ff", "key", "nil"]
JSONS = ['{}', '{\\"a\\":1}', '{\\"a\\":{\\"b\\":[1,\\"x\\",null]},\\"c\\":true}', '[]', '[1,2.5,\\"x\\",null,{\\"k\\":[]}]', '[1,null]', '{\\"a\\":',
         '{\\"a\\":1,\\"a\\":2}', '1', '\\"s\\"', 'null', ' {\\"a\\" : \\"\\\\u00e9\\"} ', '{\\"x\\":\\"<&>\\"}', '[[1],[2,[3]]]', '[01]', '{\\"n\\":1e3}', '']
BYTES = ["0x00", "0x6162", "0xff", "0x0102030405060708", "0x5b8efff798038103d269b633813fc60c", "0xeee19b7ec3c1b174", "0x0000000000000000"]
PATTERNS = ["a", "l+", "^h", "o$", "[aeiou]", "(\\\\w+)@(\\\\w+)", "\\\\d+", "^(\\\\w)(\\\\w*)$", ".", "^$", "(?i)HELLO", "s|n|k", "^http", "(?P<first>\\\\w+) (?P<second>\\\\w+)",
            "\\\\.", "x+", "[^a-z]", "é|日", "^[a-m]", "\\\\bl", "b$|^t"]
REPLACEMENTS = ["X", "", "$1", "$0$0", "$$", "<$1>", "${1}x", "$1x", "é", "$first", "a$", "$9"]
FUNCTIONS = ["ToUpperCase", "ToLowerCase", "SHA256", "Trim", "FNV", "HasPrefix", "IsString", "Nope", "ToLower Case", "Base64Encode"]


def tables():
    paths = {}
    for m in re.finditer(r'^PATH\((\w+), "([^"]+)", ([^"]*?), (RO|RW), (\w+), (\w+), (true|false),', (GRAMMAR / "paths.def").read_text(), re.M):
        types = [TYPE[t] for t in re.findall(r"TYPES\((\w+)\)", m[3]) if t in TYPE and t != "NIL"] or ["opaque"]
        if "TYPES_ALL" in m[3] or len(types) > 3:
            types = ["any"]
        paths.setdefault(m[1].lower(), []).append((m[2], types[0], m[7] == "true"))
    enums = {}
    for m in re.finditer(r'^ENUM\((\w+), "(\w+)"', (GRAMMAR / "enums.def").read_text(), re.M):
        enums.setdefault(m[1].lower(), []).append(m[2])
    functions = {}
    for line in (GRAMMAR / "functions.def").read_text().splitlines():
        if m := re.match(r'FUNCTION\((\w+), "(\w+)", (\w+), (.*?), [^,]*, \w+, \w+,', line):
            functions[m[2]] = {"kind": m[3], "result": re.findall(r"TYPES\((\w+)\)", m[4]), "params": []}
        elif m := re.match(r'PARAM\((\w+), "(\w+)", "(\w+)", (\w+), (\w+)\)', line):
            functions[m[1]]["params"].append((m[2], m[4], m[5] == "true"))
    for name, f in functions.items():
        f["result"] = [TYPE[t] for t in f["result"] if t in TYPE and t != "NIL"] or ["any"]
    return paths, enums, functions


PATHS, ENUMS, FUNCS = tables()


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def walk(prefix, value, out, depth=0):
    """Every path under an AnyValue with its type."""
    name, inner = next(iter(value.items())) if value else ("nil", None)
    out.append((prefix, WIRE.get(name, "nil")))
    if depth > 3:
        return
    if name == "kvlistValue":
        for entry in inner.get("values", []):
            walk(f'{prefix}[{quote(entry.get("key", ""))}]', entry.get("value", {}), out, depth + 1)
    elif name == "arrayValue":
        for i, entry in enumerate(inner.get("values", [])):
            walk(f"{prefix}[{i}]", entry, out, depth + 1)


def harvest(payload):
    """context -> [(path, type)] of what the payload's maps and bodies hold."""
    found = {}

    def entries(context, field, message):
        out = found.setdefault(context, [])
        for e in message.get(camel(field), []):
            walk(f'{context}.{field}[{quote(e.get("key", ""))}]', e.get("value", {}), out)

    def camel(name):
        return re.sub(r"_(\w)", lambda m: m[1].upper(), name)

    for r in payload.get("resourceLogs", []) + payload.get("resourceSpans", []) + payload.get("resourceMetrics", []):
        entries("resource", "attributes", r.get("resource", {}))
        for s in r.get("scopeLogs", []) + r.get("scopeSpans", []) + r.get("scopeMetrics", []):
            entries("scope", "attributes", s.get("scope", {}))
            for item in s.get("logRecords", []):
                entries("log", "attributes", item)
                walk("log.body", item.get("body", {}), found["log"])
            for item in s.get("spans", []):
                entries("span", "attributes", item)
                for e in item.get("events", []):
                    entries("spanevent", "attributes", e)
            for item in s.get("metrics", []):
                entries("metric", "metadata", item)
                for kind in ("gauge", "sum", "histogram", "exponentialHistogram", "summary"):
                    for p in item.get(kind, {}).get("dataPoints", []):
                        entries("datapoint", "attributes", p)
                        for e in p.get("exemplars", []):
                            entries("exemplar", "filtered_attributes", e)
    return {c: sorted(set(l)) for c, l in found.items()}


class Gen:
    def __init__(self, seed, signal, context, fixture):
        self.r = random.Random(seed)
        self.signal, self.context, self.fixture = signal, context, fixture
        self.sight = SIGHT[context]
        data = harvest(json.loads((FIXTURES / f"{fixture}.json").read_text()))
        self.data = [e for c in self.sight for e in data.get(c, [])]
        self.paths = [(f"{c}.{p}", t, k) for c in self.sight if c in PATHS for p, t, k in PATHS[c]
                      if not (p.startswith("cache") and c != context) and p != "event_index"]
        self.enums = ENUMS.get(context, [])

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *options):
        return self.r.choice(options)

    # ---- paths ----

    def maps(self):
        """A path that is a map, at any level."""
        c = self.r.choice(self.sight[:4]) if self.chance(0.5) else self.context
        c = "scope" if c == "instrumentation_scope" else c
        if self.chance(0.12):
            return f"{self.context}.cache"
        if self.chance(0.35):
            inner = [p for p, t in self.data if t == "map"]
            if inner:
                return self.r.choice(inner)
        return f"{c}.{MAPS[c][0]}"

    def key(self, depth):
        n = self.r.random()
        if n < 0.45:
            return quote(self.pick("a", "new", "b", "x", "map", "list", "", "größe", "deep", "zz", "str"))
        if n < 0.65:
            return self.pick("0", "1", "-1", "2", "3", "99", "5", "01")
        if n < 0.75 and self.data:
            small = [p for p, t in self.data if t == "string" or p.endswith(('["idx"]', '["n"]', '["zero"]'))]  # no huge index: the reference pads
            return self.r.choice(small) if small else "0"
        if n < 0.85:
            return self.literal("string") if self.chance(0.5) else self.pick('ToLowerCase("A")', 'Concat(["a","b"], "")', 'Trim(" a ")')
        return self.pick('Len("a")', 'Len("ab") - 2', "(1 + 1)", "-1 + 1", 'Int("1")', 'Int("-1")', "(0 - 1)", "+1", "1.5", "true")

    def path(self, kind="any", depth=1):
        n = self.r.random()
        if n < 0.6 and self.data:
            fit = [p for p, t in self.data if kind in ("any", t)]
            if fit:
                p = self.r.choice(fit)
                return p + (f"[{self.key(depth)}]" if self.chance(0.1) else "")
        if n < 0.85:
            fit = [(p, k) for p, t, k in self.paths if kind in ("any", t) or (t == "any" and self.chance(0.5))]
            if fit:
                p, keyable = self.r.choice(fit)
                return p + (f"[{self.key(depth)}]" if keyable and self.chance(0.2) else "")
        p = self.maps()
        for _ in range(self.r.choice([1, 1, 1, 2, 3])):
            p += f"[{self.key(depth)}]"
        return p

    # ---- values ----

    def literal(self, kind, depth=1):
        if kind == "string":
            return quote_raw(self.r.choice(JSONS if self.chance(0.1) else TEXTS))
        if kind == "int":
            return self.r.choice(self.enums) if self.enums and self.chance(0.15) else self.r.choice(INTS)
        if kind == "float":
            return self.r.choice(FLOATS)
        if kind == "bool":
            return self.pick("true", "false")
        if kind == "bytes":
            return self.r.choice(BYTES)
        if kind == "nil":
            return "nil"
        if kind == "map":
            return "{" + ", ".join(f'{quote(self.pick("a", "b", "c", "x", "", "map"))}: {self.value("any", depth - 1)}'
                                   for _ in range(self.r.choice([0, 1, 1, 2, 3]))) + "}"
        if kind == "list":
            return "[" + ", ".join(self.value("any" if self.chance(0.6) else "string", depth - 1) for _ in range(self.r.choice([0, 1, 1, 2, 3]))) + "]"
        if kind == "time":
            return f"Unix({self.value('int', 0)}" + (f", {self.value('int', 0)})" if self.chance(0.4) else ")")
        if kind == "duration":
            return 'Duration("' + self.pick("1h", "0s", "-1ns", "1m30s", "2562047h", "1.5s", "1us") + '")'
        if kind == "trace_id":
            return f"TraceID({self.pick(*BYTES[4:5], '0x00000000000000000000000000000000', quote('5b8efff798038103d269b633813fc60c'))})"
        if kind == "span_id":
            return f"SpanID({self.pick('0xeee19b7ec3c1b174', '0x0000000000000000', quote('eee19b7ec3c1b174'))})"
        return self.literal(self.r.choice(KINDS), depth)

    def value(self, kind="any", depth=2):
        if kind == "any" or self.chance(0.08):
            kind = self.r.choice(KINDS)
        n = self.r.random()
        if depth <= 0:
            return self.literal(kind, 0) if n < 0.5 else self.path(kind, 0)
        if n < 0.35:
            return self.path(kind, depth)
        if n < 0.6:
            return self.literal(kind, depth)
        if n < 0.72 and kind in ("int", "float", "time", "duration"):
            return self.math(depth)
        if n < 0.76 and kind in ("map", "list", "any"):
            return f"ParseJSON({quote_raw(self.r.choice(JSONS))})" + (f"[{self.key(depth - 1)}]" if self.chance(0.5) else "")
        return self.call(kind, depth)

    def math(self, depth):
        kind = self.r.choice(["int", "int", "float", "time", "duration", "any"])
        out = self.term(kind, depth)
        for _ in range(self.r.choice([1, 1, 2, 3])):
            out += f" {self.r.choice('++--**/')} {self.term(kind if self.chance(0.7) else self.pick('int', 'float', 'duration'), depth)}"
        return out

    def term(self, kind, depth):
        for _ in range(5):
            v = self.value(kind, depth - 1)
            if v[0] not in '"[{0' and v not in ("true", "false", "nil") and not v.isupper() and "SEVERITY" not in v[:9]:
                break
        else:
            v = "2"
        return ("-" if self.chance(0.1) and v[0] not in "-+" else "") + (f"({v})" if self.chance(0.25) else v)

    def call(self, kind, depth):
        names = [n for n, f in FUNCS.items() if f["kind"] == "CONVERTER" and (kind in f["result"] or "any" in f["result"]) and n not in RESTRICTED]
        if not names:
            return self.literal(kind, depth)
        name = self.r.choice(names)
        text = self.invoke(name, depth)
        if kind not in FUNCS[name]["result"] or self.chance(0.05):
            text += f"[{self.key(depth - 1)}]"
        return text

    def argument(self, kind, name, function, depth):
        """One argument for a parameter kind of functions.def."""
        d = depth - 1
        if self.chance(0.03):
            kind = "GETTER"
        if kind in ("STRING", "IS_STRING"):
            if name in ("pattern", "regex_pattern"):
                return quote_raw(self.r.choice(PATTERNS))
            if name == "replacement":
                return quote_raw(self.r.choice(REPLACEMENTS))
            if name == "replacement_format":
                return quote_raw(self.pick("%s", "<%s>", "%s%s", "%d", "100%", "a", "hash=%s"))
            if name == "target" and function == "ParseJSON":
                return quote_raw(self.r.choice(JSONS))
            if name in ("key", "delimiter", "prefix", "suffix") and self.chance(0.6):
                return quote(self.pick("a", "h", "str", "map", "", ",", "=", " ", "http.method", "é", "b", "-"))
            return self.value("string", d)
        if kind in ("STRING_LIKE", "INT_LIKE", "DOUBLE_LIKE", "BOOL_LIKE", "BYTES_LIKE", "GETTER", "IS_BOOL", "IS_INT", "IS_DOUBLE", "IS_MAP"):
            return self.value("any", d)
        if kind == "INT":
            return self.value("int", d) if self.chance(0.4) else self.pick("0", "1", "2", "3", "-1", "10", "16", "36", "100")
        if kind in ("MAP", "LIST", "TIME", "DURATION"):
            return self.value(kind.lower(), d)
        if kind == "STRINGS":
            return "[" + ", ".join(self.value("string", d) if self.chance(0.4) else quote(self.pick("10.0.0.0/8", "::/0", "192.168.0.0/16")) for _ in range(self.r.choice([1, 1, 2]))) + "]"
        if kind == "LIT_DOUBLES":
            return "[" + ", ".join(sorted({self.pick("0.5", "1.0", "2.5", "10.0") for _ in range(3)}, key=float)) + "]"
        if kind == "LIT_DOUBLE":
            return self.pick("0.5", "1.0", "50.0")
        if kind == "GETTERS":
            return "[" + ", ".join(self.value("any", d) for _ in range(self.r.choice([0, 1, 2, 2, 3]))) + "]"
        if kind in ("SLICE_STRING_LIKE", "SLICE_STRING"):
            if self.chance(0.3):
                return self.path("list")
            return "[" + ", ".join(self.value("string" if self.chance(0.7) else "any", d) for _ in range(self.r.choice([0, 1, 2, 3]))) + "]"
        if kind == "LIT_STRINGS":
            return "[" + ", ".join(quote(self.pick("a", "str", "map", "http.method", "list", "")) for _ in range(self.r.choice([0, 0, 1, 2]))) + "]"
        if kind == "LIT_BOOL":
            return self.pick("true", "false")
        if kind == "LIT_INT":
            return self.pick("0", "1", "2", "3", "5", "10", "100", "9223372036854775807")
        if kind == "LIT_STRING":
            if name == "mode":
                return quote(self.pick("key", "value", "value", "both"))
            if name == "strategy":
                return quote(self.pick("upsert", "insert", "update", "upsert", "insert", "update", "x"))
            if name == "truncation_marker":
                return quote(self.pick("...", "", "é", "[cut]"))
            if name == "replacement" or name == "variant":
                return quote(self.pick("a", " ", "he", "é", "", "base64", "base64-raw-url"))
            return quote(self.pick("=", ":", ",", " ", "", "&", "é", "=="))
        if kind == "FUNCTION":
            return self.r.choice(FUNCTIONS)
        if kind == "MAP_GETSETTER":
            return self.maps()
        if kind == "LIST_GETSETTER":
            return self.path("list")
        if kind in ("GETSETTER", "SETTER"):
            return self.target()
        raise ValueError(kind)

    def invoke(self, name, depth):
        params = FUNCS[name]["params"]
        args, named = [], False
        for i, (pname, kind, optional) in enumerate(params):
            if optional and self.chance(0.5):
                named = True
                continue
            text = self.argument(kind, pname, name, depth)
            if named or self.chance(0.06):
                named = True
                text = f"{self.spelling(pname)}={text}"
            args.append(text)
        n = self.r.random()
        if n < 0.01 and args:
            args.pop()
        elif n < 0.015:
            args.append(self.value("any", 0))
        return f"{name}({', '.join(args)})"

    def spelling(self, name):
        if self.chance(0.7):
            return name
        parts = name.split("_")
        return self.pick(parts[0] + "".join(p.title() for p in parts[1:]), name.replace("_", "__"), name + "_", "".join(parts), name.replace("_", "_ "))

    # ---- conditions ----

    def condition(self, depth=2):
        n = self.r.random()
        if depth > 0 and n < 0.3:
            a, b = self.condition(depth - 1), self.condition(depth - 1)
            return f"{self.group(a)} {self.pick('and', 'or')} {self.group(b)}"
        if depth > 0 and n < 0.38:
            return f"not {'(' + self.condition(depth - 1) + ')'}"
        if n < 0.42:
            return self.pick("true", "false")
        if n < 0.55:
            return self.call("bool", depth)
        kind = self.r.choice(KINDS + ["string", "int"])
        other = kind if self.chance(0.8) else self.pick("float" if kind == "int" else "int", "nil", "any")
        return f"{self.value(kind, depth)} {self.pick('==', '==', '!=', '<', '<=', '>', '>=')} {self.value(other, depth)}"

    def group(self, text):
        return f"({text})" if self.chance(0.4) else text

    # ---- statements ----

    def target(self):
        return self.path("any", 1)

    def statement(self, editors=None, depth=2, where=0.3):
        name = self.r.choice(editors or ["set"])
        if name == "set":
            text = self.assignment(depth)
        else:
            text = self.invoke(name, depth)
        return text + (f" where {self.condition(1)}" if self.chance(where) else "")

    def assignment(self, depth):
        n = self.r.random()
        if n < 0.25:  # copies between places that overlap or nest
            a = self.maps() if self.chance(0.4) else self.path("any", 0)
            b = a
            for _ in range(self.r.choice([0, 1, 1, 2])):
                b += f"[{self.key(0)}]"
            if self.chance(0.3):
                a = self.path(self.pick("map", "list"), 0)
            return f"set({a}, {b})" if self.chance(0.5) else f"set({b}, {a})"
        if n < 0.6:
            fit = [(p, t) for p, t, _ in self.paths]
            p, t = self.r.choice(fit)
            return f"set({p}, {self.value(t if t != 'opaque' else 'any', depth) if self.chance(0.8) else self.value('any', depth)})"
        return f"set({self.target()}, {self.value('any', depth)})"


def quote_raw(text):
    return f'"{text}"'


RESTRICTED = set(re.findall(r'^COMPONENT\("(\w+)"', (GRAMMAR / "components.def").read_text(), re.M))  # see processors.py
RESTRICTED |= {n for n, f in FUNCS.items() if any(k.startswith("LAMBDA") for _, k, _ in f["params"])} | {"Now", "UUID", "UUIDv7", "ProfileID"}
EDITORS = [n for n, f in FUNCS.items() if f["kind"] == "EDITOR" and n not in RESTRICTED]
CONVERTERS = [n for n, f in FUNCS.items() if f["kind"] == "CONVERTER" and n not in RESTRICTED]
