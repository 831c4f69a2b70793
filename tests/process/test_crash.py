"""kill -9 at any moment: nothing accepted is lost, nothing doubled."""
import concurrent.futures
import http.client
import json
import os
import random
import time
import urllib.error
import urllib.request

import pytest

KILLS = int(os.environ.get("LOCI_KILLS", "200"))


def test_what_was_accepted_survives_any_kill(scripted):
    steps = [{"text": "word ", "delay_ms": 4, "times": 12}]
    server = scripted([{"repeat": True, "steps": steps}])
    session = server.call("POST", "/api/sessions", {}).json()["id"]
    dice = random.Random(7)
    accepted = set()

    def send(key):
        try:
            answer = server.say(f"message {key}", session_id=session, idempotency_key=key)
            return key if answer.status == 200 else None
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
            return None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number in range(KILLS):
            waiting = [pool.submit(send, f"{number}-{i}") for i in range(2)]
            time.sleep(dice.uniform(0.002, 0.15))
            server.kill()
            accepted |= {key for key in (f.result() for f in waiting) if key}
            server.stop()
            server.start()
    server.wait_until(lambda: all(m["status"] != "queued" for m in server.messages(session))
                      and server.messages(session)[-1]["role"] == "assistant",
                      120, "the end of the turns left over")
    rows = []
    before = ""
    while True:
        page = server.call("GET", f"/api/messages?session_id={session}&limit=1000"
                           + (f"&before={before}" if before else "")).json()
        rows = page["messages"] + rows
        if not page["has_more"]:
            break
        before = page["messages"][0]["id"]
    said = [m["idempotency_key"] for m in rows if m["role"] == "user"]
    assert len(said) == len(set(said)), "a message was stored twice"
    assert accepted <= set(said), "an answered message is gone"
    replies = [m["turn_id"] for m in rows if m["role"] == "assistant"]
    assert len(replies) == len(set(replies)), "a turn has two replies"
    assert {m["turn_id"] for m in rows if m["role"] == "user"} == set(replies), "no reply, no mark"
    assert not [m for m in rows if m["status"] in ("queued", "streaming")]
    # Sending all of them again changes nothing.
    for key in sorted(accepted)[:20]:
        assert send(key)
    again = server.call("GET", f"/api/sessions/{session}").json()["message_count"]
    assert again == len(rows)


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_reply_that_had_not_begun_leaves_its_mark(thinking, end):
    server, session, asking = thinking
    if end == "kill":
        server.kill()
        assert asking.exception()
    server.stop()
    server.start()
    rows = [(m["role"], m["content"], m["status"]) for m in server.messages(session)]
    assert rows == [("user", "hello", "complete"), ("assistant", "", "interrupted")]
    # The same message again is no second turn, and does not wait for a reply that never comes.
    again = server.say("hello", session_id=session, idempotency_key="k").json()
    assert again["state"] == "interrupted" and again["response"] == ""
    exported = server.call("GET", f"/api/sessions/{session}/export?format=markdown").body.decode()
    assert "_(interrupted)_" in exported


def test_a_server_that_is_stopped_keeps_the_words_there_are(scripted):
    steps = [{"text": "word ", "times": 3}, {"text": "Too late.", "delay_ms": 60_000}]
    server = scripted([{"repeat": True, "steps": steps}])
    session = server.call("POST", "/api/sessions", {}).json()["id"]
    said = {"message": "hello", "session_id": session, "stream": True}
    request = urllib.request.Request(server.url + "/api/chat", json.dumps(said).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        words = 0
        while words < 3:
            line = answer.readline()
            assert line, "the stream ended before the third word"
            words += line.count(b"word ")
        server.stop()
    server.start()
    rows = [(m["role"], m["content"].strip(), m["status"]) for m in server.messages(session)]
    assert rows == [("user", "hello", "complete"), ("assistant", "word word word", "interrupted")]
