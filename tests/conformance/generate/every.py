"""Every function of the standard library by name, with arguments made for it: texts of its own domain, and values of right and wrong types,
literal and from paths, nil, empty, not UTF-8, extreme. The function's name is the case's topic, so that the runner counts each."""
from oddities import DURATIONS, NUMBER_TEXTS, broken, json_text, regex
from oddities import text as odd_text
from ottlgen import BYTES, CONVERTERS, EDITORS, FLOATS, FUNCS, INTS, TEXTS, quote
from xmls import document, xpath

NAMES = [n for n in CONVERTERS + EDITORS + ["IsRootSpan", "UUID", "Now"] if n in FUNCS]
URLS = ["http://user:pw@host.example:8080/a/b.html?q=1&q=2&x=%20#frag", "https://h", "HTTP://H/a b", "//h/p", "mailto:a@b", "http://[::1]:80/", "http://h:port/", "%zz", "http://h/%zz",
        "a?b=c;d", "http://h/?a=1&b", "?", "#", "ftp://x@y/z.tar.gz", "http://é.example/ü?ö=ä", "http://h/a//../b", "http:///x", "x://", ":", "http://h:99999999/", "/p/q.r.s", "http://a:b:c@h/"]
CSVS = ["1,2,3", "a,\\\"b,c\\\",d", "\\\"a\\\"\\\"b\\\",c", "a\\tb\\tc", "", ",", ",,", "a,b\\nc,d", "\\\"open,b", "a\\\"b,c", "é|日|x", " a , b ", "1;2;3", "a,\\\"b\\\"x,c", "\\n\\na,b", "a\\r\\nb"]
PAIRS = ["k=v x=y", "a=1&b=2", "k='a b' z=\\\"q r\\\"", "k=v k=w", "novalue", "=", "a==b", "  ", "a=b  c=d", "k='open", "a:1,b:2", "é=ü", "a=", "=b", "a=1 b", "k='a'\\\"b\\\"c", "a=it\\\\'s"]
IPS = ["10.1.2.3", "::1", "192.168.0.1", "256.1.1.1", "", "fe80::1%eth0", "::ffff:10.0.0.1", "1.2.3", "2001:db8::ff", "010.1.1.1", "0.0.0.0", "255.255.255.255"]
NETS = ["10.0.0.0/8", "::/0", "192.168.0.0/16", "10.1.2.3/32", "2001:db8::/32", "10.0.0.1/33", "x", "0.0.0.0/0", "::ffff:0:0/96"]
TIME_TEXTS = [("2024-02-29 12:34:56", "%Y-%m-%d %H:%M:%S"), ("29/Feb/2024:12:34:56 +0100", "%d/%b/%Y:%H:%M:%S %z"), ("Thursday 29 February 2024 01:02 PM", "%A %d %B %Y %I:%M %p"),
              ("2024-02-29T12:34:56.789Z", "%Y-%m-%dT%H:%M:%S.%fZ"), ("24-2-9", "%y-%q-%g"), ("2024-02-30", "%Y-%m-%d"), ("2024", "%Y"), ("12/31/99", "%D"), ("2024-02-29", "%F"),
              ("2024-02-29 CET", "%Y-%m-%d %Z"), ("1709210096", "%s"), ("x", "%Y"), ("", ""), ("2024-13-01", "%Y-%m-%d"), ("  5 Mar 2024", "%e %b %Y")]
DIRECTIVES = ["%Y", "%m", "%d", "%H", "%M", "%S", "%y", "%B", "%b", "%A", "%a", "%p", "%I", "%l", "%k", "%e", "%j", "%f", "%L", "%s", "%Z", "%z", "%D", "%F", "%T", "%R", "%n", "%t", "%%", "%c",
              "%g", "%o", "%q", "%i", "%h", "%x", "%v", "%U", "%w", "%Q", "%", "-", " ", "at", "/"]
VERBS = ["%v", "%s", "%d", "%q", "%x", "%X", "%t", "%f", "%e", "%g", "%G", "%b", "%o", "%O", "%c", "%U", "%T", "%5d", "%-8s|", "%08.3f", "%+d", "%#x", "%#v", "%+v", "% d", "%[2]v", "%[1]*[2]d", "%*d", "%.2s", "%%", "%!",
         "%", "%z", "%[9]d", "%[x]d", "%.*f", "%6.2f", "%+q", "%#q", "%x-% x", "%p"]
ENCODINGS = ["base64", "base64-raw", "base64-url", "base64-raw-url", "utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "shift_jis", "big5", "gbk", "euc-kr", "gb18030", "euc-jp",
             "iso-2022-jp", "koi8-r", "ibm866", "macintosh", "nop", "utf-7", "", "x-user-defined", "UTF8"]
BASE64S = ["aGVsbG8=", "aGVsbG8", "/w==", "_w==", "-_8", "a", "a===", "aGVs\\nbG8=", "", "!!!!", "6Z2Z", "YQ==YQ==", "Zg", "77+9"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "EST", "Local", "", "Nope/Nope", "Asia/Kolkata"]
LOCALES = ["en", "de", "fr-FR", "ja", "es", "en-US", "fr_FR", "", "pt-BR", "ko"]
CAMELS = ["HTTPServer", "user_id", "user-id x", "v2Name", "éclair", "a1B2", "__lead__", "ALLCAPS", "日本語", "x.y.z", "", "aB", "TestCase2A", "  sp  ", "foo--bar"]
KEYS = ["a", "b", "k", "", "é", "a.b", "str", "0", "1"]


def value_text(g):
    n = g.r.random()
    if n < 0.2:
        return broken(g)
    if n < 0.3:
        return f'Decode("{g.pick("/w==", "YcKA/w==", "AGEA", "wyg=", "8J+Y", "4pyT", "AAECAw==")}", "base64")'
    if n < 0.45:
        return f'"{odd_text(g, 10)}"'
    if n < 0.55:
        return quote(g.r.choice(NUMBER_TEXTS))
    if n < 0.6:
        return '"' + g.pick("a", "é", "ab ", "x1") * g.pick(50, 200, 333) + '"'
    return f'"{g.r.choice(TEXTS)}"'


def value(g, kind, depth=2):
    """A value expression of a kind; any: of any."""
    if kind == "any":
        kind = g.pick("string", "string", "int", "float", "bool", "nil", "bytes", "list", "map", "time", "duration", "id", "missing")
    if kind == "string":
        return value_text(g)
    if kind == "int":
        return g.pick(g.r.choice(INTS), str(g.r.randrange(-2 ** g.r.randrange(1, 63), 2 ** g.r.randrange(1, 63))))
    if kind == "float":
        return g.pick(g.r.choice(FLOATS), f"{g.r.uniform(-1e6, 1e6):.6f}", 'Double("NaN")', 'Double("-Inf")', 'Double("1e300")')
    if kind == "bool":
        return g.pick("true", "false")
    if kind == "bytes":
        return g.pick(g.r.choice(BYTES), "0x" + "".join(g.r.choice("0123456789abcdef") for _ in range(2 * g.r.randrange(1, 20))))
    if kind == "list":
        inner = g.pick("any", "string", "int", "float", "map")
        if depth <= 0 or g.chance(0.25):
            return g.pick("[]", 'ParseJSON("[3,1,2]")', 'ParseJSON("[\\"b\\",\\"a\\",\\"é\\",null]")', 'Split("b,a,c", ",")', 'ParseJSON("[[1],{\\"k\\":\\"v\\"},true,1.5]")')
        return "[" + ", ".join(value(g, inner if g.chance(0.85) else "any", depth - 1) for _ in range(g.r.randrange(1, 5))) + "]"
    if kind == "map":
        if depth <= 0 or g.chance(0.3):
            return g.pick("{}", 'ParseJSON("{\\"a\\":1,\\"b\\":{\\"c\\":[1,\\"x\\",null]}}")', 'ParseJSON("{\\"\\":null,\\"é\\":\\"ü\\",\\"k\\":\\"a=b c\\"}")', '{"a": "1", "b": 2}', "log.attributes")
        return "{" + ", ".join(f'"{g.r.choice(KEYS)}": {value(g, "any", depth - 1)}' for _ in range(g.r.randrange(1, 5))) + "}"
    if kind == "time":
        return g.pick("log.time", "log.observed_time", f"Unix({value(g, 'int', 0)})", f"Unix({g.r.randrange(-10 ** 10, 10 ** 11)}, {g.r.randrange(10 ** 9)})",
                      f'Time("2024-0{g.r.randrange(1, 9)}-1{g.r.randrange(9)} 0{g.r.randrange(9)}:30:15", "%Y-%m-%d %H:%M:%S", "{g.pick("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")}")')
    if kind == "duration":
        return f"Duration({quote(g.r.choice(DURATIONS))})" if g.chance(0.7) else "(log.time - log.observed_time)"
    if kind == "id":
        return g.pick("log.trace_id", "log.span_id", "TraceID(0x5b8efff798038103d269b633813fc60c)", "SpanID(0xeee19b7ec3c1b174)")
    if kind == "missing":
        return g.pick('log.attributes["no such"]', 'log.cache["x"]', "nil")
    return "nil"


def quoted(g, *options):
    """One of the texts, as a literal; at times with a character added or lost."""
    t = g.r.choice(options)
    if g.chance(0.15) and "\\" not in t:
        i = g.r.randrange(len(t) + 1)
        t = t[:i] + g.pick("", "x", "é", " ", ",", "=", "%", "0") + t[i + g.r.randrange(2):]
    return f'"{t}"'


def date_format(g):
    return '"' + "".join(g.r.choice(DIRECTIVES) for _ in range(g.r.randrange(1, 5))) + '"'


def domain(g, function, name):
    """A value of what the parameter is about, or None."""
    if function.endswith("XML"):
        if name in ("target", "sub_document"):
            return quote(document(g))
        if name == "x_path":
            return quote(xpath(g, function != "GetXML"))
        return quoted(g, "value", "x", "", "a b", "é", "p:q")
    pair = f"{function}.{name}"
    simple = {"URL.uri": URLS, "ParseCSV.target": CSVS, "ParseCSV.header": ["a,b,c", "a,b", "a", "a|b|c", "a,a,b", "", "é;日;x", "a\\tb\\tc", "\\\"a\\\",b,c"], "ParseKeyValue.target": PAIRS,
              "IsInCIDR.target": IPS, "CommunityID.source_ip": IPS, "CommunityID.destination_ip": IPS, "CommunityID.protocol": ["TCP", "UDP", "ICMP", "ICMP6", "SCTP", "RSVP", "tcp", "", "6"],
              "IsValidLuhn.target": ["4111111111111111", "79927398713", "0", "", "1 8", "4111 1111 1111 1111", "-18", "8a", "49927398716", "18"], "Duration.duration": DURATIONS, "ParseInt.target": NUMBER_TEXTS,
              "Decode.encoding": ENCODINGS, "Base64Encode.variant": ENCODINGS[:4] + ["", "x"], "Time.location": ZONES, "Time.locale": LOCALES, "Sort.order": ["asc", "desc", "ASC", "DESC", ""],
              "ConvertCase.to_case": ["lower", "upper", "snake", "camel", "Lower", ""], "ParseCSV.mode": ["strict", "lazyQuotes", "ignoreQuotes", "x", ""],
              "ParseCSV.delimiter": [",", ";", "|", "\\t", "", ",,", "é", "\\\""], "ParseCSV.header_delimiter": [",", ";", "|", "\\t", ""], "ConvertCase.target": CAMELS,
              "ToCamelCase.target": CAMELS, "ToSnakeCase.target": CAMELS, "TraceID.target": ["5b8efff798038103d269b633813fc60c", "5B8E", ""], "SpanID.target": ["eee19b7ec3c1b174", "0102030405060708", "x"]}
    if pair in simple:
        return quoted(g, *simple[pair])
    if name in ("pattern", "regex_pattern"):
        if "match" in function:
            return quoted(g, *["*", "a*", "?b", "[a-c]*", "{a,b}*", "*é*", "h*o", "[!a]*", "\\\\*", "", "1*"]) if function.startswith("replace") else quote(regex(g))
        return quote(g.pick("", "(?i)") + (f"(?P<n>{regex(g, 2)})" if function == "ExtractPatterns" and g.chance(0.8) else regex(g, 2)))
    if pair == "ParseJSON.target":
        return quote(json_text(g))
    if pair == "Format.format":
        return '"' + "".join(g.pick(g.r.choice(VERBS), "a", " ", "é") for _ in range(g.r.randrange(1, 5))) + '"'
    if pair == "FormatTime.format":
        return date_format(g)
    if function == "Time" and name in ("time", "format"):
        t, f = g.r.choice(TIME_TEXTS)
        return quoted(g, t if name == "time" else f) if g.chance(0.85) else date_format(g)
    if pair == "Decode.target":
        return quoted(g, *BASE64S) if g.chance(0.6) else value_text(g)
    if pair == "IsInCIDR.networks":
        return "[" + ", ".join(quoted(g, *NETS) for _ in range(g.r.randrange(4))) + "]"
    if pair == "ParseSeverity.mapping":
        def criterion():
            return g.pick('"err"', '"500"', "500", '{"min": 400, "max": 499}', '{"range": "5xx"}', '{"equals": ["x", "err"]}', '{"equals": 3}', '{"min": "a"}', '{"range": "7xx"}', "nil", "1.5", "[]", '"a"')
        return "{" + ", ".join(f'"{l}": {"[" + ", ".join(criterion() for _ in range(g.r.randrange(3))) + "]" if g.chance(0.9) else criterion()}'
                               for l in g.r.sample(["error", "info", "warn", "x"], g.r.randrange(1, 3))) + "}"
    if pair == "ParseSeverity.target":
        return g.pick("500", "404", '"err"', '"x"', '"a"', "3", "nil", '"500"', "599", "1.5", "true")
    if pair == "SliceToMap.target":
        def element():
            return g.pick(f'{{"name": "{g.r.choice(KEYS)}", "v": {value(g, "any", 0)}}}', f'{{"name": {value(g, "any", 0)}, "o": {{"p": "q{g.r.randrange(3)}"}}}}', '"s"', '{"v": 1}')
        return "[" + ", ".join(element() for _ in range(g.r.randrange(4))) + "]"
    if function == "SliceToMap":
        return g.pick('["name"]', '["v"]', '["o", "p"]', '["no"]', "[]", '["name"]', '["o"]')
    if pair == "ParseInt.base":
        return str(g.pick(0, 2, 8, 10, 16, 36, 37, -1, 1, 62))
    if name in ("source_port", "destination_port", "seed"):
        return g.pick("0", "80", "65535", "65536", "-1", "443")
    if name in ("start", "length", "start_index", "end_index"):
        return str(g.pick(0, 0, 1, 1, 2, 3, 5, -1, 100, 9223372036854775807))
    return None


KIND = {"STRING": "string", "IS_STRING": "string", "INT": "int", "MAP": "map", "LIST": "list", "TIME": "time", "DURATION": "duration", "IS_INT": "int", "IS_DOUBLE": "float", "IS_BOOL": "bool",
        "IS_MAP": "map", "DOUBLE": "float", "BOOL": "bool", "BYTES_LIKE": "bytes"}


class Call:
    """One invocation; `before` are statements that put values where its paths read them."""

    def __init__(self, g, function):
        self.g, self.before, self.n = g, [], 0
        params = FUNCS[function]["params"]
        args, named = [], False
        for name, kind, optional in params:
            if optional and g.chance(0.5):
                named = True
                continue
            args.append(f"{name}={self.argument(function, name, kind)}" if named else self.argument(function, name, kind))
        if args and g.chance(0.01):
            args.pop()
        self.text = f"{function}({', '.join(args)})"

    def argument(self, function, name, kind):
        g = self.g
        if kind in ("MAP_GETSETTER", "GETSETTER", "SETTER", "LIST_GETSETTER"):
            return self.target(function, kind)
        literal = kind.startswith("LIT_") or kind == "FUNCTION"
        v = domain(g, function, name) if g.chance(0.8) else None
        if v is None and (literal or kind in ("GETTERS", "STRINGS", "SLICE_STRING") and g.chance(0.6) or name in ("replacement", "replacement_format", "key")):
            return g.argument(kind, name, function, 2)
        if v is None:
            v = value(g, KIND.get(kind, "any") if g.chance(0.75) else "any")
        if literal or kind in ("GETTERS", "STRINGS") or g.chance(0.5):
            return v
        return self.place(v)

    def place(self, v):
        """Somewhere the value can be read from."""
        self.n += 1
        at = self.g.pick(f'log.attributes["p{self.n}"]', f'log.cache["p{self.n}"]', f'log.attributes["q"]["p{self.n}"]', f'resource.attributes["p{self.n}"]')
        self.before.append(f"set({at}, {v})")
        return at

    def target(self, function, kind):
        g = self.g
        if g.chance(0.12):
            return g.pick("log.body", "log.severity_text", "log.flags", "log.attributes", "resource.attributes", "scope.name", "log.time", "log.trace_id", 'log.attributes["none"]', "log.cache")
        if kind == "MAP_GETSETTER":
            return self.place(value(g, "map", 3)) if g.chance(0.9) else self.place(value(g, "any"))
        kinds = {"LIST_GETSETTER": ("list", "list", "any"), "GETSETTER": ("string", "any", "list") if function != "append" else ("list", "list", "any")}
        return self.place(value(g, g.r.choice(kinds.get(kind, ("any",)))))


def every(g, i):
    """(function, fields of a case)"""
    function = NAMES[i % len(NAMES)]
    call = Call(g, function)
    if FUNCS[function]["kind"] == "EDITOR":
        return function, {"mode": "statements", "statements": call.before + [call.text], "error_mode": g.pick("ignore", "ignore", "propagate")}
    if not call.before and g.chance(0.7):
        return function, {"mode": "value", "expr": call.text}
    text = f"String({call.text})" if g.chance(0.4) or {"time", "duration", "trace_id", "span_id"} & set(FUNCS[function]["result"]) else call.text
    return function, {"mode": "statements", "statements": call.before + [f'set(log.attributes["result"], {text})'], "error_mode": "ignore"}
