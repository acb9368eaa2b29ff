"""Splits a WebAssembly module into a core and the large tables, which a page loads beside it or later.

usage: wasm_split.py MODULE MAP LIST CORE DATA

Nothing is compiled twice: the core is the module, with zeros in the place of the tables; laid there again at the same addresses they make
the same memory. MAP is the linker's (linked with -O0, so that equal texts of different files are not one). Lines of LIST name an object and
what moves: names of variables, `*` for all of them, `texts` for its string literals, `texts:N` for those of N bytes and more.

The data file: "OTTLDATA", 16 bytes that are also in the core's section "ottl.data", how many pieces (32 bits, little endian as all numbers),
address and length of each, and then their bytes.
"""
import hashlib
import re
import struct
import sys

DATA_SECTION, CUSTOM_SECTION = 11, 0
GAP = 32  # zeros within a run


def uleb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def sleb(data, at):
    value, end = uleb(data, at)
    bits = 7 * (end - at)
    return (value - (1 << bits) if data[end - 1] & 64 else value), end


def leb(value, signed=False):
    out = bytearray()
    while True:
        byte = value & 127
        value >>= 7
        last = (value == 0 and not (signed and byte & 64)) or (signed and value == -1 and byte & 64)
        out.append(byte if last else byte | 128)
        if last:
            return bytes(out)


def sections(module):
    at = 8
    while at < len(module):
        kind = module[at]
        size, begin = uleb(module, at + 1)
        yield kind, module[begin:begin + size]
        at = begin + size


def segments(body):
    n, at = uleb(body, 0)
    for _ in range(n):
        assert body[at] == 0 and body[at + 1] == 0x41, "an active segment at a constant"
        address, at = sleb(body, at + 2)
        assert body[at] == 0x0b
        size, at = uleb(body, at + 1)
        yield address, bytearray(body[at:at + size])
        at += size


def wanted(rules, name, size):
    text = re.fullmatch(r"\.L\.?str(\.\d+)*|\.L__.*", name)
    for rule in rules:
        if rule == "*" or rule == name:
            return True
        if text and rule.startswith("texts") and size >= int(rule.partition(":")[2] or 0):
            return True
    return False


def moved(map_file, list_file):
    rules = {}
    for line in open(list_file):
        words = line.partition("#")[0].split()
        if words:
            rules[words[0]] = words[1:]
    seen, used, ranges = set(), set(), []
    for line in open(map_file):
        m = re.match(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\S*?([A-Za-z0-9_]+\.c)\.obj\)?:\(\.rodata\.(.*)\)$", line)
        if m and m[3] in rules:
            seen.add(m[3])
            if wanted(rules[m[3]], m[4], int(m[2], 16)):
                used.add(m[3])
                ranges.append((int(m[1], 16), int(m[2], 16)))
    assert used and used == seen, f"nothing moves of {seen - used}"
    return sorted(ranges)


def filled(address, data):
    """Runs of a segment that are not zero: the memory is that already."""
    for run in re.finditer(rb"[^\0](?:\0{0,%d}[^\0])*" % GAP, data, re.S):
        yield address + run.start(), run.group()


def main(module_file, map_file, list_file, core_file, data_file):
    module = open(module_file, "rb").read()
    exact = moved(map_file, list_file)
    pieces, kept = [], []
    for kind, body in sections(module):
        if kind != DATA_SECTION:
            continue
        for address, data in segments(body):
            for begin, size in exact:
                if address <= begin < address + len(data):
                    pieces.append((begin, bytes(data[begin - address:begin - address + size])))
                    data[begin - address:begin - address + size] = bytes(size)
            kept += filled(address, bytes(data))
    assert sum(len(p) for _, p in pieces) == sum(size for _, size in exact), "a table lies in no segment"
    whole = []
    for begin, piece in pieces:
        if whole and whole[-1][0] + len(whole[-1][1]) == begin:
            whole[-1][1] += piece
        else:
            whole.append([begin, bytearray(piece)])
    body = struct.pack("<I", len(whole)) + b"".join(struct.pack("<II", a, len(p)) for a, p in whole) + b"".join(bytes(p) for _, p in whole)
    mark = hashlib.sha256(module + body).digest()[:16]
    core = bytearray(module[:8])
    for kind, old in sections(module):
        if kind == DATA_SECTION:
            old = leb(len(kept)) + b"".join(b"\0\x41" + leb(a, True) + b"\x0b" + leb(len(p)) + p for a, p in kept)
        elif kind == 12:  # how many segments there are
            old = leb(len(kept))
        core += bytes([kind]) + leb(len(old)) + old
    name = b"ottl.data"
    custom = leb(len(name)) + name + mark
    core += bytes([CUSTOM_SECTION]) + leb(len(custom)) + custom
    open(core_file, "wb").write(core)
    open(data_file, "wb").write(b"OTTLDATA" + mark + body)


if __name__ == "__main__":
    main(*sys.argv[1:])
