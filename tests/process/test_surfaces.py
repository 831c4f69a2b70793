"""The command line, logs and limits, as a person meets them."""
import asyncio
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import urllib.request

import pytest
import websockets

from conftest import PROGRAM


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.mark.parametrize("words,said", [
    (["--port", "many"], "--port"),
    (["--port", "70000"], "65535"),
    (["--log-level", "loud"], "--log-level"),
    (["--log-format", "xml"], "pretty, compact, json"),
    (["--engine", "maybe"], "child, inline, off"),
    (["--colour"], "--colour"),
    (["sing"], "sing"),
    (["models", "pull"], "required"),
    (["models", "list", "extra"], "extra"),
    (["config"], "subcommand"),
    (["logs", "--lines", "0"], "--lines"),
    (["logs", "--level", "loud"], "--level"),
    (["migrate", "rollback", "many"], "rollback"),
    (["migrate", "create"], "required"),
    (["restart", "--delay", "soon"], "--delay"),
])
def test_bad_usage_is_said_and_ends_with_2(make_server, words, said):
    server = make_server(start=False)
    result = server.command(*words, "--data", str(server.data))
    assert result.returncode == 2, result.stderr
    assert said in result.stderr
    assert not server.data.exists()


def test_a_missing_config_file_is_named(make_server):
    server = make_server(start=False)
    result = server.command("serve", "--config", str(server.home / "none.yaml"))
    assert result.returncode == 1 and "none.yaml" in result.stderr


def test_options_change_what_happens(scripted):
    server = scripted(arguments=["--log-format", "json", "--log-level", "debug"])
    server.call("GET", "/api/sessions")
    server.stop()
    lines = [json.loads(line) for line in (server.home / "stderr.log").read_text().splitlines()]
    assert any(line["message"] == "request" and line["level"] == "debug" for line in lines)


def test_a_logfile_is_written(scripted, tmp_path):
    path = tmp_path / "own.log"
    server = scripted(arguments=["--logfile", str(path)])
    server.stop()
    assert "ready" in path.read_text()


def test_one_request_is_found_end_to_end(scripted):
    server = scripted()
    said = server.say("my secret word is xylophone")
    request, turn = said.headers["X-Request-Id"], said.json()["turn_id"]

    def lines(identity):
        return server.call("GET", f"/api/logs?id={identity}").json()["records"]

    server.wait_until(lambda: len(lines(request)) >= 5, what="all lines of the request")
    found = [(line["category"], line["message"]) for line in lines(request)]
    assert {("chat", "message accepted"), ("chat", "turn started"), ("llm", "model call ended"),
            ("chat", "turn ended"), ("http", "request")} <= set(found)
    for line in lines(request):
        assert line["request_id"] == request
        if line["message"] in ("model call ended", "turn ended", "request"):
            assert float(line["fields"]["ms"]) >= 0
    assert lines(turn) == lines(request), "the id of the turn leads to the same lines"
    everything = json.dumps(server.call("GET", "/api/logs?limit=5000").json())
    assert "xylophone" not in everything
    shown = server.command("logs", "--id", turn, "--data", str(server.data))
    assert shown.returncode == 0 and "model call ended" in shown.stdout
    nothing = server.command("logs", "--id", "not-an-id", "--data", str(server.data))
    assert nothing.returncode == 1 and "not-an-id" in nothing.stderr


def test_settings_that_need_no_restart_are_in_force_at_once(scripted):
    server = scripted()
    changed = server.call("PATCH", "/api/config", {"logging.level": "debug", "engine.threads": 1})
    assert changed.json()["restart_needed"] == ["engine.threads"]
    request = server.call("GET", "/api/sessions").headers["X-Request-Id"]
    server.wait_until(lambda: server.call("GET", f"/api/logs?id={request}").json()["records"],
                      what="a line of level debug")
    assert server.call("PATCH", "/api/config", {"limits.message_burst": 1}).status == 200
    assert [server.say("hi").status for _ in range(2)] == [200, 429]


def test_too_many_messages_are_refused_with_a_time(scripted):
    server = scripted(environment={"LOCI_LIMITS_MESSAGE_BURST": "2",
                                   "LOCI_LIMITS_MESSAGES_PER_MINUTE": "1"})
    assert [server.say("hi").status for _ in range(2)] == [200, 200]
    refused = server.say("hi")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 1
    assert "limits.messages_per_minute" in refused.json()["error"]["hint"]

    async def over_the_socket():
        async with websockets.connect(server.url.replace("http", "ws") + "/ws") as peer:
            await peer.send(json.dumps({"type": "hello", "protocol": 1, "page_version": "t"}))
            for n in range(3):
                await peer.send(json.dumps({"type": "message.send", "text": "hi",
                                            "idempotency_key": f"k{n}"}))
            async for text in peer:
                event = json.loads(text)
                if event["type"] == "command.failed":
                    return event

    failed = asyncio.run(asyncio.wait_for(over_the_socket(), 30))
    assert failed["error"]["code"] == "rate_limited" and failed["idempotency_key"] == "k2"


def test_the_gateway_secret_is_enforced(scripted):
    server = scripted(environment={"CLARA_GATEWAY_SECRET": "a shared secret"})
    assert server.call("GET", "/api/sessions").status == 401
    assert server.call("GET", "/api/sessions",
                       headers={"Authorization": "Bearer a shared secret"}).status == 200

    async def close_code(token):
        async with websockets.connect(server.url.replace("http", "ws") + "/ws" + token) as peer:
            await peer.send(json.dumps({"type": "hello", "protocol": 1, "page_version": "t"}))
            try:
                await peer.recv()
                return None
            except websockets.ConnectionClosed as closed:
                return closed.rcvd.code

    assert asyncio.run(close_code("")) == 4001
    assert asyncio.run(close_code("?token=wrong")) == 4001
    assert asyncio.run(close_code("?token=a%20shared%20secret")) is None


def test_a_guest_name_is_allowed_by_setting(scripted):
    server = scripted(environment={"LOCI_SERVER_ALLOWED_HOSTS": "host.docker.internal"})
    assert server.call("GET", "/api/sessions",
                       headers={"Host": "host.docker.internal:5624"}).status == 200


def test_tls_of_its_own_with_a_code_for_the_phone(scripted):
    server = scripted(arguments=["--host", "0.0.0.0"],
                      environment={"LOCI_AUTH_KEY": "a long enough key",
                                   "LOCI_SERVER_TLS_MODE": "self_signed"})
    assert server.url.startswith("https://127.0.0.1:")
    trust = ssl.create_default_context(cafile=str(server.data / "tls/tls.crt"))
    request = urllib.request.Request(server.url + "/api/phone",
                                     headers={"Authorization": "Bearer a long enough key"})
    with urllib.request.urlopen(request, context=trust, timeout=30) as answer:
        link = json.loads(answer.read())
    if link["reachable"]:  # a machine without any network has no address to give
        assert link["url"].startswith("https://") and "127.0.0.1" not in link["url"]
        assert len(link["qr"]) == len(link["qr"][0]) >= 21
        assert "key" not in link["url"]
    # The terminal speaks to it too, and only to the server with this certificate.
    status = server.command("status", "--data", str(server.data))
    assert status.returncode == 0, status.stderr


def test_the_phone_is_told_what_to_set(scripted):
    link = scripted().call("GET", "/api/phone").json()
    assert link["reachable"] is False and link["qr"] == []
    assert "server.host" in link["hint"] and "self_signed" in link["hint"]


def test_old_daemon_flags_and_the_restart_options(make_server):
    server = make_server(start=False)
    where = ["--data", str(server.data), "--port", "0", "--engine", "off"]
    try:
        assert server.command("--daemon", *where).returncode == 0
        again = server.command("--daemon", *where)
        assert again.returncode == 1 and "already running" in again.stderr
        # The port was any free one: it is found by the data.
        assert server.command("--status", *where).returncode == 0
        restarted = server.command("restart", "-y", "-d", "1", "--logfile",
                                   str(server.home / "own.log"), *where)
        assert restarted.returncode == 0, restarted.stderr
        assert (server.home / "own.log").exists()
        assert server.command("logs", "-n", "2", *where).stdout.count("\n") == 2
        assert server.command("restart", "-y", "--no-start", *where).returncode == 0
        assert server.command("--status", *where).returncode == 1
    finally:
        assert server.command("--stop", *where).returncode == 0


def test_a_start_that_fails_says_why(make_server):
    server = make_server(start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = server.command("start", "--data", str(server.data), "--port", port)
    assert result.returncode == 1 and port in result.stderr


def test_reload_takes_settings_over_and_starts_again(make_server, tmp_path):
    program = tmp_path / "bin" / "loci"
    program.parent.mkdir()
    shutil.copy2(PROGRAM, program)
    server = make_server(start=False)
    config = server.home / "c.yaml"
    config.write_text("server: {port: 0}\nengine: {mode: off}\nchat: {queue: queue}\n")
    process = subprocess.Popen(
        [program, "serve", "--reload", "--no-browser", "--config", str(config), "--data",
         str(server.data)],
        env=server.env(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def next_url():
        line = process.stdout.readline()
        assert "ready: " in line
        return line.rsplit("ready: ", 1)[1].strip()

    try:
        server.url = next_url()
        config.write_text("server: {port: 0}\nengine: {mode: off}\nchat: {queue: collect}\n")
        server.wait_until(lambda: server.call("GET", "/api/config").json()["values"]["chat"]["queue"]
                          == "collect", what="the changed setting")
        config.write_text("server: {port: 0}\nengine: {mode: off, threads: 2}\n")
        server.url = next_url()
        assert server.call("GET", "/healthz").status == 200
        os.utime(program)
        server.url = next_url()
        assert server.call("GET", "/healthz").status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        process.stdout.close()


def test_the_browser_is_opened_on_a_desktop_alone(scripted, tmp_path):
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    seen = tmp_path / "opened"
    opener.write_text(f"#!/bin/sh\necho \"$1\" > {seen}.new && mv {seen}.new {seen}\n")
    opener.chmod(0o755)
    server = scripted()
    server.stop()
    env = {**server.env(), "PATH": f"{opener.parent}:{os.environ['PATH']}"}
    words = [PROGRAM, "serve", "--port", "0", "--data", str(server.data)]

    def ready(more):
        process = subprocess.Popen(words, env={**env, **more}, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        url = process.stdout.readline().rsplit("ready: ", 1)[1].strip()
        return process, url

    def end(process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        process.stdout.close()

    process, _ = ready({})
    end(process)
    process, _ = ready({"DISPLAY": ":7", "LOCI_SERVER_OPEN_BROWSER": "false"})
    end(process)
    process, url = ready({"DISPLAY": ":7"})
    try:
        server.wait_until(seen.exists, what="the browser")
        assert pathlib.Path(seen).read_text().strip() == url
    finally:
        end(process)


def test_chat_in_the_terminal_takes_commands(scripted):
    server = scripted()
    typed = "hello\n/history\n/sessions\n/new\n/history\n/load 1\n/model\n/model none\n/sing\n/quit\n"
    result = server.command("chat", "--data", str(server.data), input=typed)
    assert result.returncode == 0
    out = result.stdout
    assert out.startswith("One two three.\n> hello\nOne two three.\n")
    assert "1  Hello (2 messages)" in out
    assert "A new conversation.\nThis conversation has not begun yet.\nGoing on with Hello.\n> hello\n" in out
    assert "scripted" in out and "none is no model" in out and "There is no /sing" in out


def test_ctrl_c_stops_the_reply_and_not_the_program(scripted):
    server = scripted([{"steps": [{"text": "Once ", "delay_ms": 1},
                                  {"text": "upon a time", "delay_ms": 60_000}]},
                       {"repeat": True, "steps": [{"text": "Still here.", "delay_ms": 1}]}])
    process = subprocess.Popen([PROGRAM, "chat", "--data", str(server.data)], env=server.env(),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write("tell me a story\n")
    process.stdin.flush()
    heard = ""
    while "Once" not in heard:
        heard += process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate("are you there?\n", timeout=30)
    assert process.returncode == 0
    assert "(stopped)" in out and "Still here." in out
