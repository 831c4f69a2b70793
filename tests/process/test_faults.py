"""Bad settings and missing parts, given to the running server: what is off says why, the rest works."""
import shutil
import stat

import pytest

from conftest import PROGRAM


def write_config(server, text, name="config.yaml"):
    folder = server.home / ".config/loci"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize("text,section,words", [
    ("chat:\n  titles: maybe\n", "chat", ["config.yaml:2:11", "true or false"]),
    ("logging:\n  levle: debug\n", "logging", ["config.yaml:2:3", "logging.level"]),
    ("limits:\n  message_chars: many\n", "limits", ["limits.message_chars", "whole number"]),
    ("persona: [a, b]\n", "persona", ["persona"]),
    ("models:\n  hub_url: hub.example\n", "models", ["http://"]),
    ("engine:\n  threads: -3\n", "engine", ["engine.threads"]),
    ("stage: {}\n", "config", ["stage"]),
])
def test_a_mistake_switches_off_its_section_and_is_shown(scripted, text, section, words):
    server = scripted(start=False)
    write_config(server, text)
    server.start()
    config = server.subsystem("config")
    assert config["health"] == "degraded" and config["hint"]
    doctor = server.command("doctor", "--data", str(server.data)).stdout
    check = server.command("config", "check")
    assert check.returncode == 1
    for word in [*words, section]:
        assert word in config["detail"], config
        assert word in doctor
        assert word in check.stderr
    assert server.call("GET", "/readyz").status == 200, "the rest works"
    assert server.say("hi").status == 200


@pytest.mark.parametrize("text,words", [
    ("server:\n\tport: 1\n", ["config.yaml:2:1", "tab"]),
    ("server:\n  port: many\n", ["config.yaml:2:9", "server.port", "0 to 65535"]),
    ("server:\n  tls: {mode: own}\n", ["certificate"]),
    ("server:\n  tls: {mode: own, certificate: /none.pem, key: /none.pem}\n", ["/none.pem"]),
    ("auth:\n  key: ${LOCI_TEST_KEY}\n", ["config.yaml:2:8", "LOCI_TEST_KEY"]),
    ("auth:\n  key: \"open\n", ["quote"]),
    ("data:\n  database: postgres://h/d\n", ["data.database", "SQLite"]),
    ("data:\n  folder: /dev/null/x\n", ["/dev/null/x"]),
    ("server:\n  host: no.such.host.invalid\nauth:\n  key: long enough\n", ["no.such.host.invalid"]),
    ("\xff\xfe", ["config.yaml"]),
])
def test_network_login_and_storage_mistakes_refuse_the_start(make_server, text, words):
    server = make_server(start=False)
    path = write_config(server, "")
    path.write_bytes(text.encode("latin-1"))
    # A flag would outrank what the file says wrongly.
    result = server.command("serve", *([] if "port: many" in text else ["--port", "0"]), *(
        [] if "  folder:" in text else ["--data", str(server.data)]))
    assert result.returncode == 1
    for word in words:
        assert word in result.stderr
    assert "exception" not in result.stderr.lower() and "terminate" not in result.stderr


def test_a_config_that_is_named_but_not_there_is_named(make_server):
    server = make_server(start=False)
    for path in ("/no/such.yaml", str(server.home)):
        result = server.command("serve", "--config", path, "--data", str(server.data))
        assert result.returncode == 1 and path in result.stderr


@pytest.mark.parametrize("flags", [["--port", "99999"], ["--port", "x"], ["--log-level", "loud"],
                                   ["--engine", "steam"], ["--nonsense"], ["--config"],
                                   ["dance"]])
def test_bad_flags_are_refused_with_their_name(make_server, flags):
    server = make_server(start=False)
    result = server.command("serve", "--data", str(server.data), *flags)
    said = result.stderr + result.stdout
    assert result.returncode != 0, said
    assert flags[0].lstrip("-") in said


def test_a_log_file_that_cannot_be_written_is_only_missing(scripted):
    server = scripted(arguments=["--logfile", "/dev/null/loci.log"])
    assert server.say("hi").status == 200
    server.stop()
    assert "the log file is off" in (server.home / "stderr.log").read_text()


def test_a_missing_script_switches_off_only_the_model(make_server):
    server = make_server(["--engine", "off"], {"LOCI_LLM_PROVIDER": "scripted",
                                               "LOCI_LLM_SCRIPT": "/no/such.json"})
    state = server.subsystem("llm scripted")
    assert state["health"] == "off" and "/no/such.json" in state["detail"]
    # What needs no model is still answered.
    assert "12" in server.say("What is 7 plus 5?").json()["response"]
    error = server.say("Tell me about the sea.").json()["error"]
    assert error["code"] == "unavailable" and error["hint"]


def test_a_provider_without_its_key_is_off_and_says_so(make_server):
    server = make_server(["--engine", "off"], {"LOCI_LLM_PROVIDER": "anthropic",
                                               "LOCI_LLM_MODEL": "some-model"})
    state = server.subsystem("llm anthropic")
    assert state["health"] == "off"
    assert "key" in state["detail"] and "api_key" in state["hint"]
    assert "anthropic" in server.command("doctor", *server.where()).stdout


def test_an_engine_that_is_not_installed_is_missed_and_nothing_else(make_server, tmp_path):
    alone = tmp_path / "alone/bin/loci"
    alone.parent.mkdir(parents=True)
    shutil.copy(PROGRAM, alone)
    server = make_server(start=False)
    server.program = alone
    server.start()
    engine = server.subsystem("engine")
    error = server.say("Tell me about the sea.").json()["error"]
    assert error["message"] and error["hint"], error
    assert "12" in server.say("What is 7 plus 5?").json()["response"]
    assert engine["health"] != "up" or "asleep" in engine["detail"]
    doctor = server.command("doctor", "--data", str(server.data))
    assert doctor.returncode == 1 and "loci-engine is not built" in doctor.stdout


def test_secrets_that_others_may_read_are_closed(scripted):
    server = scripted(start=False, environment={})
    path = write_config(server, "MY_KEY=something-long\n", "secrets.env")
    path.chmod(0o644)
    server.data.mkdir(mode=0o755)
    server.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert "secrets.env" in server.subsystem("config")["detail"]


def test_a_workspace_that_cannot_be_used_leaves_the_built_in_persona(scripted):
    server = scripted(environment={"LOCI_PERSONA_WORKSPACE": "/dev/null/w"})
    persona = server.subsystem("persona")
    assert persona["health"] == "degraded" and "/dev/null/w" in persona["detail"]
    assert server.say("hi").status == 200
    assert server.call("PUT", "/api/workspace/USER.md", {"content": "x"}).status == 507
