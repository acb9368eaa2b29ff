"""Random configurations of the transform and filter processors, and calls of the functions that only they have."""
from ottlgen import EDITORS, Gen, SIGNALS, quote

LEGACY = {"logs": {"resource": "resource", "log": "log_record"}, "traces": {"resource": "resource", "span": "span", "spanevent": "spanevent"},
          "metrics": {"resource": "resource", "metric": "metric", "datapoint": "datapoint"}}
PREFIX = {"logs": "log", "traces": "trace", "metrics": "metric"}
MODES = ["propagate", "ignore", "ignore", "silent"]


def others(g, gens):
    """The same payload from another context."""
    context = g.r.choice(SIGNALS[g.signal])
    return gens.setdefault((g.signal, context, g.fixture), Gen(f"{g.r.random()}", g.signal, context, g.fixture))


def transforms(g, gens):
    config = {"error_mode": g.r.choice(MODES)} if g.chance(0.8) else {}
    groups = []
    for _ in range(g.r.choice([1, 1, 2, 3])):
        o = others(g, gens)
        group = {"statements": [o.statement(["set"] * 4 + EDITORS, 1, 0.4) for _ in range(g.r.choice([1, 2, 3]))]}
        if g.chance(0.5):
            group["context"] = o.context
        if g.chance(0.4):
            group["conditions"] = [o.condition(1) for _ in range(g.r.choice([1, 2]))]
        if g.chance(0.3):
            group["error_mode"] = g.r.choice(MODES)
        if g.chance(0.15):
            group["shared_cache"] = True
        groups.append(group if g.chance(0.8) else group["statements"][0])
    groups.sort(key=lambda x: isinstance(x, str))
    config[f"{PREFIX[g.signal]}_statements"] = groups
    return config


def filters(g, gens):
    config = {"error_mode": g.r.choice(MODES)} if g.chance(0.8) else {}
    if g.chance(0.4):
        lists = {}
        for _ in range(g.r.choice([1, 1, 2])):
            o = others(g, gens)
            if o.context in LEGACY[g.signal]:
                lists.setdefault(LEGACY[g.signal][o.context], []).append(o.condition(2))
        config[g.signal] = lists
        return config
    groups = []
    for _ in range(g.r.choice([1, 1, 2, 3])):
        o = others(g, gens)
        group = {"conditions": [o.condition(2) for _ in range(g.r.choice([1, 1, 2]))]}
        if g.chance(0.4):
            group["context"] = o.context
        if g.chance(0.3):
            group["error_mode"] = g.r.choice(MODES)
        groups.append(group if g.chance(0.6) else group["conditions"][0])
    groups.sort(key=lambda x: isinstance(x, str))
    config[f"{PREFIX[g.signal]}_conditions"] = groups
    return config


def metric_call(g):
    text = lambda: quote(g.pick("_x", "", "region", "host", "sum", "a.b", "ü"))
    keys = lambda: "[" + ", ".join(quote(g.pick("region", "host", "k", "no", "cpu", "state")) for _ in range(g.r.choice([0, 1, 1, 2]))) + "]"
    flag = lambda: g.pick("true", "false")
    number = lambda: g.pick("0.0", "1.0", "0.5", "2.0", "10.0", "95.0", "99.9", "50.0", "1.0e3", "0.001", "25.0")
    how = lambda: quote(g.pick("sum", "max", "min", "mean", "median", "count", "sum", "Sum", "x"))
    temporality = lambda: quote(g.pick("delta", "cumulative", "delta", "", "Delta"))
    bounds = lambda: "[" + ", ".join(sorted({number() for _ in range(g.r.choice([1, 2, 3, 5]))}, key=float)) + "]"
    suffix = lambda: g.pick("", ", " + text())
    points = g.chance(0.25)
    if points:
        call = g.pick(lambda: f"convert_summary_count_val_to_sum({temporality()}, {flag()}{suffix()})", lambda: f"convert_summary_sum_val_to_sum({temporality()}, {flag()}{suffix()})",
                      lambda: f"merge_histogram_buckets({g.pick(number(), '1', quote('0.5'), 'datapoint.sum')}{g.pick('', ', ' + quote('remove_explicit_bound'), ', ' + quote('limit_buckets'))})")()
        where = g.pick("metric.type == METRIC_DATA_TYPE_SUMMARY", "metric.type == METRIC_DATA_TYPE_HISTOGRAM", "datapoint.count > 1", "metric.name != nil and metric.type == METRIC_DATA_TYPE_SUMMARY")
        return "datapoint", f"{call} where {where}"
    call = g.pick(lambda: "convert_sum_to_gauge()", lambda: f"convert_gauge_to_sum({temporality()}, {flag()})", lambda: f"extract_sum_metric({flag()}{suffix()})",
                  lambda: f"extract_count_metric({flag()}{suffix()})", lambda: f"extract_percentile_metric({number()}{suffix()})",
                  lambda: f"convert_summary_quantile_val_to_gauge({g.pick('', text())})", lambda: f"scale_metric({number()}{g.pick('', ', ' + text())})",
                  lambda: f"copy_metric(name={quote('copied')}{g.pick('', ', description=' + text(), ', unit=metric.name')})",
                  lambda: f"aggregate_on_attributes({how()}{g.pick('', ', ' + keys(), ', ' + keys())})",
                  lambda: f"aggregate_on_attribute_value({how()}, {text()}, {keys()}, {text()})",
                  lambda: f"convert_exponential_histogram_to_histogram({quote(g.pick('upper', 'midpoint', 'uniform', 'x'))}, {bounds()})")()
    kind = g.pick("GAUGE", "SUM", "HISTOGRAM", "EXPONENTIAL_HISTOGRAM", "SUMMARY")
    where = g.pick(f"metric.type == METRIC_DATA_TYPE_{kind}", f"metric.type == METRIC_DATA_TYPE_{kind}", "metric.unit == \"By\"", "metric.is_monotonic == true")
    if "copy" in call:
        return "metric", f'{call} where metric.name != "copied"'  # else the reference never ends
    return "metric", f"{call} where {where}"


def metrics(g, gens):
    groups = []
    for _ in range(g.r.choice([1, 1, 2, 3])):
        context, text = metric_call(g)
        texts = [text]
        if g.chance(0.4):
            texts = texts + [others_in(g, gens, context).statement(["set"], 1, 0.5)]
        groups.append({"context": context, "statements": texts})
    return {"error_mode": g.r.choice(MODES), "metric_statements": groups}


def others_in(g, gens, context):
    return gens.setdefault((g.signal, context, g.fixture), Gen(f"{g.r.random()}", g.signal, context, g.fixture))
