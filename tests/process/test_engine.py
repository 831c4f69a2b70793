"""The starter models in the real loci-engine."""
import os
import pathlib
import signal
import time


def engine_pid(server):
    children = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    for pid in children.read_text().split():
        if "loci-engine" in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
            return int(pid)
    return None


def test_the_starter_answers_and_says_what_it_is(real):
    server = real()
    server.wait_until(lambda: (server.subsystem("llm") or {}).get("health") == "up",
                      what="a language model")
    reply = server.say("Tell me about the sea.").json()
    assert reply["response"]
    assert reply["detail"]["place"] == "here"
    if reply["detail"]["source"] == "model":
        assert reply["detail"]["badge"] == "starter mind, often wrong"


def test_reflexes_know_what_was_meant(real):
    server = real()
    server.wait_until(lambda: (server.subsystem("reflexes") or {}).get("health") == "up", 60,
                      "the reflexes")
    for said, intent in [("Can you tell me the time please?", "time"),
                         ("Please don't forget I am allergic to nuts.", "remember"),
                         ("Could you switch to the dark theme?", "theme"),
                         ("what are you able to do for me?", "help")]:
        detail = server.say(said).json()["detail"]
        assert (detail["source"], detail["model"]) == ("reflex", intent), said
    detail = server.say("Why is the sky blue?").json()["detail"]
    assert detail["source"] != "reflex"


def test_a_killed_engine_fails_the_turn_and_comes_back(real):
    server = real()
    server.wait_until(lambda: engine_pid(server), what="the engine")
    first = engine_pid(server)
    os.kill(first, signal.SIGKILL)
    server.wait_until(lambda: engine_pid(server) != first, what="the end of the engine")
    began = time.monotonic()
    reply = server.say("Tell me about the mountains.")
    assert reply.status == 200, reply.body
    assert engine_pid(server) not in (None, first)
    assert time.monotonic() - began < 60
    assert server.call("GET", "/healthz").status == 200


def test_a_model_file_that_is_a_web_page_is_named(real):
    server = real(start=False)
    models = server.data / "models"
    models.mkdir(parents=True)
    server.data.chmod(0o700)
    (models / "mine.gguf").write_text("<!doctype html><html><body>Sign in</body></html>")
    server.start()
    answer = server.say("hello there, who wrote Faust?", model="mine")
    assert answer.status >= 400
    assert "web page" in answer.body.decode().lower() or "html" in answer.body.decode().lower()
