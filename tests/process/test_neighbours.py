"""A model server that the owner already runs: found, offered, taken up, and missed when it is gone."""
import http.server
import json
import threading

import pytest

PORT = 11434  # where Ollama listens unless told otherwise


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer({"models": [{"name": "qwen3:8b", "size": 5_200_000_000},
                                {"name": "big-cloud", "size": 400, "remote_host": "elsewhere"}]})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/api/chat":
            return self.answer({})
        self.answer({"model": "qwen3:8b", "message": {"role": "assistant", "content": "From salt."},
                     "done": True, "done_reason": "stop", "prompt_eval_count": 5, "eval_count": 3})

    def answer(self, value):
        body = json.dumps(value).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # a kept one would outlive this server's end
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def ollama():
    http.server.ThreadingHTTPServer.allow_reuse_address = True
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    except OSError:
        pytest.skip(f"port {PORT} is taken, by a real one perhaps")
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stopped = []

    def stop():
        if not stopped:
            stopped.append(True)
            server.shutdown()
            server.server_close()
            thread.join()

    yield stop
    stop()


def offers(server):
    return {offer["id"]: offer for offer in server.call("GET", "/api/models").json()["offers"]}


def test_what_runs_beside_answers_after_one_call_and_is_missed_when_gone(make_server, ollama):
    server = make_server(["--engine", "off"], {"LOCI_MODELS_DISCOVER": "true"})
    server.wait_until(lambda: "ollama/qwen3:8b" in offers(server), 60, "the offer")
    found = offers(server)
    assert found["ollama/qwen3:8b"]["recommended"]
    assert found["ollama/big-cloud"]["place"] == "cloud"
    assert "recommended" not in found["ollama/big-cloud"] or not found["ollama/big-cloud"]["recommended"]

    server.say("Why is the sea salty?")
    session = server.call("GET", "/api/sessions").json()["sessions"][0]["id"]
    failed = server.messages(session)[-1]
    assert failed["action"] == {"kind": "upgrade", "label": "Use qwen3:8b",
                                "value": "ollama/qwen3:8b"}
    answer = server.call("POST", "/api/models/ollama%2Fqwen3%3A8b/answer",
                         {"session_id": session, "message_id": failed["id"]})
    assert answer.status == 202, answer.body
    server.wait_until(lambda: server.messages(session)[-1]["content"] == "From salt.", 60,
                      "the answer")
    assert len(server.messages(session)) == 2
    assert "ollama/qwen3:8b" not in offers(server)

    ollama()
    gone = server.say("And why is it blue?", session_id=session)
    assert gone.status >= 400
    error = gone.json()["error"]
    assert "11434" in error["message"] + error["hint"], error
    assert error["hint"], error


def test_a_model_that_is_passed_on_to_a_cloud_stays_out_under_local_only(make_server, ollama):
    server = make_server(["--engine", "off"], {"LOCI_MODELS_DISCOVER": "true",
                                               "LOCI_LLM_PRIVACY": "local_only"})
    server.wait_until(lambda: "ollama/big-cloud" in offers(server), 60, "the offer")
    server.call("POST", "/api/models/ollama%2Fbig-cloud/use", {})
    refused = server.say("Why is the sea salty?", model="ollama/big-cloud")
    assert refused.status == 403, refused.body
    assert "local_only" in refused.json()["error"]["message"]
