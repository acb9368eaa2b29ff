"""Random XML, mostly well formed, and random XPath 1.0 with what antchfx makes of it. Each function takes a Gen."""
NAMES = ["a", "b", "c", "r", "e", "x-y", "é", "n1", "_u", "value"]
PREFIXES = ["", "", "", "", "p:", "q:", "xml:"]
TEXTS = ["t", "1", "2.5", " ", "\n", "  two words ", "é", "日本", "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x1F600;", ">", "'", "\"", "\u00a0", "x", "10", "true", "\r\n", "\t"]
BAD_TEXTS = ["&#0;", "&nope;", "&", "]]>", "&#x110000;", "&#xD800;", "&;", "&amp", "\x08", "&#-1;", "&# 1;"]


def text(g):
    return "".join(g.r.choice(BAD_TEXTS) if g.chance(0.004) else g.r.choice(TEXTS) for _ in range(g.r.randrange(1, 4)))


def name(g):
    return g.r.choice(PREFIXES) + g.r.choice(NAMES) if g.chance(0.3) else g.r.choice(NAMES[:4])


def attributes(g):
    out = ""
    for _ in range(g.r.choice([0, 0, 1, 1, 2, 3])):
        q = g.pick('"', '"', "'")
        n = g.pick("id", "id", "id", "k", "k", "x", "p:k", "q:z", "xml:space", "xml:lang", "é", "xmlns", "xmlns:p")
        v = {"xmlns": "urn:d", "xmlns:p": "urn:p2", "xml:space": g.pick("preserve", "default", "x")}.get(n) or text(g).replace(q, "").replace("<", "")
        out += g.pick(" ", " ", "\n ") + f"{n}{g.pick('=', '=', ' = ')}{q}{v}{q}"
    return out


def node(g, depth):
    n = g.r.random()
    if depth and n < 0.6:
        return element(g, depth)
    if n < 0.82:
        return text(g)
    return g.pick(f"<![CDATA[{g.pick('c', '<d>', ' ', '', '&amp;', ']]', 'é')}]]>", f"<!--{g.pick('c', ' x ', '', '<a/>', '-')}-->", f"<?{g.pick('pi', 'php', 'x')} {g.pick('k=1', '', 'a b')}?>")


def element(g, depth, more=""):
    t = name(g)
    inside = "".join(node(g, depth - 1) for _ in range(g.r.choice([0, 0, 1, 1, 2, 3, 4])))
    if not inside and g.chance(0.6):
        return f"<{t}{more}{attributes(g)}{g.pick('', ' ')}/>"
    return f"<{t}{more}{attributes(g)}>{inside}</{t}{g.pick('', '', ' ')}>"


def document(g):
    head = ""
    if g.chance(0.25):
        head = f"<?xml version=\"1.0\"{g.pick('', '', ' encoding=' + chr(34) + g.pick('UTF-8', 'utf-8', 'ISO-8859-1', 'windows-1252', 'x-none', 'us-ascii', 'koi8-r') + chr(34), ' standalone=' + chr(34) + 'yes' + chr(34))}?>"
    if g.chance(0.1):
        head += g.pick("\n", "<!--before-->", "<!DOCTYPE r>", "<!DOCTYPE r [<!ENTITY e \"v\">]>", "<?pi x?>", "\ufeff", "text")
    out = head + element(g, g.r.choice([1, 2, 2, 3, 3, 4]), g.pick("", ' xmlns:p="urn:p" xmlns:q="urn:q"', ' xmlns:p="urn:p" xmlns:q="urn:q"', ' xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"'))
    if g.chance(0.1):
        out += g.pick("\n", "<!--after-->", "<a/>", "tail", element(g, 1))
    if g.chance(0.08):  # broken
        i = g.r.randrange(len(out))
        out = out[:i] + g.pick("", "<", ">", "&", "\"", "</", "/", "\x01", "<a>") + out[i + g.r.randrange(3):]
    return out


AXES = ["child", "descendant", "descendant-or-self", "self", "attribute", "following", "following-sibling"]
BACK = ["parent", "ancestor", "ancestor-or-self", "preceding", "preceding-sibling"]


def test(g):
    return g.pick("a", "b", "c", "r", "*", "*", "node()", "text()", "comment()", "p:a", "p:*", "é", "e", "processing-instruction()", "x-y") if g.chance(0.97) else g.pick("processing-instruction('pi')", "*:a", "@", "")


def step(g, back, depth):
    n = g.r.random()
    if n < 0.5:
        out = test(g)
    elif n < 0.6:
        out = "@" + g.pick("id", "k", "*", "p:k", "xml:lang", "x")
    elif n < 0.65:
        out = "."
    elif back and n < 0.72:
        out = ".."
    elif back and n < 0.8:
        out = f"{g.r.choice(BACK)}::{test(g)}"
    else:
        out = f"{g.r.choice(AXES)}::{test(g)}"
    while depth and g.chance(0.3):
        out += f"[{predicate(g, depth - 1)}]"
    return out


def path(g, back=True, depth=2):
    out = g.pick("/", "//", "//", "", "./", ".//") + step(g, back, depth)
    for _ in range(g.r.choice([0, 0, 1, 1, 2])):
        out += g.pick("/", "/", "//") + step(g, back, depth)
    return out


def number(g, depth):
    return g.pick("1", "2", "0", "1.5", "-1", "last()", "position()", f"count({path(g, True, depth - 1) if depth > 0 else '*'})", "string-length(.)", "sum(.//@id)", "number(.)", "floor(1.5)", "ceiling(0.2)", "round(2.5)",
                  f"{g.r.randrange(4)} {g.pick('+', '-', '*', 'div', 'mod')} {g.r.randrange(3)}", "position() mod 2", "last() - 1")


def string(g, depth):
    inner = path(g, True, depth - 1) if depth > 0 else "."
    return g.pick("'t'", "'1'", "\"a\"", "''", "'é'", ".", "@id", "text()", f"name({g.pick('', '.', '..')})", "local-name()", "namespace-uri()", f"string({inner})", "concat(@id, 'x')", "substring('abc', 2)",
                  f"substring({inner}, {g.pick('1', '2', '0', '-1', '1.5')}, {g.pick('1', '2', '10')})", "substring-before('a=b', '=')", "substring-after(., 't')", "normalize-space()", "normalize-space(.)", "translate(., 't', 'u')",
                  "lower-case(.)", "replace(., 't', 'v')", f"string-join({inner}, ',')", "upper-case('a')" if g.chance(0.1) else "'A'")


def predicate(g, depth):
    n = g.r.random()
    if n < 0.25:
        return number(g, depth)
    if n < 0.45:
        return f"{g.pick(string, string, number)(g, depth)} {g.pick('=', '=', '!=', '<', '>', '<=', '>=')} {g.pick(string, number)(g, depth)}"
    if n < 0.6:
        return path(g, True, depth - 1) if depth > 0 else g.pick("@id", "b", "*", "text()", "../a")
    if n < 0.75:
        return g.pick(f"contains({string(g, depth)}, {string(g, 0)})", f"starts-with({string(g, depth)}, {string(g, 0)})", f"ends-with({string(g, 0)}, 't')", f"not({predicate(g, depth - 1) if depth > 0 else '@id'})",
                      "true()", "false()", f"boolean({string(g, 0)})", "matches(., '^[0-9]')", "matches(@id, 't+')", f"position() {g.pick('=', '<', '>')} {number(g, 0)}", "lang('en')" if g.chance(0.1) else "@id > 1")
    if depth > 0:
        return f"{predicate(g, depth - 1)} {g.pick('and', 'or')} {predicate(g, depth - 1)}"
    return g.pick("@id", "@id='1'", "1", "b", "last()")


def xpath(g, back=True):
    n = g.r.random()
    out = path(g, back)
    if n < 0.12 and back:
        out += f" {g.pick('|', '|', ' | ')}{path(g, back)}"
    elif n < 0.17:
        out = f"({out})[{predicate(g, 1)}]"
    elif n < 0.2:
        out = g.pick(number, string, predicate)(g, 1)
    elif n < 0.24:
        out = f"{g.pick('reverse', 'count', 'string', 'boolean', 'sum', 'not', 'name')}({out})"
        if not back and out.startswith("reverse"):
            out = out[7:]
    if g.chance(0.03):
        i = g.r.randrange(len(out) + 1)
        out = out[:i] + g.pick("[", "]", "(", ")", "/", "'", "|", "::", "$v", " ", "@", "*", "!") + out[i:]
    return out


def xmls(g):
    """A value expression of one of the functions that take XML. GetXML with axes that go back may end the reference's process: it has few of them."""
    function = g.pick("GetXML", "GetXML", "RemoveXML", "RemoveXML", "InsertXML", "InsertXML", "ParseXML", "ParseSimplifiedXML", "ConvertAttributesToElementsXML", "ConvertTextToElementsXML")
    from ottlgen import quote
    doc = quote(document(g))
    p = quote(xpath(g, function != "GetXML"))
    if function == "InsertXML":
        return f"{function}({doc}, {p}, {quote(g.pick(document(g), element(g, 1), '<n/>', '<n>1</n><m/>', 'text', '<n', ''))})"
    if function in ("GetXML", "RemoveXML"):
        return f"{function}({doc}, {p})"
    if function.startswith("Parse"):
        return f"{function}({doc})"
    more = ", " + quote(g.pick("v", "é", "a b", "")) if function == "ConvertTextToElementsXML" and g.chance(0.5) else ""
    return f"{function}({doc}{', ' + p if more or g.chance(0.7) else ''}{more})"
