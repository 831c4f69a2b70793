"""Known secrets and known words go in by every door; none may come out where the program writes
about itself: logs in every form, metrics, health, doctor, settings, answers to others."""
import asyncio
import concurrent.futures
import json
import sqlite3
import urllib.parse

import pytest

from test_chat import greet, until
from upstream import reply


class Watch:
    """Gives out words that occur nowhere else and looks for them afterwards."""

    def __init__(self):
        self.given = {}

    def word(self, door):
        word = f"quillfeather{len(self.given)}zq"
        self.given[word] = door
        return word

    def secret(self, door):
        secret = f"sk-vault-{len(self.given)}-8f3b91cc70"
        self.given[secret] = door
        return secret

    def check(self, places):
        found = {f"{self.given[text]} in {place}"
                 for place, written in places.items() for text in self.given if text in written}
        assert not found


def log_rows(server):
    base = sqlite3.connect(f"file:{server.data}/loci.db?mode=ro", uri=True)
    rows = base.execute("SELECT time_ms, level, category, message, request_id, fields_json"
                        " FROM logs").fetchall()
    base.close()
    return rows


def self_description(server, key=None):
    """Everything that the program writes about itself, by place."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    places = {path: server.call("GET", path, headers=headers).body.decode()
              for path in ("/metrics", "/readyz", "/healthz", "/api/config", "/api/data",
                           "/api/models", "/api/auth/status", "/openapi.json")}
    for words in (["doctor"], ["config", "show"], ["config", "check"], ["models", "list"]):
        result = server.command(*words, *server.where(), *server.arguments)
        places[" ".join(words)] = result.stdout + result.stderr
    # The table is written once a second; the end of the program is in it for sure.
    places["/api/logs"] = server.call("GET", "/api/logs?limit=5000", headers=headers).body.decode()
    server.stop()
    rows = log_rows(server)
    assert [row for row in rows if row[3] == "stopping"], "the log table is not complete"
    places["the log table"] = json.dumps(rows)
    for file in server.home.glob("*.log*"):
        places[file.name] = file.read_text()
    assert "turn ended" in places["stderr.log"]
    return places


def echo_all(status, kind="openai"):
    """Answers with an error that repeats the key and the person's words, quoted and unquoted."""

    def answer(call):
        key = call.headers.get("Authorization", "") + str(call.headers.get("x-api-key"))
        said = f"cannot use {key} for {call.words()} or '{call.words()}'"
        error = {"type": "invalid_request_error", "message": said, "code": call.words()}
        call.answer(status, json.dumps(
            {"error": said} if kind == "ollama" else {"type": "error", "error": error}))

    return answer


def error_in_the_stream(call):
    call.head()
    call.delta(call.words())
    call.write(b"data: " + json.dumps({"error": {"message": call.words() + str(
        call.headers.get("Authorization")), "code": 400}}).encode() + b"\n\n")


def nonsense_in_the_stream(call):
    call.head()
    call.write(b"data: {" + call.words().encode() + call.headers.get("Authorization", "").encode()
               + b"\n\n")


def words_for_headers(call):
    call.write(f"HTTP/1.1 {call.words()}\r\nX: {call.words()}\r\n\r\n".encode())


@pytest.mark.parametrize("kind", ["custom", "anthropic", "ollama"])
def test_what_a_provider_says_back_is_not_written_down(remote, kind):
    watch = Watch()
    key = watch.secret("the provider's key")
    upstream, server = remote(echo_all(400, kind), kind,
                              ["--log-level", "trace"],
                              {"LOCI_LLM_API_KEY": key,
                               "LOCI_LLM_HEADERS_X_TUNNEL": watch.secret("a header")})
    behaviours = {f"HTTP {status}": echo_all(status, kind) for status in
                  (301, 400, 401, 402, 403, 404, 413, 418, 500)}
    behaviours |= {"an error in the stream": error_in_the_stream,
                   "nonsense in the stream": nonsense_in_the_stream,
                   "nonsense for headers": words_for_headers}
    by_word = {watch.word(name): behaviour for name, behaviour in behaviours.items()}
    upstream.answer = lambda call: next(
        behaviour for word, behaviour in by_word.items() if word in call.words())(call)
    with concurrent.futures.ThreadPoolExecutor(len(by_word)) as pool:
        answers = dict(zip(behaviours, pool.map(server.say, by_word)))
    assert len(upstream.calls) >= len(behaviours)
    # The person who asked may see what the provider said, but never a key.
    for name, answer in answers.items():
        assert answer.status >= 400 or answer.json()["state"] == "interrupted", (name, answer.body)
        assert key not in answer.body.decode(), name
    watch.check(self_description(server))


def test_no_door_leads_into_the_log(remote):
    watch = Watch()
    owner = watch.secret("auth.key")
    config = {"auth": {"key": owner},
              "llm": {"api_key": "${MAIN_KEY}", "headers": {"X-Access": watch.secret("a header of the config file")},
                      "providers": {"spare": {"kind": "custom", "model": "m",
                                              "base_url": "http://127.0.0.1:9/v1",
                                              "api_key": "${SPARE_KEY}"}}}}
    upstream, server = remote(reply(watch.word("the reply")), start=False, environment={
        "LOCI_LLM_API_KEY": "", "MAIN_KEY": watch.secret("the environment"),
        "OPENAI_API_KEY": watch.secret("an older name in the environment")})
    folder = server.home / ".config/loci"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(json.dumps(config))
    (folder / "secrets.env").write_text(f"SPARE_KEY={watch.secret('secrets.env')}\n"
                                        f"UNUSED={watch.secret('an unused secret')}\n")
    (folder / "secrets.env").chmod(0o600)
    server.arguments += ["--log-level", "trace", "--logfile", str(server.home / "file.log"),
                         "--log-format", "json"]
    server.start()
    headers = {"Authorization": f"Bearer {owner}"}

    def call(method, path, body=None, **more):
        return server.call(method, path, body, {**headers, **more})

    first = call("POST", "/api/chat", {"message": watch.word("REST")})
    session = first.json()["session_id"]
    assert call("POST", "/api/chat", {"message": watch.word("SSE"), "stream": True,
                                      "session_id": session}).status == 200
    asyncio.run(talk_on_the_socket(server, owner, session, watch))
    wrong_key = watch.secret("a wrong key")
    token = server.call("POST", "/api/auth/login", {"key": owner}).json()["token"]
    watch.given[token] = "the login token"
    refused = [
        server.call("POST", "/api/auth/login", {"key": wrong_key}),
        server.call("GET", "/api/sessions", headers={"Authorization": f"Bearer {wrong_key}"}),
        server.call("GET", f"/api/sessions?token={wrong_key}"),
        server.call("GET", f"/api/{wrong_key}"),
        call("GET", f"/api/sessions/{watch.word('an id in a path')}"),
        call("GET", f"/{watch.word('a path')}?q={watch.word('a query')}"),
        call("POST", "/api/chat", {"message": watch.word("a refused field"), "session_id": 7}),
        call("POST", "/api/chat", {"message": watch.word("a wrong session") + "x" * 20_000}),
        call("PATCH", "/api/config", {"chat.queue": watch.word("a wrong setting")}),
        call("PATCH", "/api/config", {"server.tls.mode": owner}),
        call("PUT", f"/api/workspace/..%2F{watch.word('a file name')}", {"content": "x"}),
        call("POST", f"/api/models/{watch.word('a model')}/use"),
        server.call("POST", "/api/chat", headers=headers,
                    raw=b'{"message": "' + watch.word("broken JSON").encode()),
    ]
    assert all(answer.status >= 400 for answer in refused)
    assert server.call("GET", f"/api/sessions?token={token}").status == 200
    assert server.call("GET", f"/api/sessions?token={urllib.parse.quote(owner)}").status == 200
    path = f"/api/sessions/{session}"
    accepted = [
        call("PATCH", path, {"title": watch.word("a title")}),
        call("GET", f"/api/sessions?query={watch.word('a search')}"),
        call("GET", path + "/export?format=markdown"), call("GET", path + "/export?format=json"),
        call("PUT", "/api/workspace/USER.md", {"content": watch.word("a persona file")}),
        call("PATCH", "/api/config", {"llm.api_key": watch.secret("the settings page")}),
        call("POST", "/api/sessions", {"title": watch.word("a new title")}),
    ]
    assert {answer.status for answer in accepted} <= {200, 201}, [a.body for a in accepted]
    for status in (400, 500):
        upstream.answer = echo_all(status)
        call("POST", "/api/chat", {"message": watch.word(f"a failing turn, {status}")})
    said = [m["content"] for m in json.loads(
        call("GET", f"/api/messages?session_id={session}&limit=1000").body)["messages"]]
    assert set(watch.given) & set(said), "the words did not even arrive"
    for answer in refused:
        assert owner not in answer.body.decode()
    watch.check(self_description(server, owner))


async def talk_on_the_socket(server, key, session, watch):
    socket, _ = await greet(server, token=key, session_id=session)
    events = []
    await socket.send(json.dumps({"type": "message.send", "session_id": session,
                                  "text": watch.word("the socket"), "idempotency_key": "s"}))
    ended = await until(socket, "turn.ended", events)
    asked = next(e for e in events if e["type"] == "message.accepted")["message"]
    await socket.send(json.dumps({"type": "message.edit", "message_id": asked["id"],
                                  "text": watch.word("an edit"), "idempotency_key": "e"}))
    await until(socket, "turn.ended", events)
    await socket.send(json.dumps({"type": watch.word("an unknown command")}))
    await until(socket, "command.failed", events)
    await socket.send("{" + watch.word("broken JSON on the socket"))
    await until(socket, "command.failed", events)
    await socket.close()
    assert ended["state"] == "done"


def test_secrets_in_a_faulty_config_are_not_repeated(make_server):
    watch = Watch()
    server = make_server(start=False)
    for number, text in enumerate([
            "auth:\n  key: [{secret}]\n",
            "auth:\n  key: {{a: {secret}}}\n",
            "auth:\n  kex: {secret}\n",
            "auth: {secret}\n",
            "auth:\n\tkey: {secret}\n",
            "auth:\n  key: \"{secret}\n",
            "llm:\n  api_key: ${{NOT_THERE}}{secret}\n",
            "llm:\n  base_url: http://me:{secret}@127.0.0.1/v1\n",
            "llm:\n  headers: {secret}\n",
            "llm:\n  providers:\n    work: {secret}\n",
            "data:\n  database: postgres://me:{secret}@db/loci\n"]):
        path = server.home / f"{number}.yaml"
        path.write_text(text.format(secret=watch.secret(f"{number}: {text!r}")))
        result = server.command("config", "check", "--config", str(path))
        assert result.returncode == 1, text
        shown = server.command("config", "show", "--config", str(path))
        run = server.command("serve", "--port", "0", "--config", str(path), "--data", "/dev/null/x")
        watch.check({"check": result.stdout + result.stderr, "show": shown.stdout + shown.stderr,
                     "serve": run.stdout + run.stderr})
