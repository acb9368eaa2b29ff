import json
import threading

import ottl
import pytest


def bodies(payload):
    scope = json.loads(payload)["resourceLogs"][0]["scopeLogs"][0]
    return [r["body"]["stringValue"] for r in scope["logRecords"]]


def test_versions():
    assert ottl.__version__.count(".") == 2 and ottl.reference_version == "1.3.1" and ottl.isa


def test_json_stays_json_and_protobuf_protobuf(log):
    program = ottl.compile('set(log.body, "b") where log.body == "a"')
    out = program.run(log(("a", {}), ("c", {})))
    assert bodies(out) == ["b", "c"]
    wire = program.run(log(("a", {})), to="proto")
    assert wire[:1] == b"\n" and b"\x0a\x01b" in wire
    again = ottl.compile('set(log.body, "z")').run(wire)
    assert b"\x0a\x01z" in again
    assert bodies(program.run(again, to="json")) == ["z"]


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview, lambda b: b.decode()])
def test_any_buffer_is_a_payload(log, wrap):
    assert bodies(ottl.compile('set(log.body, "b")').run(wrap(log(("a", {}))))) == ["b"]


def test_what_is_not_changed_is_not_copied(log):
    payload = log(("a", {}))
    program = ottl.compile('set(log.body, "b") where log.body == "x"')
    assert program.run(payload) is payload
    wire = program.run(payload, to="proto")
    assert program.run(wire) is wire
    assert program.run(wire, to="json") != wire


def test_counts_errors_and_views(log):
    program = ottl.compile('set(log.attributes["n"], ParseJSON(log.body))', error_mode="ignore")
    with program.process(log(('{"a":1}', {}), ("no", {}))) as result:
        assert result.counts == ottl.Counts(2, 1, 0, 1, 1)
        assert not result.unchanged and result.encoding == "json"
        (error,) = result.errors
        assert (error.item, error.statement, error.context) == (1, 0, "log") and "no" not in error.message.split()
        view = result.view()
        assert view.readonly and bytes(view) == result.data
        with pytest.raises(BufferError):
            result.close()
        view.release()
    with pytest.raises(BufferError):
        result.view()


def test_a_result_keeps_its_memory(log):
    program = ottl.compile('set(log.body, Concat([log.body, "!"], ""))')
    results = [program.process(log((str(i), {}))) for i in range(20)]
    views = [r.view() for r in results]
    del results, program
    assert [bodies(bytes(v)) for v in views] == [[f"{i}!"] for i in range(20)]


def test_filter_drops_everything(log):
    program = ottl.compile("log.severity_number < SEVERITY_NUMBER_WARN", kind="filter")
    result = program.process(log(("a", {}), ("b", {})))
    assert result.data == b"" and result.counts.rows_dropped == 2


def test_failures_are_exceptions(log):
    with pytest.raises(ottl.RunError) as run:
        ottl.compile('set(log.body, ParseJSON("{"))').run(log(("a", {})))
    assert run.value.errors[0].item == 0 and run.value.errors[0].code.startswith("R")
    with pytest.raises(ottl.DataError, match="byte"):
        ottl.compile('set(log.body, "a")').run(b"\xff\xff\xff")
    with pytest.raises(ottl.DataError):
        ottl.compile('set(log.body, "a")').run(b'{"resourceLogs": 1')
    with pytest.raises(ottl.LimitError):
        ottl.compile('set(log.body, "a")', max_bytes=64).run(log(("a", {})))
    assert issubclass(ottl.DataError, ottl.Error) and issubclass(ottl.CompileError, ottl.Error)


def test_a_failed_run_leaves_the_program_usable(log):
    program = ottl.compile('set(log.body, "b")')
    for _ in range(3):
        with pytest.raises(ottl.DataError):
            program.run(b"\xff")
        assert bodies(program.run(log(("a", {})))) == ["b"]


def test_diagnostics_are_objects():
    with pytest.raises(ottl.CompileError) as failed:
        ottl.compile('set(log.atributes["é"], 1)\nset(log.body, Uper("a"))', name="rules.ottl")
    first, second = failed.value.diagnostics
    assert (first.code, first.severity, first.span.line, first.span.column) == ("E0301", "error", 1, 5)
    assert first.fixes[0].replacement and second.span.line == 2 and second.span.file == "rules.ottl"
    assert "rules.ottl:1:5: error[E0301]" in str(failed.value)
    assert ottl.check('set(log.body, "a") where 1 == 2')[0].severity == "warning"
    assert ottl.check('set(log.body, "a")') == []


@pytest.mark.parametrize(
    "options", [{"kind": "x"}, {"signal": 1}, {"error_mode": "loud"}, {"compat": -1}, {"compat": 1 << 40}, {"max_errors": "a"}]
)
def test_options_are_checked(options):
    with pytest.raises((ValueError, TypeError, OverflowError)):
        ottl.compile('set(log.body, "a")', **options)


def test_request_is_what_otelcol_reads(log):
    program = ottl.compile('set(log.attributes["tenant"], otelcol.client.metadata["x-tenant"][0])', error_mode="ignore")
    out = program.run(log(("a", {})), request={"metadata": {"x-tenant": ["acme"]}})
    assert b"acme" in out
    assert b"acme" not in program.run(log(("a", {})))
    with pytest.raises(ValueError):
        program.run(log(("a", {})), request={"metadata": 1})


CONFIG = """
processors:
  transform/redact:
    log_statements:
      - set(log.attributes["env"], "${env:STAGE}")
  filter/quiet:
    logs:
      log_record:
        - severity_number < 13
"""


def test_configurations(log):
    assert ottl.processors(CONFIG, env={}) == [("transform/redact", "transform", 3), ("filter/quiet", "filter", 6)]
    program = ottl.compile_config(CONFIG, "transform/redact", signal="logs", env={"STAGE": "prod"})
    assert b"prod" in program.run(log(("a", {})))
    assert ottl.compile_config(CONFIG, "filter/quiet", signal="logs").run(log(("a", {}))) == b""
    with pytest.raises(ValueError, match="none/such"):
        ottl.compile_config(CONFIG, "none/such", signal="logs")
    with pytest.raises(ottl.CompileError) as failed:
        ottl.compile_config(CONFIG.replace("set(", "sett("), signal="logs", name="c.yaml")
    assert failed.value.diagnostics[0].span.line == 5


def test_format():
    assert ottl.format('set(log.body,"a")where   true') == 'set(log.body, "a") where true\n'
    assert "# kept" in ottl.format(CONFIG + "# kept\n", yaml=True)
    with pytest.raises(ottl.CompileError):
        ottl.format("set(log.body,")


def test_signal_contexts_and_bytecode():
    program = ottl.compile('set(span.name, "a")\nset(span.attributes["b"], 1)')
    assert program.signal == "traces" and set(program.contexts) == {"span"} and program.bytecode()
    assert ottl.compile('set(resource.attributes["a"], 1)').signal is None


def test_threads_share_a_program(log):
    program = ottl.compile('set(log.attributes["n"], Len(log.body))\nreplace_pattern(log.body, "a+", "<a>")')
    wrong = []

    def work(n):
        payload = log(*[("a" * n + str(i), {}) for i in range(50)])
        want = program.run(payload)
        for _ in range(50):
            result = program.process(payload)
            if bytes(result.view()) != want:
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert wrong == []


def test_the_lock_is_given_up_while_the_engine_runs(log):
    """While one thread runs a long program the other goes on counting."""
    payload = ottl.compile('set(log.body, "b")').run(log(*[("x" * 200 + str(i), {"k": "v"}) for i in range(20000)]), to="proto")
    program = ottl.compile("\n".join(f'set(log.attributes["h{i}"], SHA512(log.body))' for i in range(20)))
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    result = program.process(payload)
    during = counted[0] - before
    done.set()
    thread.join()
    assert result.counts.rows_changed == 20000
    assert during > 1000  # with the lock held throughout it would be what two switches give


def test_messages_of_every_framing(log):
    one, two = log(("a", {})), log(("b", {}))
    assert list(ottl.messages(one + b"\n" + two + b"\n")) == [one, two]
    wires = [ottl.compile('set(log.body, "c")').run(m, to="proto") for m in (one, two)]
    assert all(len(w) < 128 for w in wires)  # lengths of one byte
    delimited = b"".join(bytes([len(w)]) + w for w in wires)
    assert list(ottl.messages(delimited, framing="proto-delimited")) == wires
    framed = b"".join(len(w).to_bytes(4, "big") + w for w in wires)
    assert list(ottl.messages(memoryview(framed), framing="proto-framed")) == wires
    assert list(ottl.messages(b"")) == []
    with pytest.raises(ottl.DataError):
        list(ottl.messages(delimited[:-1], framing="proto-delimited"))
    with pytest.raises(ottl.LimitError):
        list(ottl.messages(framed, framing="proto-framed", max_message_bytes=8))
    with pytest.raises(ValueError):
        list(ottl.messages(framed, framing="xml"))
