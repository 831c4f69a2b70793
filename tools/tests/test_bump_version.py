"""The version moves for what its users notice, and for nothing else."""
import datetime
import subprocess
import sys

import bump_version
import pytest

PROGRAM = bump_version.ROOT / "tools/bump_version.py"


@pytest.mark.parametrize("subject, body, releases", [
    ("feat(chat): queue", "", True),
    ("fix: crash", "", True),
    ("perf(json): faster", "", True),
    ("refactor!: other names", "", True),
    ("docs: page", "BREAKING CHANGE: port moved\n", True),
    ("docs: page", "", False),
    ("test(http): more", "", False),
    ("build: flags", "", False),
    ("feature without a prefix", "", False),
    ("feat missing colon", "", False),
])
def test_which_commits_call_for_a_release(subject, body, releases):
    assert bump_version.calls_for_release(subject, body) is releases


@pytest.mark.parametrize("current, today, expected", [
    ("2026.47.1", datetime.date(2026, 11, 21), "2026.47.2"),
    ("2026.46.9", datetime.date(2026, 11, 21), "2026.47.1"),
    ("2026.53.2", datetime.date(2027, 1, 4), "2027.1.1"),
    ("2026.52.1", datetime.date(2027, 1, 1), "2026.53.1"),
])
def test_the_next_version(current, today, expected):
    assert bump_version.next_version(current, today) == expected


@pytest.mark.parametrize("current", ["1.0", "", "2026.47", "2026.47.x", "2030.1.1"])
def test_a_version_that_makes_no_sense_is_refused(current):
    with pytest.raises(ValueError):
        bump_version.next_version(current, datetime.date(2026, 11, 21))


@pytest.fixture
def repo(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", str(tmp_path), "-c", "user.name=T", "-c", "user.email=t@t",
                        *arguments], check=True, capture_output=True)

    def commit(subject):
        git("commit", "-q", "--allow-empty", "-m", subject)
    git("init", "-q")
    (tmp_path / "VERSION").write_text("2020.1.1\n")
    git("add", "VERSION")
    commit("build: first version")
    commit.root = tmp_path
    return commit


def bump(root, *flags):
    return subprocess.run([sys.executable, PROGRAM, "--root", root, *flags], capture_output=True,
                          text=True, check=True).stdout


def test_dry_tells_and_changes_nothing(repo):
    repo("feat: a thing")
    assert "2020.1.1 -> " in bump(repo.root, "--dry")
    assert bump(repo.root, "--show") == "2020.1.1\n"


def test_a_fix_moves_the_version_once(repo):
    repo("docs: words")
    assert "stays" in bump(repo.root)
    repo("fix: a thing")
    assert "fix: a thing" in bump(repo.root)
    assert (repo.root / "VERSION").read_text() != "2020.1.1\n"
