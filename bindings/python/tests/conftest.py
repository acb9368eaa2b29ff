import json

import pytest


@pytest.fixture
def log():
    """OTLP/JSON of log records with these bodies and attributes."""

    def make(*records, service="shop"):
        def value(v):
            if isinstance(v, bool):
                return {"boolValue": v}
            if isinstance(v, int):
                return {"intValue": str(v)}
            if isinstance(v, float):
                return {"doubleValue": v}
            if isinstance(v, dict):
                return {"kvlistValue": {"values": pairs(v)}}
            return {"stringValue": v}

        def pairs(d):
            return [{"key": k, "value": value(v)} for k, v in d.items()]

        logs = []
        for number, (body, attributes) in enumerate(records):
            record = {"severityNumber": 9, "attributes": pairs(attributes), "timeUnixNano": str(1_700_000_000_000_000_000 + number)}
            if body is not None:
                record["body"] = value(body)
            logs.append(record)
        resource = {"attributes": pairs({"service.name": service})}
        return json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": logs}]}]}).encode()

    return make
