"""Random texts where a hand-written one would miss: numbers, times, durations, JSON, regular expressions, odd UTF-8. Each function
takes a Gen and gives a value expression or a list of statements."""
from ottlgen import quote

NUMBER_TEXTS = ["NaN", "inf", "-Infinity", "+inf", "0x1p4", "0x1.8p-2", "1_000", "_1", "1e5", "1E+05", ".5", "5.", "+7", "-0", "00012", "0b101", "0o17", "0x1F",
                "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324", "", " 1", "1 ",
                "1.7976931348623157e308", "1.7976931348623159e308", "t", "TRUE", "True", "tRUE", "f", "0", "1", "F", "yes", "é1", "١", "1.0", "-1.5e3"]
DURATIONS = ["1h", "1h30m", "-1.5h", "1us", "1µs", "1μs", "100ms", "1d", "1", "", "0", "+5s", ".5s", "1.s", "1h1h", "9223372036854775807ns", "9223372036854775808ns",
             "-9223372036854775808ns", "2562047h47m16.854775807s", "2562047h47m16.854775808s", "1.0000000000000000000001s", "0.1ns", "3ns2us", "1 s", "s", "-", "1e3s"]
CHARS = ["a", "b", "Z", "0", " ", "é", "日", "😀", "ß", "İ", "ǅ", "\\n", "\\t", "-", "_", ".", ",", "/", "\\u0000", "\\ufffd", "ﬁ", "Σ", "ς", "\u0301", "\\\"", "$", "%", "ı", "K"]


def text(g, most=8):
    return "".join(g.r.choice(CHARS) for _ in range(g.r.randrange(most)))


def broken(g):
    """A string expression that cuts characters: not always UTF-8."""
    t = text(g, 6)
    return f'Substring("{t}é日x", {g.r.randrange(4)}, {g.r.randrange(1, 7)})'


def double(g):
    n = g.r.random()
    if n < 0.4:
        return f"{g.r.randrange(10 ** g.r.randrange(1, 18))}.{g.r.randrange(10 ** g.r.randrange(1, 18))}"
    if n < 0.7:
        return f"{g.r.random()!r}".replace("e-", "0e-") if g.chance(0.5) else f"{g.r.randrange(1, 10)}.{g.r.randrange(10 ** 6)}e{g.r.choice('+-')}{g.r.randrange(300)}"
    return f'Double("{g.r.choice(NUMBER_TEXTS)}")'


def integer(g):
    return str(g.r.choice([0, 1, -1, 7]) if g.chance(0.3) else g.r.randrange(-2 ** g.r.randrange(1, 64) + 1, 2 ** g.r.randrange(1, 63)))


def numbers(g):
    number = g.pick(double, integer)(g)
    name = g.pick("String", "Int", "Double", "Bool", "Hex", "IsEmpty", "IsInt", "IsDouble", "SpanID", "IsValidLuhn", "FNV", "Concat", "map", "math", "math", "text", "text", "ParseInt", "list")
    if name == "Concat":
        return f'Concat([{number}, {double(g)}, {integer(g)}, true, nil], "{text(g, 2)}")'
    if name == "map":
        return f'String({{"{text(g)}": {number}, "b": [{double(g)}, {{"c": {integer(g)}}}], "s": {broken(g)}}})'
    if name == "list":
        return f"String([{number}, {double(g)}, \"{text(g)}\", {broken(g)}, 0x00ff, {integer(g)}])"
    if name == "math":
        ops = [g.pick(double, integer)(g) for _ in range(g.r.randrange(2, 5))]
        out = ops[0]
        for o in ops[1:]:
            out += f" {g.r.choice('+-*/')} {f'({o})' if o[0] == '-' else o}"
        return g.pick(out, f"String({out})", f"Int({out})")
    if name == "text":
        return f'{g.pick("Int", "Double", "Bool")}({quote(g.r.choice(NUMBER_TEXTS))})'
    if name == "ParseInt":
        t = g.pick(g.r.choice(NUMBER_TEXTS), integer(g), "zz", "-ff", "0x_1", "7fffffffffffffff", "-8000000000000000", "1__0")
        return f'ParseInt("{t}", {g.r.choice([0, 1, 2, 8, 10, 16, 36, 37, -1])})'
    if name == "FNV":
        return f"{g.pick('FNV', 'SHA256', 'ToUpperCase', 'ToLowerCase', 'Len', 'Trim', 'IsString', 'String')}({broken(g) if g.chance(0.5) else quote(text(g)) if False else chr(34) + text(g, 12) + chr(34)})"
    return f"{name}({number})"


def times(g):
    def time(depth=2):
        n = g.r.random()
        if depth and n < 0.3:
            return f"({time(depth - 1)} {g.r.choice('+-')} {duration()})"
        seconds = g.r.choice([0, -1, 1709210096, -62135596800, 253402300799, -62167219200, 9223372036, -9223372037, 9223372036854775807, -9223372036854775807, 9223371974719179007, 9223371974719179008, -9223372028741760000, 2 ** 62, -(2 ** 62), g.r.randrange(-2 ** 40, 2 ** 40)])
        return f"Unix({seconds}" + (f", {g.r.choice([0, 1, 999999999, 1000000000, -1, g.r.randrange(-2 ** 34, 2 ** 34)])})" if g.chance(0.6) else ")")

    def duration():
        if g.chance(0.3):
            return f"({time(0)} - {time(0)})"
        return f"Duration({quote(g.r.choice(DURATIONS))})"

    def value():
        return g.pick(time, duration)() if g.chance(0.8) else g.pick("1", "nil", "1.5")

    n = g.r.random()
    if n < 0.35:
        return f"{g.pick('Year', 'Month', 'Day', 'Hour', 'Minute', 'Second', 'Nanosecond', 'Weekday', 'Unix', 'UnixNano', 'UnixMicro', 'UnixMilli', 'UnixSeconds', 'String')}({time()})"
    if n < 0.65:
        return f"{g.pick('Hours', 'Minutes', 'Seconds', 'Milliseconds', 'Microseconds', 'Nanoseconds', 'String')}({duration()})"
    if n < 0.8:
        return f"{value()} {g.r.choice('+-+-*/')} {value()}"
    if n < 0.9:
        a, b = (time, time) if g.chance(0.7) else (duration, duration)
        return [f'set(log.attributes["{i}"], true) where {a()} {g.r.choice(["<", "<=", "==", "!=", ">", ">="])} {b()}' for i in range(6)]
    if n < 0.95:
        return [f'set({g.pick("log.time", "log.observed_time")}, {time()})', 'set(log.attributes["n"], log.time_unix_nano)', f'set(log.attributes["d"], Nanoseconds(log.time - {time()}))']
    return f'Concat([{time()}, {duration()}], "|")'


def json_text(g, depth=4):
    n = g.r.random()
    if depth and n < 0.3:
        return "{" + g.pick(",", ", ", " ,").join(f'{json_string(g)}{g.pick(":", ": ", " :")}{json_text(g, depth - 1)}' for _ in range(g.r.randrange(4))) + "}"
    if depth and n < 0.5:
        return "[" + ",".join(json_text(g, depth - 1) for _ in range(g.r.randrange(4))) + "]"
    if n < 0.75:
        return json_string(g)
    return g.pick("true", "false", "null", "0", "-0", "1", "-1.5", "1e3", "1E-2", "01", "1.", ".5", "9007199254740993", "1e308", "1e309", "-", "+1", "0x1", "NaN", "12345678901234567890", "tru", "0.1e+1")


def json_string(g):
    inside = "".join(g.r.choice(["a", "b", "é", "\\n", "\\u0041", "\\ud83d\\ude00", "\\ud83d", "\\u00zz", "\\x", "\\/", "\\\"", "\\\\", "<", "\t", "\x01", "日", " ", "\\u0000", "\\b\\f"])
                     for _ in range(g.r.randrange(4)))
    return f'"{inside}"'


def jsons(g):
    t = json_text(g)
    if not t.startswith(("{", "[")) and g.chance(0.8):
        t = f'{{"a":{t},"k":{json_text(g, 2)}}}'
    if g.chance(0.25):
        i = g.r.randrange(len(t) + 1)
        t = t[:i] + g.pick("", " ", ",", "}", "]", "\n", '"', "x", "\\", "{") + t[i + g.r.randrange(2):]
    e = f"ParseJSON({quote(t)})"
    return g.pick(e, e, f"String({e})", f'{e}["a"]', f"Len({e})", f"Keys({e})", f"Values({e})")


RUNES = ["a", "b", "c", "e", "o", "l", "1", "0", "K", "k", "S", "é", "É", "日", "ſ", "\u212a", "σ", "ς", "Σ", "ß", "ẞ", "İ", "ı", "ǅ", "-", "_", " ", "µ", "Ω", "ᲀ", "\ufffd", "\U00010400", "\U00010428", "😀"]
POSIX = ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"]
TABLES = ["L", "N", "Lu", "Ll", "Lt", "M", "Z", "Zs", "S", "Sc", "P", "C", "Cn", "LC", "Any", "ASCII", "Assigned", "Greek", "Latin", "Cyrillic", "Han", "Common", "Old_Italic", "greek", "Upper case-letter", "Foo", "Letter"]
COUNTS = ["{2}", "{0}", "{1}", "{0,1}", "{1,}", "{0,}", "{2,}", "{1,3}", "{2,3}", "{,2}", "{0,0}", "{3,2}", "{100}", "{1000}", "{1001}", "{1000,}", "{02}", "{2", "{ 2}", "{2,3,4}"]
REFUSED = ["\\C", "\\Z", "\\G", "\\1", "\\8", "\\k<n>", "\\h", "\\R", "\\X", "\\K", "\\e", "\\cA", "\\u0041", "(?=a)", "(?!a)", "(?<=a)", "(?>a)", "(?#a)", "(?P=n)", "(?P>n)", "(?R)", "(?x)", "(?1)", "a*+", "a**",
           "[a", "[z-a]", "[[:foo:]]", "[[=a=]]", "(", ")", "(?", "(?i", "(?P<", "(?P<1a>x)", "(?P<a-b>x)", "(?<>a)", "\\", "\\x", "\\x{110000}", "\\x{d800}", "\\p", "\\p{", "\\pX", "*", "|*", "(*)", "^*", "\\b+", "$?", "(?-)", "(?i-)", "(?ii)", "(?i-i)"]


def character(g):
    """An item of a class, or one rune of a pattern."""
    return g.pick(g.r.choice(RUNES), g.r.choice(RUNES), "\\x%02x" % g.r.randrange(128), "\\x{%x}" % g.r.choice([0x41, 0xe9, 0x17f, 0x212a, 0x3c3, 0xfffd, 0x10ffff, 0xd7ff]), "\\n", "\\t", "\\.", "\\-", "\\]",
                  "\\^", "\\_", "\\ ", "\\101", "\\07", "\\a", "\\v")


def named_class(g):
    n = g.r.random()
    if n < 0.5:
        return "\\" + g.r.choice("dDwWsS")
    t = g.r.choice(TABLES)
    return "\\" + g.r.choice("pP") + (t if len(t) == 1 else "{" + g.pick("", "", "^") + t + "}")


def char_class(g):
    out = ""
    for _ in range(g.r.randrange(1, 4)):
        n = g.r.random()
        if n < 0.3:
            lo, hi = sorted([g.r.choice(RUNES), g.r.choice(RUNES)]) if g.chance(0.95) else ("z", "a")
            out += f"{lo}-{hi}" if "-" not in (lo, hi) else lo
        elif n < 0.45:
            out += f'[:{g.pick("", "", "^")}{g.r.choice(POSIX)}:]'
        elif n < 0.6:
            out += named_class(g)
        else:
            out += character(g)
    return "[" + g.pick("", "", "^") + g.pick("", "", "", "]", "-") + out + g.pick("", "", "-") + "]"


def regex(g, depth=4):
    n = g.r.random()
    if depth and n < 0.28:
        return "".join(regex(g, depth - 1) for _ in range(g.r.randrange(1, 4)))
    if depth and n < 0.38:
        return "|".join(regex(g, depth - 1) for _ in range(g.r.randrange(2, 4)))
    if depth and n < 0.52:
        flags = g.pick("i", "s", "m", "U", "is", "i-s", "-i", "m-U", "-m", "s-im", "")
        return g.pick("(", "(", "(?:", "(?P<n>", "(?<m>", "(?P<n>", f"(?{flags}:", f"(?{flags}:") + regex(g, depth - 1) + ")" if g.chance(0.9) else f"(?{flags})" + regex(g, depth - 1)
    if depth and n < 0.74:
        count = g.pick("*", "+", "?", "*", "+", g.r.choice(COUNTS))
        return group(regex(g, depth - 1)) + count + g.pick("", "", "?")
    if n < 0.75:
        return g.r.choice(REFUSED)
    return g.pick(character, character, char_class, char_class, named_class, lambda g: g.pick(".", ".", "^", "$", "\\b", "\\B", "\\A", "\\z", "", "\\Q.*+\\E", "\\Qa", "\\Q\\E", "hello", "aa"))(g)


def group(t):
    return t if len(t) == 1 else f"(?:{t})"


def subject(g):
    n = g.r.random()
    if n < 0.2:
        return broken(g)
    return '"' + "".join(g.r.choice(RUNES + ["a", "b", "aa", "ab", "hello", "\\n", "\\t", ".", "aab"]) for _ in range(g.r.randrange(14))) + '"'


def regexes(g):
    p = quote(g.pick("", "", "", "(?i)", "(?s)", "(?m)", "(?U)") + regex(g))
    n = g.r.random()
    if n < 0.35:
        return f"IsMatch({subject(g)}, {p})"
    if n < 0.5:
        return f"ExtractPatterns({subject(g)}, {p})"
    replacement = g.pick("X", "[$0]", "<$1>", "$n-${m}", "$$", "", "${1}", "$1$2", "$1x", "${n", "$é", "a$")
    if n < 0.65:
        keys = ", ".join(f'"{i}{text(g, 3)}": {subject(g)}' for i in range(4))
        return [f"merge_maps(log.attributes, {{{keys}}}, \"upsert\")", f'replace_all_patterns(log.attributes, "{g.pick("key", "value", "value")}", {p}, "{replacement}")']
    if n < 0.72:
        keys = ", ".join(f'"{i}{text(g, 3)}": {i}' for i in range(4))
        return [f"merge_maps(log.attributes, {{{keys}}}, \"upsert\")", f'{g.pick("keep_matching_keys", "delete_matching_keys")}(log.attributes, {p})']
    s = subject(g)
    if n < 0.78:  # a pattern that comes from data
        return [f'set(log.attributes["s"], {s})', f'set(log.attributes["p"], {p})', 'set(log.body, IsMatch(log.attributes["s"], log.attributes["p"]))']
    return [f'set(log.attributes["s"], {s})', f'replace_pattern(log.attributes["s"], {p}, "{replacement}")', f'set(log.body, log.attributes["s"])']


def glob(g, depth=2):
    out = ""
    for _ in range(g.r.randrange(1, 5)):
        n = g.r.random()
        if n < 0.3:
            out += "".join(g.r.choice(["a", "b", "c", "ab", "é", "日", "x"]) for _ in range(g.r.randrange(1, 3)))
        elif n < 0.5:
            out += g.pick("*", "*", "**", "***")
        elif n < 0.62:
            out += g.pick("?", "??")
        elif n < 0.78:
            out += "[" + g.pick("", "!") + g.pick("a-c", "ab", "é-日", "b-é", "a", "x日", "a-", "-a", "c-a", "^a", "]a", "a\\]b") + "]"
        elif n < 0.93 and depth:
            out += "{" + ",".join(g.pick("", glob(g, depth - 1), glob(g, depth - 1)) for _ in range(g.r.randrange(1, 4))) + "}"
        else:
            out += g.pick("\\*", "\\?", "\\[", "\\{", "\\\\", "\\a", "{", "}", "[", "]", ",", "\\", "!", "-", "\u0001")
    return out


def globs(g):
    p = glob(g)
    texts = ["".join(g.r.choice(["a", "b", "c", "x", "é", "日", "ab", "aa", "*", "?", "-", "\\\\"]) for _ in range(g.r.randrange(8))) for _ in range(9)]
    values = ", ".join([f'"k{i}": "{t}"' for i, t in enumerate(texts)] + [f'"k9": {broken(g)}'])
    if g.chance(0.25):
        return [f'set(log.body, "{texts[0]}")', f'replace_match(log.body, {quote(p)}, "HIT")']
    return [f'merge_maps(log.cache, {{{values}}}, "upsert")', f'replace_all_matches(log.cache, {quote(p)}, "HIT")', "set(log.attributes, log.cache)"]


def strings(g):
    """Converters of text on characters that break."""
    s = broken(g) if g.chance(0.4) else f'"{text(g, 10)}"'
    t = f'"{text(g, 3)}"'
    return g.pick(f"Split({s}, {t})", f"Trim({s}, {t})", f"TrimPrefix({s}, {t})", f"TrimSuffix({s}, {t})", f"HasPrefix({s}, {t})", f"HasSuffix({s}, {t})", f"Index({s}, {t})",
                  f"ToUpperCase({s})", f"ToLowerCase({s})", f"Substring({s}, {g.r.randrange(5)}, {g.r.randrange(6)}, {g.pick('true', 'false')})", f"Concat([{s}, {t}], {t})",
                  f"Base64Encode({s}, \"{g.pick('base64', 'base64-raw', 'base64-url', 'base64-raw-url')}\")", f"ParseKeyValue({s}, {t})", f"ParseKeyValue(\"a={text(g)} b='{text(g)}'\")", f"Hex({s})", f"String([{s}, {t}])",
                  f'String({{"k": {s}}})', f"ContainsValue([{s}, {t}], {t})", f"Len({s})", f"{s} < {t}" if False else f"Index([{s}, {t}], {t})", f"ParseJSON(Concat([\"{{\\\"a\\\":\\\"\", {s}, \"\\\"}}\"], \"\"))")


def shared(g):
    """Statements on few places of several levels, so that they meet: what one writes another reads."""
    top = {"log": "log.attributes", "span": "span.attributes", "spanevent": "spanevent.attributes", "metric": "metric.metadata", "datapoint": "datapoint.attributes",
           "exemplar": "exemplar.filtered_attributes", "scope": "scope.attributes", "resource": "resource.attributes"}
    levels = [top[c] for c in g.sight if c in top] + [f"{g.context}.cache"]
    keys = ["a", "b", "map"]
    fields = {"log": ["log.severity_text", "log.body"], "span": ["span.name", "span.status.message"], "spanevent": ["spanevent.name", "span.name", "span.trace_state"],
              "metric": ["metric.name", "metric.unit"], "datapoint": ["metric.name", "metric.description"], "exemplar": ["metric.name", "metric.unit"],
              "scope": ["scope.version"], "resource": ["resource.schema_url"]}[g.context] + ["scope.name", "resource.schema_url"][:1 if g.context != "resource" else 0]

    def place():
        n = g.r.random()
        if n < 0.2:
            return g.r.choice(fields)
        p = f'{g.r.choice(levels)}["{g.r.choice(keys)}"]'
        return p + (g.pick('["a"]', "[0]", "[1]", "[-1]") if g.chance(0.12) else "")

    def value():
        n = g.r.random()
        if n < 0.3:
            return place()
        if n < 0.42:
            return f"{place()} + {g.r.randrange(3)}"
        if n < 0.55:
            return f'Concat([{place()}, "{g.pick("x", "y")}"], "")'
        if n < 0.62:
            return f"Len({g.r.choice(levels)})"
        if n < 0.68:
            return g.r.choice(levels)
        if n < 0.75:
            return f"[{place()}, {place()}]"
        if n < 0.8:
            return f'{{"a": {g.r.randrange(3)}}}'
        return g.pick("1", "0", '"s"', "nil", "true", "Keys({})" if False else '["l"]')

    def where():
        n = g.r.random()
        if n < 0.4:
            return ""
        c = g.pick(f"{place()} == nil", f"{place()} != nil", f"{place()} == {value()}", f"IsInt({place()})", f"IsString({place()})", f"{place()} != {place()}", f"Len({g.r.choice(levels)}) > 2",
                   f"{place()} + 1 > 1", f"IsMatch({place()}, \"x\")")
        return f" where {g.pick('', 'not ')}({c})"

    def statement():
        n = g.r.random()
        m, source = g.r.choice(levels), g.r.choice(levels)
        source = "{}" if source == m else source  # differences.jsonl: a map merged with itself
        if n < 0.6:
            return f"set({place()}, {value()})"
        return g.pick(f'delete_key({m}, "{g.r.choice(keys)}")', f'keep_keys({m}, ["a", "{g.r.choice(keys)}"])', f"append({place()}, {value()})", f"merge_maps({m}, {source}, \"{g.pick('insert', 'update', 'upsert')}\")",
                      f"limit({m}, {g.r.randrange(1, 4)}, [\"a\"])", f'replace_pattern({place()}, "x", "xy")', f'replace_all_patterns({m}, "{g.pick("key", "value")}", "^(a|s)", "b")', f"clear({place()})",
                      f"truncate_all({m}, 2)", f'delete_matching_keys({m}, "a|m")', f"set({m}, {g.r.choice(levels)})", f"delete_index({place()}, 0)", f"stringify_all({m})")
    return [statement() + where() for _ in range(g.r.randrange(2, 7))]
