"""A question that needs a better model: offered, fetched, answered again in its place."""
import pytest

from conftest import CACHE, PROGRAM
from fake_hub import FakeHub

# The small model that stands in for the better one would go on for minutes.
SHORT = {"LOCI_LLM_MAX_TOKENS": "16"}
STARTER = CACHE / "models/SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture
def hub():
    hubs = []

    def make(body):
        hubs.append(FakeHub(body))
        return hubs[-1]

    yield make
    for each in hubs:
        each.close()


@pytest.fixture
def bare(make_server, tmp_path):
    """A server with the real engine and no model at all, beside the given hub."""
    if not (PROGRAM.parent.parent / "loci-engine/loci-engine").exists():
        pytest.skip("loci-engine is not built")

    def make(hub):
        return make_server(environment={"LOCI_CACHE": str(tmp_path / "no-models"),
                                        "LOCI_MODELS_HUB_URL": hub.url, **SHORT})

    return make


def real_model():
    if not STARTER.exists():
        pytest.skip(f"the model is missing: {STARTER}")
    return STARTER.read_bytes()


def junk_model():
    return b"GGUF" + b"weights " * 100_000


def ask(server, text="Why is the sea salty?"):
    """The failed reply, with the button below it."""
    server.say(text)
    session = server.call("GET", "/api/sessions").json()["sessions"][0]["id"]
    reply = server.messages(session)[-1]
    assert reply["status"] == "failed"
    assert reply["action"]["kind"] == "upgrade", reply
    return session, reply


def card(server, model):
    cards = server.call("GET", "/api/models").json()["models"]
    return next(each for each in cards if each["id"] == model)


def answer_with(server, session, reply, model=None):
    return server.call("POST", f"/api/models/{model or reply['action']['value']}/answer",
                       {"session_id": session, "message_id": reply["id"]})


def replies_in(server, session):
    return [m for m in server.messages(session) if m["role"] == "assistant"]


def is_answered(server, session, besides=None):
    """Whether there is one reply, whole, and not the one with the id `besides`. The old reply goes when
    the new one begins, so there may be none for a moment."""
    replies = replies_in(server, session)
    return [m["status"] for m in replies] == ["complete"] and replies[0]["id"] != besides


def test_the_better_model_is_named_with_what_it_costs(bare, hub):
    server = bare(hub(junk_model()))
    _, reply = ask(server)
    offered = card(server, reply["action"]["value"])
    assert offered["recommended"]
    assert offered["size_bytes"] > 1e9
    assert offered["licence"]
    assert offered["estimate"]["download_s"] > 60
    assert "assuming" in offered["estimate"]["download_basis"]


def test_it_is_fetched_and_the_question_is_answered_in_its_place_once(bare, hub):
    source = hub(real_model())
    source.limit = 30_000_000
    server = bare(source)
    session, reply = ask(server)
    model = reply["action"]["value"]
    assert answer_with(server, session, reply).status == 202
    assert answer_with(server, session, reply).status == 202  # an impatient second press
    server.wait_until(lambda: card(server, model).get("done_bytes", 0) >= 20_000_000, 60,
                      "progress")
    assert card(server, model)["waiting"] == [reply["id"]]
    assert card(server, model)["phase"] == "downloading"
    source.open_gate()
    server.wait_until(lambda: is_answered(server, session), 120, "the answer")
    replies = replies_in(server, session)
    assert len(replies) == 1
    assert replies[0]["id"] != reply["id"]
    assert replies[0]["detail"]["model"] == card(server, model)["name"]
    assert len(server.messages(session)) == 2
    assert card(server, model)["active"]
    assert "waiting" not in card(server, model) or not card(server, model)["waiting"]
    # Asked once more, there is nothing left to answer.
    answer_with(server, session, reply)
    assert len(server.messages(session)) == 2
    assert server.messages(session)[-1]["id"] == replies[0]["id"]


def test_a_model_that_comes_while_the_engine_runs_can_be_read_by_it(real, hub):
    source = hub(real_model())
    server = real(environment={"LOCI_MODELS_HUB_URL": source.url, **SHORT})
    server.wait_until(lambda: (server.subsystem("engine") or {}).get("detail", "").count("threads"),
                      60, "the engine")
    # No toy speaks Russian, so this is withdrawn, whatever it says.
    withdrawn = server.say("\u041f\u043e\u0447\u0435\u043c\u0443 \u043c\u043e\u0440\u0435 "
                           "\u0441\u043e\u043b\u0451\u043d\u043e\u0435?").json()
    session = withdrawn["session_id"]
    [reply] = replies_in(server, session)
    assert reply["action"]["kind"] == "upgrade"
    assert "error" not in reply
    answer_with(server, session, reply)
    server.wait_until(lambda: is_answered(server, session, besides=reply["id"]), 120, "the answer")


def test_a_killed_server_goes_on_with_the_download_and_answers(bare, hub):
    source = hub(real_model())
    source.limit = 30_000_000
    server = bare(source)
    session, reply = ask(server)
    model = reply["action"]["value"]
    answer_with(server, session, reply)
    server.wait_until(lambda: card(server, model).get("done_bytes", 0) >= 20_000_000, 60,
                      "progress")
    server.kill()
    source.open_gate()
    server.start()
    server.wait_until(lambda: is_answered(server, session), 120, "the answer")
    assert len(server.messages(session)) == 2
    assert source.ranges[-1] >= 20_000_000


def test_a_download_that_fails_says_so_and_can_be_tried_again(bare, hub):
    source = hub(junk_model())
    source.web_page = True
    server = bare(source)
    session, reply = ask(server)
    model = reply["action"]["value"]
    answer_with(server, session, reply)
    server.wait_until(lambda: card(server, model)["state"] == "failed", 60, "the failure")
    failed = card(server, model)
    assert "web page" in failed["error"]["message"]
    assert failed["error"]["hint"]
    assert not failed.get("waiting")
    assert server.messages(session)[-1]["id"] == reply["id"]
    source.web_page = False
    assert answer_with(server, session, reply).status == 202
    server.wait_until(lambda: card(server, model)["state"] == "ready", 60, "another try")


def test_a_cancelled_download_answers_nothing(bare, hub):
    source = hub(junk_model())
    source.limit = 100_000
    server = bare(source)
    session, reply = ask(server)
    model = reply["action"]["value"]
    answer_with(server, session, reply)
    server.wait_until(lambda: source.served >= 100_000, 60, "progress")
    assert server.call("POST", f"/api/models/{model}/cancel", {}).status == 202
    server.wait_until(lambda: card(server, model)["state"] == "absent", 60, "the end")
    assert not card(server, model).get("waiting")
    source.open_gate()
    assert server.messages(session)[-1]["id"] == reply["id"]


def test_a_conversation_that_moved_on_is_left_alone(bare, hub):
    source = hub(junk_model())
    source.limit = 100_000
    server = bare(source)
    session, reply = ask(server)
    model = reply["action"]["value"]
    answer_with(server, session, reply)
    server.wait_until(lambda: source.served >= 100_000, 60, "progress")
    server.say("And why is it blue?", session_id=session)
    before = [m["id"] for m in server.messages(session)]
    source.open_gate()
    server.wait_until(lambda: card(server, model)["state"] == "ready", 60, "the model")
    server.wait_until(lambda: not card(server, model).get("waiting"), 60, "the decision")
    assert [m["id"] for m in server.messages(session)] == before


def test_the_terminal_fetches_and_names_what_is_wrong(bare, hub):
    source = hub(junk_model())
    server = bare(source)
    flags = ["--port", server.url.rsplit(":", 1)[1].rstrip("/"), "--data", str(server.data)]
    done = server.command("models", "pull", "qwen3-1.7b", *flags)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is ready" in done.stdout
    source.web_page = True
    failed = server.command("models", "pull", "qwen3-4b", *flags)
    assert failed.returncode == 1
    assert "web page" in failed.stderr
