#!/usr/bin/env python3
"""Random conformance cases without answers, one a line: cases.py AREA COUNT [SEED]. The oracle fills them in, ./hunt compares.

Areas: values, conditions, copies, sequences (language); contexts, hazards, shared; converters, editors; duplicates; tokens; bare (paths without
their context); numbers, times,
jsons, regexes, globs, strings, xmls; grok, useragents; every (all functions in turn, the name as topic); transforms, filters, metrics (configurations of processors). PAYLOADS in the environment: a folder of payloads other than ../fixtures."""
import json
import os
import pathlib
import random
import re
import sys

import every
import grok
import oddities
import ottlgen
import processors
import useragents
import xmls
from ottlgen import CONVERTERS, EDITORS, Gen, SIGNALS

if "PAYLOADS" in os.environ:
    ottlgen.FIXTURES = pathlib.Path(os.environ["PAYLOADS"])

NAMES = {"logs": "resourceLogs", "traces": "resourceSpans", "metrics": "resourceMetrics"}
PAYLOADS = {signal: sorted(f.stem for f in ottlgen.FIXTURES.glob("*.json") if f'{{"{name}":[{{' in f.read_text()) for signal, name in NAMES.items()}


def place(rnd, signals=None, top=False):
    signal = rnd.choice(signals or ["logs", "logs", "traces", "metrics"])
    contexts = SIGNALS[signal]
    context = rnd.choice(contexts[:1] * 3 + contexts)
    return signal, context, rnd.choice(PAYLOADS[signal])


def case(area, i, seed, gen, **more):
    return {"id": f"generated/{area}-{seed}/{i}", **more, "signal": gen.signal, "fixture": gen.fixture, "context": gen.context}


def main():
    area, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rnd = random.Random(f"{area}{seed}")
    gens = {}
    for i in range(count):
        if "PAYLOADS" in os.environ:
            where = place(rnd)
        elif area == "duplicates":
            where = ("logs", rnd.choice(["log", "log", "scope", "resource"]), "ctx_dups")
        elif area == "shared":
            signal = rnd.choice(["logs", "traces", "metrics"])
            where = (signal, rnd.choice(SIGNALS[signal]), rnd.choice({"logs": ["lang_shared", "ctx_logs", "func_nested"], "traces": ["ctx_traces", "func_spans"],
                                                                      "metrics": ["ctx_metrics", "lang_metrics", "func_metrics"]}[signal]))
        elif area == "every":
            where = ("traces", "span", "func_spans") if every.NAMES[i % len(every.NAMES)] == "IsRootSpan" else ("logs", "log", rnd.choice(["func_types", "func_nested", "lang_one", "func_strings"]))
        elif hasattr(oddities, area) or area in ("xmls", "grok", "useragents"):
            where = ("logs", "log", "lang_one")
        elif area in ("values", "conditions", "copies") and rnd.random() < 0.6:
            where = ("logs", "log", rnd.choice(["lang_one", "func_nested", "func_types", "lang_bodies"]))
        elif area == "hazards":
            signal = rnd.choice(["logs", "traces", "metrics"])
            where = (signal, rnd.choice(SIGNALS[signal]), rnd.choice({"logs": ["lang_shared", "ctx_logs", "proc_logs"], "traces": ["ctx_traces", "proc_traces", "lang_spans"],
                                                                      "metrics": ["ctx_metrics", "proc_metrics", "lang_metrics"]}[signal]))
        elif area == "metrics":
            where = ("metrics", "metric", rnd.choice([f for f in PAYLOADS["metrics"] if f.startswith("proc_")]))
        elif area == "contexts":
            where = place(rnd, ["logs", "traces", "metrics", "metrics"])
        else:
            where = place(rnd)
        g = gens.get(where)
        if g is None:
            g = gens[where] = Gen(f"{area}{seed}{where}", *where)
        if hasattr(processors, area):
            config = getattr(processors, area)(g, gens)
            made = {"id": f"generated/{area}-{seed}/{i}", "mode": "filter" if area == "filters" else "transform", "signal": g.signal, "fixture": g.fixture,
                    "config": config}
        else:
            made = make(area, i, seed, g)
        print(json.dumps(made, ensure_ascii=False))


def make(area, i, seed, g):
    mode = g.pick("propagate", "ignore", "ignore", "silent")
    if area == "values":
        return case(area, i, seed, g, mode="value", expr=g.value("any", 3))
    if area == "conditions":
        return case(area, i, seed, g, mode="condition", expr=g.condition(3))
    if area == "converters":
        return case(area, i, seed, g, mode="value", expr=g.invoke(g.r.choice(CONVERTERS), 2))
    if area == "contexts" and g.chance(0.3):
        return case(area, i, seed, g, mode="value", expr=g.path("any", 1))
    if area == "every":
        function, fields = every.every(g, i)
        return {**case(area, i, seed, g, **fields), "id": f"every/{function}/{seed}-{i}"}
    if area == "useragents":
        return case(area, i, seed, g, mode="value", expr=useragents.useragents(g))
    if area in ("numbers", "times", "jsons", "regexes", "globs", "strings", "xmls"):
        made = getattr(xmls if area == "xmls" else oddities, area)(g)
        if isinstance(made, list):
            return case(area, i, seed, g, mode="statements", statements=made)
        return case(area, i, seed, g, mode="value", expr=made)
    if area == "grok":
        return case(area, i, seed, g, mode="value", expr=grok.grok(g))
    if area == "shared":
        return case(area, i, seed, g, mode="statements", statements=oddities.shared(g), error_mode=mode)
    if area == "tokens":
        return case(area, i, seed, g, mode="statements", statements=[mutate(g, g.statement(["set"] + EDITORS))], error_mode=mode)
    if area in ("editors", "duplicates"):
        list_ = [g.statement(EDITORS) for _ in range(g.r.choice([1, 1, 1, 2]))]
    elif area == "copies":
        list_ = [g.statement(["set"], 1, 0.1) for _ in range(g.r.choice([1, 1, 2, 3]))]
    elif area == "hazards":
        list_ = [g.statement(["set", "set", "set"] + EDITORS, 1, 0.4) for _ in range(g.r.choice([2, 3, 4, 5]))]
    elif area == "contexts":
        list_ = [g.statement(["set"], 1, 0.15) for _ in range(g.r.choice([1, 1, 2]))]
    elif area in ("sequences", "bare"):
        list_ = [g.statement(["set"] * 5 + EDITORS, 2, 0.35) for _ in range(g.r.choice([2, 3, 4, 5]))]
    else:
        sys.exit(f"cases.py: no such area: {area}")
    if area == "bare":
        own = re.compile(rf"\b{g.context}\.(?!string)")
        return case(area, i, seed, g, mode="statements", statements=[own.sub("", t) for t in list_], error_mode=mode, paths="bare")
    return case(area, i, seed, g, mode="statements", statements=list_, error_mode=mode)


def mutate(g, text):
    tokens = re.findall(r'"(?:\\.|[^"\\])*"|\w+|\s+|[=!<>]=|.', text)
    for _ in range(g.r.choice([1, 1, 2])):
        i = g.r.randrange(len(tokens))
        n = g.r.random()
        if n < 0.3:
            del tokens[i]
        elif n < 0.55:
            tokens.insert(i, g.r.choice(tokens))
        elif n < 0.75:
            j = g.r.randrange(len(tokens))
            tokens[i], tokens[j] = tokens[j], tokens[i]
        else:
            tokens[i] = g.pick("(", ")", "[", "]", ",", ".", "=", "==", "nil", "not", "and", "where", "1", "1.", "0x", '"a"', " ", "-", "A", "a", "{", "}", ":", "=>", "true")
        if not tokens:
            return ""
    return "".join(tokens)


if __name__ == "__main__":
    main()
