#!/usr/bin/env python3
"""Tables of character encodings out of the sources of golang.org/x/text: generate.py DIR writes the .inc files beside it.
DIR is the module's directory (go list -m -f '{{.Dir}}' golang.org/x/text)."""
import os
import re
import sys

source = os.path.join(sys.argv[1], "encoding")
here = os.path.dirname(os.path.abspath(__file__))
head = "/* Made by generate.py from golang.org/x/text v0.43.0; see README.md. */\n"


def read(name):
    with open(os.path.join(source, name), encoding="utf-8") as f:
        return f.read()


def array(text, name):
    """An indexed array of Go: holes are 0."""
    body = re.search(r"^var " + name + r" = \[\.\.\.\]uint\d+\{\n(.*?)^\}", text, re.S | re.M).group(1)
    pairs = [(int(i), int(v, 16)) for i, v in re.findall(r"(\d+):\s*0x([0-9A-Fa-f]+)", body)]
    out = [0] * (pairs[-1][0] + 1)
    for i, v in pairs:
        out[i] = v
    return out


def lines(values, form="0x%04x"):
    return "".join(",".join(form % v for v in values[i : i + 24]) + ",\n" for i in range(0, len(values), 24))


def write(name, text):
    with open(os.path.join(here, name), "w", encoding="utf-8") as f:
        f.write(head + text)


def charmaps():
    text = read("charmap/tables.go")
    maps = {}
    for name, body in re.findall(r"^var (\w+) = Charmap\{(.*?)^\}", text, re.S | re.M):
        decode = body[body.index("decode:") : body.index("encode:")]
        runes = []
        for n, a, b, c in re.findall(r"\{(\d), \[3\]byte\{0x(..), 0x(..), 0x(..)\}\}", decode):
            runes.append(ord(bytes.fromhex(a + b + c)[: int(n)].decode("utf-8")))
        assert len(runes) == 256, name
        maps[name.lower()] = runes
    return maps


def encodings():
    """Identifiers of the index to kinds of ours."""
    text = read("ianaindex/ianaindex.go")
    body = re.search(r"^var encodings = .*?\{\n(.*?)^\}", text, re.S | re.M).group(1)
    kinds, single = {}, []
    other = {"asciiEnc": "ASCII", "unicode.UTF8": "UTF8", "EUCJP": "EUC_JP", "ISO2022JP": "ISO_2022_JP", "ShiftJIS": "SHIFT_JIS",
             "EUCKR": "EUC_KR", "GB18030": "GB18030", "GBK": "GBK", "HZGB2312": "HZ_GB2312", "Big5": "BIG5",
             "unicode.UTF16(unicode.BigEndian, unicode.UseBOM)": "UTF16_BOM",
             "unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)": "UTF16_BE",
             "unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)": "UTF16_LE"}
    for ident, what in re.findall(r"^\s*(enc\d+):\s*(.*),$", body, re.M):
        if what.startswith("charmap."):
            name = re.sub(r"(?<=\d)[EI]$", "", what[len("charmap.") :]).lower()  # ISO8859_6E is ISO8859_6
            if name not in single:
                single.append(name)
            kinds[ident] = "SINGLE + %d" % single.index(name)
        else:
            kinds[ident] = other[what if what in other else what.split(".")[1]]
    return kinds, single, other


def labels(single, other):
    """Labels of the Encoding Standard to kinds of ours."""
    text = read("htmlindex/map.go")
    body = re.search(r"^var encodings = .*?\{\n(.*?)^\}", text, re.S | re.M).group(1)
    kinds = {}
    for ident, what in re.findall(r"^\s*(\w+):\s*(.*),$", body, re.M):
        if what.startswith("charmap."):
            name = re.sub(r"(?<=\d)[EI]$", "", what[len("charmap.") :]).lower()
            if name not in single:
                single.append(name)
            kinds[ident] = "SINGLE + %d" % single.index(name)
        elif ident != "replacement":
            kinds[ident] = other[what if what in other else what.split(".")[1]]
    body = re.search(r"^var nameMap = .*?\{\n(.*?)^\}", read("htmlindex/tables.go"), re.S | re.M).group(1)
    return [(name, kinds[ident]) for name, ident in re.findall(r'"([^"\n]*)":\s*(\w+)', body) if ident in kinds]


kinds, single, other = encodings()
html = labels(single, other)
maps = charmaps()
write("single.inc", "".join("{ /* %s */\n%s},\n" % (name, lines(maps[name])) for name in single))
aliases = re.search(r"^var ianaAliases = .*?\{\n(.*?)^\}", read("ianaindex/tables.go"), re.S | re.M).group(1)
names = [(name, kinds[ident]) for name, ident in re.findall(r'"([^"\n]*)":\s*(enc\d+)', aliases) if ident in kinds]
write("names.inc", "".join('{"%s", CHARSET_%s},\n' % pair for pair in sorted(names)))
write("labels.inc", "".join('{"%s", CHARSET_%s},\n' % pair for pair in sorted(html)))
for file, table, name in (("japanese", "jis0208Decode", "jis0208"), ("japanese", "jis0212Decode", "jis0212"), ("korean", "decode", "euc_kr"),
                          ("simplifiedchinese", "decode", "gbk")):
    write(name + ".inc", lines(array(read(file + "/tables.go"), table)))
big5 = array(read("traditionalchinese/tables.go"), "decode")
assert all(v < 0x10000 or v >> 16 == 2 for v in big5)
write("big5.inc", lines([v & 0xFFFF for v in big5]))
planes = [0] * ((len(big5) + 63) // 64)
for i, v in enumerate(big5):
    planes[i // 64] |= (v >> 16 == 2) << (i % 64)
write("big5_plane2.inc", lines(planes, "0x%xu"))
ranges = re.search(r"^var gb18030 = .*?\{\n(.*?)^\}", read("simplifiedchinese/tables.go"), re.S | re.M).group(1)
write("gb18030.inc", "".join("{0x%s, 0x%s},\n" % pair for pair in re.findall(r"\{0x(\w+), 0x(\w+)\}", ranges)))
