"""Starting, stopping, login, limits and everything that can be wrong around them."""
import pathlib
import socket
import stat

import pytest

from conftest import ROOT


def test_version_is_the_same_everywhere(scripted):
    server = scripted()
    version = (ROOT / "VERSION").read_text().strip()
    assert server.command("--version").stdout.split() == ["loci", version]
    assert server.call("GET", "/healthz").json()["version"] == version
    assert server.call("GET", "/readyz").json()["ready"]


def test_data_is_private(scripted):
    server = scripted()
    server.say("hi")
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    for file in server.data.rglob("*"):
        if file.is_file():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_a_second_server_on_the_same_data_is_refused(scripted):
    server = scripted()
    second = server.command("serve", "--port", "0", "--data", str(server.data))
    assert second.returncode == 1
    assert str(server.process.pid) in second.stderr


def test_a_port_in_use_is_named(make_server):
    server = make_server(start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = server.command("serve", "--port", str(port), "--data", str(server.data))
    assert result.returncode == 1
    assert str(port) in result.stderr


@pytest.mark.parametrize("name,text,words", [
    ("c.yaml", "server:\n\tport: 1\n", ["c.yaml:2"]),
    ("c.yaml", "server:\n  prt: 5700\n", ["c.yaml:2:3", "server.port"]),
    ("c.toml", "[server]\nport = 'many'\n", ["c.toml:2", "server.port"]),
    ("c.json", '{"chat": {"queue": "sometimes"}}', ["c.json:1", "queue, steer, collect"]),
    ("c.yaml", "llm:\n  api_key: ${NOT_THERE}\n", ["c.yaml:2", "NOT_THERE"]),
])
def test_a_faulty_config_is_said_with_its_place(make_server, name, text, words):
    server = make_server(start=False)
    path = server.home / name
    path.write_text(text)
    result = server.command("config", "check", "--config", str(path))
    assert result.returncode == 1
    for word in words:
        assert word in result.stderr


def test_an_invalid_section_is_off_but_the_server_starts(scripted):
    server = scripted(environment={"LOCI_CHAT_QUEUE": "sometimes"})
    config = server.subsystem("config")
    assert config["health"] == "degraded" and "chat.queue" in config["detail"]
    assert server.say("hi").status == 200


def test_secrets_are_masked(make_server):
    server = make_server(start=False, environment={"OPENAI_API_KEY": "sk-abcdefgh12345678"})
    shown = server.command("config", "show")
    assert shown.returncode == 0
    assert "abcdefgh" not in shown.stdout


def test_an_open_address_wants_a_key(make_server):
    server = make_server(start=False)
    result = server.command("serve", "--host", "0.0.0.0", "--port", "0", "--data",
                            str(server.data))
    assert result.returncode == 2
    assert "auth.key" in result.stderr


def test_login(scripted):
    server = scripted(environment={"LOCI_AUTH_KEY": "a long enough key"})
    assert server.call("GET", "/api/sessions").status == 401
    assert server.call("GET", "/healthz").status == 200
    assert server.call("POST", "/api/auth/login", {"key": "wrong"}).status == 401
    token = server.call("POST", "/api/auth/login", {"key": "a long enough key"}).json()["token"]
    assert server.call("GET", "/api/sessions", headers={"Authorization": f"Bearer {token}"}).status == 200
    assert server.call("GET", f"/api/sessions?token={token}").status == 200


def test_other_hosts_and_origins_are_refused(scripted):
    server = scripted()
    assert server.call("GET", "/api/sessions", headers={"Host": "evil.example"}).status == 403
    assert server.call("POST", "/api/chat", {"message": "x"},
                       headers={"Origin": "http://evil.example"}).status == 403


def test_bad_requests_are_told_what_is_wrong(scripted):
    server = scripted()
    cases = [
        (server.call("POST", "/api/chat", raw=b"{nonsense"), 400, "request body"),
        (server.call("POST", "/api/chat", {"text": "x"}), 400, "`message` is missing"),
        (server.call("POST", "/api/chat", {"message": "  "}), 400, "empty"),
        (server.say("x" * 10_001), 413, "10001"),
        (server.call("POST", "/api/chat", raw=b'{"message":"\xff\xfe"}'), 400, "request body"),
        (server.call("GET", "/api/mesages"), 404, "/api/messages"),
        (server.call("GET", "/api/sessions?limit=many"), 400, "limit"),
        (server.call("GET", "/api/sessions/nope"), 404, ""),
    ]
    for answer, status, words in cases:
        error = answer.json()["error"]
        assert answer.status == status, error
        assert words in error["message"] + error["hint"], error
    assert server.call("GET", "/healthz").status == 200


def test_a_body_over_the_limit_is_refused_before_it_is_read(scripted):
    server = scripted()
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as peer:
        peer.sendall(f"POST /api/chat HTTP/1.1\r\nHost: {host}\r\n"
                     "Content-Type: application/json\r\n"
                     "Content-Length: 10500000\r\n\r\n".encode() + b"x" * 1000)
        answer = peer.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "too_large" in answer


def test_persona_files_change_without_a_restart(scripted):
    server = scripted()
    files = server.call("GET", "/api/workspace").json()["files"]
    assert "SOUL.md" in [file["name"] for file in files]
    assert server.call("PUT", "/api/workspace/SOUL.md", {"content": "# Be a pirate"}).status == 200
    assert "pirate" in (pathlib.Path(server.data) / "workspace/SOUL.md").read_text()
    assert server.call("PUT", "/api/workspace/..%2Fevil.md", {"content": "x"}).status in (400, 404)


def test_settings_change_over_the_api(scripted):
    server = scripted()
    shown = server.call("GET", "/api/config").json()
    assert shown["values"]["chat"]["queue"] == "queue"
    changed = server.call("PATCH", "/api/config", {"chat.queue": "collect"})
    assert changed.status == 200 and changed.json()["changed"] == ["chat.queue"]
    assert server.call("GET", "/api/config").json()["values"]["chat"]["queue"] == "collect"
    refused = server.call("PATCH", "/api/config", {"chat.queue": "sometimes"})
    assert refused.status == 400


def test_a_damaged_database_is_named_and_left_alone(make_server):
    server = make_server(start=False)
    server.data.mkdir(mode=0o700)
    database = server.data / "loci.db"
    database.write_bytes(b"this is not a database at all" * 200)
    before = database.read_bytes()
    result = server.command("serve", "--port", "0", "--data", str(server.data))
    assert result.returncode == 1
    assert "loci.db" in result.stderr
    assert database.read_bytes() == before


def test_doctor_says_what_it_finds(make_server):
    server = make_server(start=False)
    result = server.command("doctor", "--data", str(server.data))
    assert "machine" in result.stdout and "engine" in result.stdout
    # What the set-up brings is whole: a machine with nothing amiss is told so.
    assert "!!" not in result.stdout, result.stdout
    assert result.returncode == 0
    listed = server.command("models", "list", "--data", str(server.data)).stdout
    assert "whisper" in listed and "failed" not in listed, listed


def test_the_daemon_starts_once_and_stops_cleanly(make_server):
    server = make_server(start=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    where = ["--data", str(server.data), "--port", port, "--engine", "off"]
    try:
        assert server.command("start", *where).returncode == 0
        assert server.command("start", *where).returncode == 1
        status = server.command("status", *where)
        assert status.returncode == 0 and port in status.stdout
        said = server.command("chat", "What is 7 plus 5?", *where)
        assert said.stdout.strip() == "7 + 5 = 12"
    finally:
        assert server.command("stop", *where).returncode == 0
    assert server.command("status", *where).returncode == 1


def test_migrations_are_listed(scripted):
    server = scripted()
    server.stop()
    status = server.command("migrate", "status", "--data", str(server.data))
    assert status.returncode == 0 and "schema" in status.stdout
    assert server.command("migrate", "history", "--data", str(server.data)).stdout.startswith("0001")
    server.start()
