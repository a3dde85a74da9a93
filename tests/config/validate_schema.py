#!/usr/bin/env python3
"""The JSON Schemas and the SARIF output of supd, looked at by programs that know nothing of supd.

Usage: validate_schema.py SUPD SOURCE-ROOT
Prints what does not hold and ends with 1; ends with 77 when the means are missing."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import tomllib
except ImportError as error:
    print(f"SKIP: {error}: install python3 (3.11) and python3-jsonschema")
    sys.exit(77)

SUPD, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
failures = []

# Refused by supd and by the schema: values by their keys.
BAD = {
    "description": ["1", "true", '"a\\tb"', '"' + "x" * 1025 + '"'],
    "kind": ['"servise"', '"timer"', "1", '""'],
    "enabled": ['"yes"', "1", "[]"],
    "command": ["[]", '""', "[1]", "1", "{}"],
    "directory": ['"srv"', "1", '"/' + "x" * 4095 + '"'],
    "replicas": ["-1", "1001", '"2"', "1.5"],
    "essential": ['"yes"', "1"],
    "terminal": ['"tty1"', "1", "true"],
    "input": ['"stdin"', "true"],
    "depends.requires": ['"db"', "[1]", '["a b"]', '[""]', '["-x"]'],
    "depends.wants": ['["a/b"]', "1979-05-27", '["a!b"]', '["a^*"]', '["a/*"]'],
    "depends.binds": ['[["x"]]'],
    "depends.after": ['{ db = "ready" }'],
    "depends.before": ['["ä"]'],
    "depends.conflicts": ["true"],
    "env.PORT": ["8080", "true", "[]"],
    "env.A-B": ['"x"'],
    "env.9": ['"x"'],
    "environment.files": ['["etc/x"]', '["-x"]', "true", '"/etc/x"'],
    "environment.inherit": ["1", '["A=1"]', '"PATH"', '["9"]'],
    "ready.on": ['"notify"', '"ready"', "true"],
    "ready.timeout": ['"5s"'],
    "restart.policy": ['"allways"', "true"],
    "restart.delay": ["5", "-5", '"5 s"', '"-5s"', '"366d"', '"5"', '"1.5s"', '"5S"'],
    "restart.factor": ["0.5", "101", '"2"', "0"],
    "restart.max_delay": ['"31536001s"', "true"],
    "restart.jitter": ["1.5", "-0.1", '"0"'],
    "restart.reset_after": ['"8761h"', "30"],
    "restart.limit": ["1001", "-1", "1.5", '"3"'],
    "restart.window": ['"0s"', '"0"', '"0m0s"', "60"],
    "restart.retry_after": ['"soon"'],
    "restart.success": ["0", "[256]", "[-1]", '["SIGTREM"]', '["15"]', "[1.5]", "[true]"],
    "restart.prevent": ['"SIGTERM"', '[""]', '["SIGRTMIN+31"]'],
    "stop.sequence": ["[]", '"SIGKILL"', '["SIGTERM", 10, "SIGKILL"]', '["SIGTERM", "0s", "SIGKILL"]',
                      '["SIGTERN", "1s", "SIGKILL"]', '["SIGTERM", "366d", "SIGKILL"]'],
    "stop.scope": ['"trees"', "0"],
    "stop.command": ['""', "[1]", "false"],
    "reload.signal": ['"SIGHUP"'],
    "probes.http.http": ['"http://127.0.0.1/"'],
    "run_as.user": ["true", "1.5", "[]"],
    "run_as.groups": ['"adm"', "[true]", "[[1]]"],
    "run_as.umask": ["18", '"9"', '"01000"', '""', '"rw"'],
    "limits.nofile": ['"10k"', '"1:2:3"', '"1:"', "-1", "true", '""'],
    "limits.core": ['"1x"', "-1", "1.5", '"1MiB:"'],
    "limits.nice": ["20", "-21", '"5"', "0.5"],
    "limits.oom_score_adj": ["0"],
    "log.to": ['"file"', '["jornal"]', "[1]", '["flie"]'],
    "log.path": ['"x"', "1"],
    "log.max_line": ['"63"', '"63B"', "63", '"2MiB"', "1048577", '"many"', '"64 KiB"', '"1025K"', "64.5"],
    "log.memory": ['"2GiB"', "-1", '"1.5MB"', '"2G"', "1073741825", "0.5"],
    "log.max_size": ['"2TiB"', "-1"],
    "log.max_age": ["1", '"day"'],
    "log.keep": ["-1", "100001", '"3"'],
    "log.keep_total": ['"2PiB"', "-1"],
    "log.keep_age": ["30", '"-1d"'],
    "log.compress": ['"bzip2"', "1", '""'],
    "log.rate": ['"2TiB"', "-1", '"fast"'],
    "log.burst": ['"2TiB"', "1.5"],
    "log.format": ['"xml"', "1"],
    "log.on_full": ['"wait"', "true"],
    "nosuchkey": ["1"],
    "nosuchtable.key": ["1"],
    "restart.nosuchkey": ['"5s"'],
}

# The same for supd's own settings.
BAD_SETTINGS = {
    "daemon.engine": ['"iouring"', "1"],
    "daemon.runtime_dir": ['"run"', "true"],
    "daemon.log_dir": ['"log"', "[]"],
    "daemon.state_dir": ['"state"', "1"],
    "daemon.shutdown_timeout": ['"0s"', "5", '"366d"'],
    "daemon.log_level": ['"loud"', "3"],
    "daemon.exit": ['"x"', "0"],
    "signals.SIGTERM": ['"end"', "1", "[]", "[1]"],
    "signals.SIGKILL": ['"stop"'],
    "signals.TERM": ['"stop"'],
    "signals.SIGSEGV": ['"ignore"'],
    "control.socket": ['"x"', "1"],
    "control.read": ['"root"', "[0]"],
    "control.operate": ["true"],
    "control.admin": ["1"],
    "daemon.nosuchkey": ["1"],
}

# Taken by both.
GOOD = {
    "command": ['"a b"', '["a", ""]'],
    "replicas": ["0", "1000"],
    "essential": ["true"],
    "terminal": ['""', '"/dev/tty1"', '"inherit"'],
    "input": ['"none"', '"inherit"'],
    "depends.requires": ["[]", '["u0", "u1:started", "u0:exited", "u1:ready"]'],
    "depends.after": ['["u0*", "u?:started", "[tu]1", "[!v]2:exited"]'],
    "env": ["{}", '{ A = "1", _b9 = "" }'],
    "environment.files": ["[]", '["-/no/such/file"]'],
    "environment.inherit": ["true", "false", "[]", '["PATH"]'],
    "restart.delay": ['"0"', '"0s"', '"1ms"'],
    "restart.max_delay": ['"1m30s"', '"365d"', '"01h"', '"8760h"'],
    "restart.factor": ["1", "100", "1.5"],
    "restart.jitter": ["0", "1", "0.5"],
    "restart.limit": ["0", "1000"],
    "restart.window": ['"1ns"', '"0h5s"'],
    "restart.success": ["[]", '[0, 255, "SIGTERM", "term", "Hup", "SIGRTMIN+30", "rtmax-2"]'],
    "stop.sequence": ['["SIGKILL"]', '["int", "1s", "SIGKILL"]'],
    "stop.command": ["[]", '"x y"', '["x"]'],
    "run_as.umask": ['"0"', '"0777"', '"27"'],
    "limits.nofile": ["0", '"7"', '"unlimited"', '"1:unlimited"'],
    "limits.core": ["0", '"1MiB:1GiB"', '"0"', '"5K"'],
    "limits.nice": ["-20", "19"],
    "log.to": ["[]", '["none"]', '["file", "console", "memory"]'],
    "log.path": ['""', '"/x"'],
    "log.max_line": ["64", '"64"', '"1MiB"', '"1M"', '"1024K"', '"1048kB"', '"1048576B"'],
    "log.memory": ['"0"', "0", '"1GiB"', '"1073MB"'],
}

# Refused by supd alone: what a schema can't say, or says of more than one value. Keep this list short.
SUPD_ALONE = {
    "command": ['[""]', "\"a 'b\""],
    "depends.binds": ['["db:strated"]'],
    "depends.conflicts": ['["db:exited"]'],
    "restart.factor": ["nan"],
    "restart.limit": ["3.0"],
    "restart.max_delay": ['"50ms"', '"365d1s"'],
    "stop.sequence": ['["SIGTERM", "10s"]', '["SIGTERM", "SIGKILL"]'],
    "limits.nproc": ['"10:5"'],
    "limits.core": ['"18446744073709551615"'],
    "log.to": ['["none", "file"]'],
}


def check(holds, *words):
    if not holds:
        failures.append(" ".join(str(word) for word in words))


def run(*arguments):
    done = subprocess.run([SUPD, *arguments], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout


def validator(kind):
    schema = json.loads(run("--schema", kind))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


unit_schema, settings_schema = validator("unit"), validator("supd")


def schema_for(document, name):
    settings = name == "supd.toml" or any(key in document for key in ("units", "daemon", "control", "defaults", "signals"))
    return settings_schema if settings else unit_schema


def check_document(text, name, where):
    document = tomllib.loads(text)
    errors = [error.message for error in schema_for(document, name).iter_errors(document)]
    check(not errors, where, "is refused by the schema:", errors)


def check_examples():
    examples = sorted(ROOT.glob("config/examples/**/*.toml"))
    check(examples, "there are no examples")
    for path in examples:
        check_document(path.read_text(), path.name, path)
    snippets = re.findall(r"^```toml\n(.*?)^```", (ROOT / "README.md").read_text(), re.S | re.M)
    for number, snippet in enumerate(snippets):
        check_document(snippet, "", f"README.md, snippet {number}")


def check_keys():
    """Each default and each example fits the schema of its own key."""
    for key in json.loads(run("--explain", "-o", "json"))["keys"]:
        if "schema" not in key:
            continue
        alone = jsonschema.Draft7Validator(key["schema"])
        examples = key["schema"]["examples"]
        check(examples, key["key"], "has no example")
        values = examples + ([key["schema"]["default"]] if "default" in key["schema"] else [])
        for value in values:
            check(alone.is_valid(value), key["key"], "does not take its own", value)


def lines_with_errors(text, name):
    """The lines of a file that supd complains of."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        path.write_text(text)
        said = json.loads(run("--check", "-o", "json", "-c", str(path)))
    return {d["line"]: d["message"] for d in said["diagnostics"] if d["severity"] == "error"}


def unit_with(key, value):
    command = "" if key.split(".")[0] == "command" else 'command = ["/bin/true"]'
    return f"{key} = {value}", command


def cases(table):
    return [(key, value) for key, values in table.items() for value in values]


def check_agreement(table, supd_takes, schema_takes):
    """One file with a unit for each value, and each value as a document of its own."""
    lines, line_of = [], {}
    for number, (key, value) in enumerate(cases(table)):
        line, command = unit_with(key, value)
        lines += [f"[units.u{number}]", line, command]
        line_of[(key, value)] = len(lines) - 1
        document = tomllib.loads(f"{line}\n{command}\n")
        check(unit_schema.is_valid(document) == schema_takes, "schema:", key, "=", value, "should be",
              "taken" if schema_takes else "refused")
        whole = {"units": {"x": document}}
        check(settings_schema.is_valid(whole) == schema_takes, "schema of supd.toml:", key, "=", value)
    bad_lines = lines_with_errors("\n".join(lines) + "\n", "all.toml")
    for (key, value), line in line_of.items():
        check((line not in bad_lines) == supd_takes, "supd:", key, "=", value, "is",
              bad_lines.get(line, "taken"))


def check_settings():
    for key, value in cases(BAD_SETTINGS):
        text = f"{key} = {value}\n"
        check(not settings_schema.is_valid(tomllib.loads(text)), "schema of supd.toml:", key, "=", value)
        check(lines_with_errors(text, "supd.toml"), "supd:", key, "=", value, "is taken")


def check_refused_documents():
    for text in ("command = 1", "units = 1", "[units]\nweb = 1", '[units."a b"]\nkind = "target"',
                 "[units.web]\ncomand = 'x'", "[daemon]\nenigne = 'auto'", "deamon = {}", "[control]\nmode = 1",
                 "[units.web.restart]\ndelay = 5", "[defaults]\nrestart.delay = 5", "defaults = 1"):
        document = tomllib.loads(text)
        name = "web.toml" if "command" in document else "supd.toml"
        check(not schema_for(document, name).is_valid(document), "a bad document is taken:", text)


def check_sarif():
    with tempfile.TemporaryDirectory(prefix="supd ä ") as folder:
        path = pathlib.Path(folder) / "web.toml"
        path.write_text('command = ["/no/such/program"]\nrestart.delay = 5\nnosuch = 1\n')
        (pathlib.Path(folder) / "bad.toml").write_text("a = \n")
        document = json.loads(run("--check", "-o", "sarif", "-c", folder))
        plain = json.loads(run("--check", "-o", "json", "-c", folder))
    check(document["version"] == "2.1.0" and len(document["runs"]) == 1, "sarif: version or runs")
    only = document["runs"][0]
    driver = only["tool"]["driver"]
    check(driver["name"] == "supd", "sarif: the tool's name")
    ids = [rule["id"] for rule in driver["rules"]]
    check(ids == sorted(set(ids)) and ids == ["command", "file", "restart.delay", "unknown-key"], "sarif: rules", ids)
    check(all(rule["shortDescription"]["text"] for rule in driver["rules"]), "sarif: a rule says nothing")
    results = only["results"]
    check(len(results) == len(plain["diagnostics"]) == 4, "sarif: number of results", len(results))
    for result, diagnostic in zip(results, plain["diagnostics"]):
        check(driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"], "sarif: index of a rule")
        check(result["level"] == diagnostic["severity"], "sarif: level")
        check(diagnostic["message"] in result["message"]["text"], "sarif: message")
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        check(uri == pathlib.Path(diagnostic["file"]).as_uri(), "sarif: uri", uri)
        check(place["region"] == {"startLine": diagnostic["line"], "startColumn": diagnostic["column"]},
              "sarif: region", place["region"])


check_keys()
check_examples()
check_agreement(BAD, supd_takes=False, schema_takes=False)
check_agreement(GOOD, supd_takes=True, schema_takes=True)
check_agreement(SUPD_ALONE, supd_takes=False, schema_takes=True)
check_settings()
check_refused_documents()
check_sarif()
for failure in failures:
    print(failure)
print(f"{len(cases(BAD)) + len(cases(BAD_SETTINGS))} bad and {len(cases(GOOD))} good values, {len(failures)} failures")
sys.exit(1 if failures else 0)
