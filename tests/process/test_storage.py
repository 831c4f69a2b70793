"""The data folder: old, newer, damaged, full and read-only."""
import contextlib
import os
import pathlib
import sqlite3
import subprocess

import pytest

SCHEMA_1 = pathlib.Path(__file__).parent / "data/schema_1.sql"
FOXES = "019b7a00-0000-7000-8000-000000000001"


def make_old_database(server):
    server.data.mkdir(mode=0o700)
    with contextlib.closing(sqlite3.connect(server.data / "loci.db")) as base:
        base.executescript(SCHEMA_1.read_text())


def change(server, script):
    with contextlib.closing(sqlite3.connect(server.data / "loci.db")) as base:
        base.executescript(script)


def number(server, query):
    with contextlib.closing(sqlite3.connect(server.data / "loci.db")) as base:
        return base.execute(query).fetchone()[0]


def newest_schema(server):
    said = server.command("migrate", "status", "--data", str(server.data)).stdout
    return int(said.split(" of ")[1].split()[0])


def copies(server):
    return sorted((server.data / "backups").glob("loci-before-migration-*.db"))


def test_a_database_of_the_first_version_is_taken_over_whole(scripted):
    server = scripted(start=False)
    make_old_database(server)
    newest = newest_schema(server)
    server.start()
    # The turn that a crash had cut off is marked, with what there was of its reply.
    rows = server.messages(FOXES)
    assert [(m["role"], m["content"], m["status"]) for m in rows] == [
        ("user", "tell me about foxes", "complete"),
        ("assistant", "They know many things.", "complete"),
        ("user", "and hedgehogs?", "complete"), ("assistant", "One big", "interrupted")]
    found = server.call("GET", "/api/sessions?query=hedgehogs").json()["sessions"]
    assert [s["title"] for s in found] == ["Foxes and hedgehogs"]
    # A message that was accepted before the upgrade is not accepted again.
    again = server.say("tell me about foxes", session_id=FOXES, idempotency_key="old-1").json()
    assert again["message_id"] == rows[1]["id"]
    assert server.say("go on", session_id=FOXES).json()["response"] == "One two three."
    server.stop()
    assert number(server, "PRAGMA user_version") == newest
    assert number(server, "SELECT count(*) FROM messages") == 6
    assert number(server, "SELECT text FROM notes") == "likes foxes"
    assert len(copies(server)) == (newest > 1)


def test_a_failing_migration_changes_nothing_and_is_explained(scripted):
    server = scripted(start=False)
    make_old_database(server)
    fault = "CREATE TRIGGER fault BEFORE INSERT ON schema_migrations BEGIN" \
            " SELECT RAISE(ABORT, 'a fault for the test'); END;"
    if newest_schema(server) == 1:
        # There is nothing to migrate from but an empty database: that start is refused.
        assert server.command("migrate", "rollback", "--data", str(server.data)).returncode == 0
        change(server, fault)
        result = server.command("serve", "--port", "0", "--data", str(server.data))
        assert result.returncode == 1
        assert "migrating" in result.stderr and "as it was before" in result.stderr
        assert number(server, "SELECT count(*) FROM sqlite_schema WHERE name = 'messages'") == 0
        with contextlib.closing(sqlite3.connect(copies(server)[0])) as copy:
            assert copy.execute("SELECT count(*) FROM messages").fetchone() == (3,)
        return
    change(server, fault)
    server.start()
    storage = server.subsystem("storage")
    assert storage["health"] == "degraded" and "migrating" in storage["detail"]
    assert [m["content"] for m in server.messages(FOXES)][:2] == [
        "tell me about foxes", "They know many things."]
    refused = server.say("hello", session_id=FOXES)
    assert refused.status == 507 and "migrating" in refused.json()["error"]["message"]
    server.stop()
    assert number(server, "PRAGMA user_version") == 1
    assert number(server, "SELECT count(*) FROM messages") == 3
    assert len(copies(server)) == 1
    change(server, "DROP TRIGGER fault")
    server.start()
    assert server.say("hello", session_id=FOXES).status == 200


def test_a_newer_database_is_refused_politely(scripted):
    server = scripted()
    session = server.say("hello").json()["session_id"]
    server.stop()
    version = number(server, "PRAGMA user_version")
    change(server, "PRAGMA user_version = 9000")
    before = (server.data / "loci.db").read_bytes()
    for words in (["serve", "--port", "0"], ["migrate", "run"], ["migrate", "status"]):
        result = server.command(*words, "--data", str(server.data))
        assert result.returncode == 1, words
        assert "9000" in result.stderr and "newer Loci" in result.stderr, words
        assert (server.data / "loci.db").read_bytes() == before
    doctor = server.command("doctor", "--data", str(server.data))
    assert doctor.returncode == 1 and "newer Loci" in doctor.stdout
    change(server, f"PRAGMA user_version = {version}")
    server.start()
    assert len(server.messages(session)) == 2


def test_a_database_damaged_inside_says_so_and_shows_the_rest(scripted):
    server = scripted()
    session = server.say("hello").json()["session_id"]
    server.stop()
    page = number(server, "SELECT rootpage FROM sqlite_schema WHERE name = 'turns'")
    size = number(server, "PRAGMA page_size")
    with (server.data / "loci.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    server.start()
    assert [m["content"] for m in server.messages(session)] == ["hello", "One two three."]
    refused = server.say("more", session_id=session).json()["error"]
    assert refused["code"] == "corrupt" and "backup" in refused["hint"], refused
    server.wait_until(lambda: server.subsystem("storage")["health"] == "degraded",
                      what="the news of the damage")
    storage = server.subsystem("storage")
    assert "damaged" in storage["detail"] and "backup" in storage["detail"]
    assert server.call("GET", "/readyz").status == 503
    assert [m["content"] for m in server.messages(session)][:2] == ["hello", "One two three."]


class Room:
    """A mount namespace of its own, in which a test may mount what it likes."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", "echo in; exec sleep 600"],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "in\n", "mount namespaces are not to be had"
        self.prefix = ["nsenter", "--mount", "--wd=/", "--target", str(self.process.pid)]

    def run(self, *words):
        subprocess.run([*self.prefix, *words], check=True, timeout=60)

    def path(self, path):
        return pathlib.Path(f"/proc/{self.process.pid}/root{path}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def room():
    if os.geteuid() != 0:
        pytest.skip("only root may mount; run the tests as root to see full and read-only disks")
    made = Room()
    yield made
    made.close()


def fill(path):
    with path.open("ab") as file, contextlib.suppress(OSError):
        while True:
            os.write(file.fileno(), b"x" * 4096)


def test_a_full_disk_loses_nothing_and_is_named(scripted, room):
    server = scripted(start=False)
    server.data.mkdir(mode=0o700)
    room.run("mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "none", str(server.data))
    server.prefix = room.prefix
    server.start()
    session = server.say("before").json()["session_id"]
    filler = room.path(server.data) / "filler"
    fill(filler)
    refused = server.say("now " + "much " * 1900, session_id=session)
    for _ in range(50):  # what SQLite has room for in its log is still kept
        if refused.status != 200:
            break
        refused = server.say("more " + "much " * 1900, session_id=session)
    error = refused.json()["error"]
    assert (refused.status, error["code"]) == (507, "storage")
    assert "full" in error["message"] and error["hint"], error
    kept = server.messages(session)
    assert kept[0]["content"] == "before"
    assert server.call("GET", "/healthz").status == 200
    server.wait_until(lambda: server.subsystem("storage")["health"] == "degraded",
                      what="the news of the full disk")
    assert "full" in server.subsystem("storage")["detail"]
    filler.unlink()
    assert server.say("after", session_id=session).status == 200
    server.wait_until(lambda: server.subsystem("storage")["health"] == "up", what="the good news")
    after = server.messages(session)
    assert [m["id"] for m in after[:len(kept)]] == [m["id"] for m in kept]
    assert [m["content"] for m in after[-2:]] == ["after", "One two three."]

    # A start on a full disk shows what is there.
    server.stop()
    fill(filler)
    server.start()
    storage = server.subsystem("storage")
    if storage["health"] != "up":  # a few pages may still be had
        assert "full" in storage["detail"] and storage["hint"]
    assert [m["id"] for m in server.messages(session)][:len(kept)] == [m["id"] for m in kept]
    server.stop()


def test_a_read_only_data_folder_can_be_read(scripted, room):
    server = scripted()
    session = server.say("before").json()["session_id"]
    server.stop()
    room.run("mount", "--bind", str(server.data), str(server.data))
    room.run("mount", "-o", "remount,bind,ro", str(server.data))
    server.prefix = room.prefix
    server.start()
    storage = server.subsystem("storage")
    assert storage["health"] == "degraded", storage
    assert "loci" in storage["detail"] and "writable" in storage["detail"] + storage["hint"]
    assert server.call("GET", "/readyz").status == 503
    assert [m["content"] for m in server.messages(session)] == ["before", "One two three."]
    refused = server.say("hello", session_id=session)
    assert refused.status == 507 and refused.json()["error"]["hint"], refused.body
    assert server.call("DELETE", f"/api/sessions/{session}").status == 507
    server.stop()
    server.prefix = []
    server.start()
    assert server.say("hello", session_id=session).status == 200


def test_a_read_only_place_without_data_is_refused(scripted, room):
    server = scripted(start=False)
    room.run("mount", "--bind", str(server.home), str(server.home))
    room.run("mount", "-o", "remount,bind,ro", str(server.home))
    server.prefix = room.prefix
    result = server.command("serve", "--port", "0", "--data", str(server.data))
    assert result.returncode == 1
    assert str(server.data) in result.stderr and "--data" in result.stderr
