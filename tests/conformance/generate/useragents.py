"""User agents for UserAgent: texts that a rule matches, made from its pattern, in the company of others, cut, joined and bent. Small
counts: the reference compiles all its rules for every run of a case.
As a program: useragents.py COUNT [SEED] prints agents, one a line, of any bytes but line feeds."""
import pathlib
import random
import re
import sys
import warnings

from ottlgen import quote

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sre_parse

RULES_FILE = pathlib.Path(__file__).resolve().parents[3] / "third_party/uap-core/rules.inc"
SKELETONS = ["{}", "{}", "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.71 Safari/537.36",
             "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 {}",
             "Mozilla/5.0 (Linux; Android 13; SM-S901B Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 {} Chrome/112.0.5615.136 Mobile Safari/537.36",
             "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {} Mobile/15E148 Safari/604.1",
             "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
             "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 {} Firefox/121.0", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; {})",
             "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.229 {}", "{} CFNetwork/1410.0.3 Darwin/22.6.0", "Dalvik/2.1.0 (Linux; U; Android 9; {})", "{} (compatible; x/1.0)", "x {} y"]
TOKENS = ["/", " ", ";", ".", "1", "12.3", "(", ")", "-", "_", "bot", "Spider", "crawl", "Mobile", "Android 4", "Windows NT 6.1", "Mac OS X", "U;", "\u017f", "\u212a", "é", "日本", "😀", "ESPN", "CFNetwork",
          "\t", '"', "\\", "%20", "#", "'", "\u00a0", "\u0000", "\u2028", "Safari/", "Version/5.1", "Opera Mini/7", "archiver", "; wv", "UCWEB", "S60", "iPad", "CriOS/9", "[FBAN/x;FBAV/1.2]"]


def patterns():
    for line in re.search(r"uap_rules\[\] = \{\n(.*?)\n\};", RULES_FILE.read_text(), re.S).group(1).split("\n"):
        text = line.split('"\\0"')[0].rstrip(",")[1:].removesuffix('"')
        yield re.sub(r"\\(\d{3})|\\(.)", lambda m: chr(int(m[1], 8)) if m[1] else m[2], text)


RULES = list(patterns())
PARSED = {}


def repeats(rnd, least, most):
    most = min(most, 200)
    n = rnd.random()
    if n < 0.35:
        return least
    if n < 0.9:
        return rnd.randint(least, min(most, least + 4))
    return most if n < 0.95 else rnd.randint(least, most)


def member(rnd, items):
    kind, value = rnd.choice(items)
    if kind == sre_parse.LITERAL:
        return chr(value)
    if kind == sre_parse.RANGE:
        return chr(rnd.randint(*value))
    return {sre_parse.CATEGORY_DIGIT: lambda: rnd.choice("0123456789"), sre_parse.CATEGORY_SPACE: lambda: rnd.choice(" \t\n\f"),
            sre_parse.CATEGORY_WORD: lambda: rnd.choice("aZ_09xk")}.get(value, lambda: rnd.choice("-x é"))()


def sample(rnd, tree):
    out = []
    for op, arg in tree:
        if op == sre_parse.LITERAL:
            out.append(chr(arg))
        elif op == sre_parse.NOT_LITERAL:
            out.append(rnd.choice("aA1 é"))
        elif op == sre_parse.ANY:
            out.append(rnd.choice("abz019 /;.-_()é日"))
        elif op == sre_parse.IN:
            if arg[0][0] == sre_parse.NEGATE:
                out.append(rnd.choice("aZ1 ._é"))
            else:
                out.append(member(rnd, arg))
        elif op in (sre_parse.MAX_REPEAT, sre_parse.MIN_REPEAT):
            out.extend(sample(rnd, arg[2]) for _ in range(repeats(rnd, arg[0], arg[1])))
        elif op == sre_parse.SUBPATTERN:
            out.append(sample(rnd, arg[-1]))
        elif op == sre_parse.BRANCH:
            out.append(sample(rnd, rnd.choice(arg[1])))
    return "".join(out)


def hit(rnd, rule=None):
    rule = rnd.choice(RULES) if rule is None else rule
    if rule not in PARSED:
        PARSED[rule] = sre_parse.parse(rule)
    return sample(rnd, PARSED[rule])


def bend(rnd, text):
    for _ in range(rnd.choice([1, 1, 2, 4])):
        n, at = rnd.random(), rnd.randrange(len(text) + 1)
        to = rnd.randrange(len(text) + 1)
        if n < 0.2:
            text = text[:at] + text[at + 1:]
        elif n < 0.5:
            text = text[:at] + rnd.choice(TOKENS) + text[at:]
        elif n < 0.6:
            text = text[:at]
        elif n < 0.7:
            text = text[at:]
        elif n < 0.75:
            text = text.upper()
        elif n < 0.8:
            text = text.lower()
        elif n < 0.85:
            text = text[:min(at, to)] + text[min(at, to):max(at, to)].swapcase() + text[max(at, to):]
        elif n < 0.9:
            text = text.replace("s", "\u017f", 1).replace("K", "\u212a", 1)
        else:
            text = re.sub(r"\d+", lambda m: str(rnd.randrange(10 ** rnd.randrange(1, 12))), text, count=rnd.randrange(3))
    return text


def agent(rnd):
    text = hit(rnd)
    if rnd.random() < 0.25:
        text += rnd.choice([" ", "; ", "/", ""]) + hit(rnd)
    text = rnd.choice(SKELETONS).replace("{}", text)
    if rnd.random() < 0.4:
        text = bend(rnd, text)
    if rnd.random() < 0.02:
        text = rnd.choice(["x", " ", "a/1 ", "é", "Mozilla/5.0 (", "(", "1."]) * rnd.randrange(400) + text
    return text


def useragents(g):
    text = agent(g.r)
    call = f"UserAgent({quote(text)})".replace("\0", "\\u0000")
    n = g.r.random()
    if n < 0.08:  # cut anywhere: not always UTF-8
        size = len(text.encode())
        cut = f"Substring({quote(text)}, {g.r.randrange(size + 1) // 3}, {g.r.randrange(size + 1) // 2})"
        return f"UserAgent({cut})".replace("\0", "\\u0000")
    if n < 0.1:
        return f"UserAgent({g.pick('nil', '1', 'log.body', 'log.attributes', 'true', '1.5', '[]', 'log.time')})"
    return call


def main():
    rnd = random.Random(sys.argv[2] if len(sys.argv) > 2 else "1")
    for i in range(int(sys.argv[1])):
        text = (agent(rnd) if i >= len(RULES) else hit(rnd, RULES[i])).replace("\n", " ").encode("utf-8", "surrogatepass")
        if rnd.random() < 0.03:
            at = rnd.randrange(len(text) + 1)
            text = text[:at] + bytes([rnd.choice([0x80, 0xc3, 0xe2, 0xed, 0xf0, 0xff])]) + text[at:]
        sys.stdout.buffer.write(text + b"\n")


if __name__ == "__main__":
    main()
