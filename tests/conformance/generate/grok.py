"""ExtractGrokPatterns: the library's patterns and odd ones of our own, on texts drawn from what a pattern asks for, then spoilt."""
import pathlib
import re
import warnings

from oddities import CHARS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import re._parser as sre
    except ImportError:
        import sre_parse as sre

TABLE = pathlib.Path(__file__).resolve().parents[3] / "third_party" / "grok" / "patterns.inc"
ESCAPES = {"n": "\n", "t": "\t"}
PATTERNS = {}
for line in TABLE.read_text().splitlines()[1:]:
    name, definition = re.fullmatch(r'\{"((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\},', line).groups()
    PATTERNS[name] = re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), definition)
NAMES = sorted(PATTERNS)
COMMON = ["WORD", "NUMBER", "INT", "IP", "IPORHOST", "HOSTNAME", "DATA", "GREEDYDATA", "NOTSPACE", "SPACE", "BOOL", "QS", "UUID", "TIMESTAMP_ISO8601", "LOGLEVEL", "USER", "URI",
          "POSINT", "YEAR", "MONTH", "HTTPDATE", "SYSLOGLINE", "COMMONAPACHELOG", "COMBINEDAPACHELOG", "PATH", "BASE16NUM", "BASE10NUM", "MAC", "EMAILADDRESS"]
REFERENCE = re.compile(r"%\{(\w+)(?::[\w+.]+(?::\w+)?)?\}", re.A)
FIELDS = ["a", "b", "a.b", "user.name", "a", "n", "a___b", "a____b", ".", "..", "a.", "x_1", "1", "_", "WORD", "A.B.C", "a+b", "a-b", "@timestamp", "[a][b]", "é", "a b", ""]
TYPES = ["int", "long", "float", "double", "bool", "boolean", "string", "int", "double", "INT", "Int", "date", "number", "", "in t"]
OWN = ["[a-z]+", r"\d+", "x?", "(b|c)+", "%{WORD}", "%{INT:n:int}", "(?P<inner>.)", "(?P<n>x)", "%{MY}", "%{MY2:q}", "%{GREEDYDATA}", "(", "a=b", "", "\\S", "(?i)abc", "日+", "%{NOPE}"]  # one reference each: two in a cycle take the reference all memory
JOINTS = [" ", " ", "", ":", ".*", r"\s+", "=", "|", " - ", "^", "$", "(", ")?", "[", "]", "%", "%{", "}", "{2}", "é", r"\b", "(?:x)?", "(?P<g>.)", "(?P<h.i>.)"]


def expand(pattern, own, depth=0):
    """A Python expression for what a grok pattern asks for; None where that is hopeless."""
    if depth > 12 or len(pattern) > 20000:
        return None
    out, at = "", 0
    for m in REFERENCE.finditer(pattern):
        inner = own.get(m[1], PATTERNS.get(m[1]))
        inner = None if inner is None else expand(inner, own, depth + 1)
        if inner is None:
            return None
        out += pattern[at : m.start()] + "(" + inner + ")"
        at = m.end()
    return re.sub(r"\?P<[^>]*>", "?:", out + pattern[at:])


def draw(g, nodes):
    out = ""
    for op, arg in nodes:
        name = str(op)
        if name == "LITERAL":
            out += chr(arg)
        elif name == "NOT_LITERAL":
            out += g.pick("x", "7", " ", "é")
        elif name == "ANY":
            out += g.pick("a", "b", "1", " ", "-", ".", "é", "日")
        elif name == "IN":
            out += draw_class(g, arg)
        elif name == "BRANCH":
            out += draw(g, g.r.choice(arg[1]))
        elif name == "SUBPATTERN":
            out += draw(g, arg[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most = int(arg[0]), min(int(arg[1]), int(arg[0]) + 6)
            out += "".join(draw(g, arg[2]) for _ in range(g.r.randint(least, most)))
        if len(out) > 600:
            break
    return out


def draw_class(g, items):
    negated = str(items[0][0]) == "NEGATE"
    for _ in range(20):
        c = g.pick("a", "Z", "5", "_", "-", ".", "/", " ", "é", "日") if negated else None
        if not negated:
            op, arg = g.r.choice(items)
            c = chr(arg) if str(op) == "LITERAL" else chr(g.r.randint(*arg)) if str(op) == "RANGE" else {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "w"}.get(str(arg), "x")
        if not negated or not any(str(op) == "LITERAL" and chr(arg) == c for op, arg in items):
            return c
    return "x"


def matching(g, pattern, own):
    expression = expand(pattern, own)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return draw(g, sre.parse(expression)) if expression is not None else None
    except (re.error, RecursionError, OverflowError, ValueError):
        return None


def spoil(g, t):
    for _ in range(g.r.choice([0, 0, 0, 1, 1, 2, 3])):
        i = g.r.randrange(len(t) + 1)
        j = min(len(t), i + g.r.randrange(1, 5))
        t = g.pick(t[:i] + t[j:], t[:i] + g.r.choice("a0 .:-\"é日[\t\n") + t[i:], t[:i], t[i:], t + " " + t, "x " + t, t + " tail", t.upper(), t[:i] + t[i:j] * 3 + t[j:], "1" + t)
    return t


def literal(t):
    return '"' + t.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def reference(g):
    name = g.r.choice(NAMES if g.chance(0.4) else COMMON)
    if g.chance(0.06):
        name = g.pick("NOPE", "word", "MY", "MY2", "é", "", "WO RD", "A-B")
    n = g.r.random()
    if n < 0.3:
        return f"%{{{name}}}"
    field = g.r.choice(FIELDS[:12] if g.chance(0.8) else FIELDS)
    return f"%{{{name}:{field}}}" if n < 0.65 else f"%{{{name}:{field}:{g.r.choice(TYPES[:9] if g.chance(0.85) else TYPES)}}}"


def grok(g):
    own = {}
    for name in g.pick([], [], [], ["MY"], ["MY", "MY2"], ["MY", "WORD"], ["MY", "MY"], ["INT", "MY-3"]):
        own[name] = g.r.choice(OWN)
    pattern = reference(g)
    for _ in range(g.r.choice([0, 0, 0, 1, 1, 2, 3])):
        pattern += g.r.choice(JOINTS[:9] if g.chance(0.85) else JOINTS) + (g.pick("%{MY}", "%{MY:m}", "%{MY2:m:int}") if own and g.chance(0.6) else reference(g))
    if g.chance(0.12):
        pattern = "^" + pattern + "$"
    t = matching(g, pattern, own) if g.chance(0.9) else None
    if t is None:
        t = "".join(g.pick("hello", "12", "1.5", "true", "10.0.0.1", " ", " ", "é", "x", "-7", "a.b", "99999999999999999999", "0x1F", "NaN", "1e5") for _ in range(g.r.randrange(8)))
    t = spoil(g, t)
    target, how = literal(t), g.r.random()
    if how < 0.06 and len(t) > 2:  # cut inside of a character
        target = f"Substring({literal(t + 'é日')}, {g.r.randrange(3)}, {len(t.encode()) + g.r.randrange(-1, 2)})"
    elif how < 0.09:
        target = f"Concat([{literal(t)}, {literal(g.r.choice(['a', 'word ', '1.2.3.4 ', 'é']) * 40)}], \" \")"
    elif how < 0.11:
        target = g.pick("nil", "1", "true", "log.attributes[\"none\"]")
    args = [target, f"Concat([{literal(pattern)}, \"\"], \"\")" if g.chance(0.12) else literal(pattern)]
    only, definitions = g.pick("true", "true", "false", None), [literal(f"{k}={v}") for k, v in own.items()]
    if g.chance(0.03):
        definitions.append(g.pick('"NOEQUALS"', '"A:B=x"', '""', '"=x"', '"A pattern that is longer than twenty"'))
    if only is not None:
        args.append(only)
    if definitions:
        args.append(f"{'' if only else 'pattern_definitions='}[{', '.join(definitions)}]")
    return f"ExtractGrokPatterns({', '.join(args)})"
