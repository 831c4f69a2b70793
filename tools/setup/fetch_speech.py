"""Brings what hearing and speaking need: whisper.cpp, compiled here once for all builds, ONNX Runtime
and sherpa-onnx. Lands in $LOCI_CACHE/speech/<version>, all or nothing.

usage: fetch_speech.py KEY     KEY is written into the stamp
"""
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import fetch_engine

# The dynamic linker takes the best of these that the processor can run (glibc's hwcaps folders).
GENERATIONS = {"x86-64-v2": ".", "x86-64-v3": "glibc-hwcaps/x86-64-v3"}

# Our changes to whisper.cpp, each put before or behind lines that must stand there so often.
#
# It asks between the steps of a computation whether to go on, not only between computations of up
# to half a second, so that more urgent work can pass: before the helper that runs a computation, and
# where that prepares its processor.
HELPER = "static bool wsp_ggml_graph_compute_helper(\n      wsp_ggml_backend_sched_t   sched,"
PREPARES = "wsp_ggml_backend_t backend = wsp_ggml_backend_sched_get_backend(sched, i);\n"
ASKING = """static thread_local wsp_ggml_abort_callback loci_ask = nullptr;
static thread_local void * loci_ask_data = nullptr;
extern "C" __attribute__((visibility("default"))) void loci_whisper_between_steps(
        wsp_ggml_abort_callback ask, void * data) {
    loci_ask = ask;
    loci_ask_data = data;
}

"""
SETS = """        if (wsp_ggml_backend_is_cpu(backend)) {
            wsp_ggml_backend_cpu_set_abort_callback(backend, loci_ask, loci_ask_data);
        }
"""
# Weights of 16-bit floats take other forms in memory. What is multiplied with a whole utterance at
# once is widened, because products of 16-bit floats widen the same numbers over and over; what is multiplied with one token at a time is packed, because reading it is what
# takes the time.
CREATES = "        wsp_ggml_op op = ASR_TENSOR_INFO.at(type);\n        wsp_ggml_backend_buffer_type_t buft = select_weight_buft(hparams, meta,"
RETYPES = """        if (meta->type == WSP_GGML_TYPE_F16 && wsp_ggml_n_dims(meta) == 2) {
            const bool of_sound = system == ASR_SYSTEM_ENCODER ||
                (system == ASR_SYSTEM_CROSS &&
                 (type == ASR_TENSOR_ATTN_KEY_WEIGHT || type == ASR_TENSOR_ATTN_VALUE_WEIGHT));
            if (of_sound) {
                meta->type = WSP_GGML_TYPE_F32;
            } else if (meta->ne[0] % wsp_ggml_blck_size(WSP_GGML_TYPE_Q8_0) == 0) {
                meta->type = WSP_GGML_TYPE_Q8_0;
            }
        }
"""
READS = "            const size_t bpe = wsp_ggml_type_size(wsp_ggml_type(ttype));\n"
CONVERTS = """            if (ttype == WSP_GGML_TYPE_F16 && tensor->type != WSP_GGML_TYPE_F16 &&
                wsp_ggml_backend_buffer_is_host(tensor->buffer)) {
                std::vector<wsp_ggml_fp16_t> packed(nelements);
                loader->read(loader->context, packed.data(), packed.size() * sizeof(packed[0]));
                std::vector<float> wide(nelements);
                wsp_ggml_fp16_to_fp32_row(packed.data(), wide.data(), nelements);
                wsp_ggml_wsp_quantize_chunk(tensor->type, wide.data(), tensor->data, 0,
                                        nelements / ne[0], ne[0], nullptr);
                total_size += wsp_ggml_nbytes(tensor);
                model.n_loaded++;
                continue;
            }

"""
# The place, how often it stands there, and what takes its place. Both loaders read weights, that of
# whisper.cpp's own detector of speech, too, which is not used here.
CHANGES = [(HELPER, 1, ASKING + HELPER), (PREPARES, 1, PREPARES + SETS),
           (CREATES, 1, RETYPES + CREATES), (READS, 2, CONVERTS + READS)]


def change(path):
    source = path.read_text(encoding="utf-8")
    for place, times, changed in CHANGES:
        if source.count(place) != times:
            sys.exit("whisper.cpp has changed: the place of our change is not there")
        source = source.replace(place, changed)
    path.write_text(source, encoding="utf-8")


def add_products(entry, sources):
    """Products of matrices in blocks, a fifth faster here; whisper.rn has the calls and lacks the
    file. Its names become those that whisper.rn gives to all of ggml."""
    folder = unpack_sources(entry, sources / "ggml-cpu/llamafile")
    for path in folder.glob("sgemm.*"):
        source = path.read_text(encoding="utf-8")
        source = source.replace("ggml_", "wsp_ggml_").replace("GGML_", "WSP_GGML_")
        path.write_text(source, encoding="utf-8")


def unpack_sources(entry, target):
    with tarfile.open(fetch_engine.package(entry)) as tar:
        for member in tar.getmembers():
            inside = member.name.removeprefix(entry["folder"] + "/")
            if inside == member.name or not member.isfile() or ".." in inside.split("/"):
                continue
            path = target / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            with tar.extractfile(member) as source, path.open("wb") as file:
                shutil.copyfileobj(source, file)
    return target


def compile_whisper(sources, build, generation):
    recipe = fetch_engine.HERE.parent / "engine/whisper"
    subprocess.run(["cmake", "-S", str(recipe), "-B", str(build), "-G", "Ninja",
                    "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_COMPILER=clang-19",
                    "-DCMAKE_CXX_COMPILER=clang++-19", f"-DWHISPER={sources}",
                    f"-DMARCH={generation}"], check=True, stdin=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(build)], check=True, stdin=subprocess.DEVNULL)
    return build / "libloci-whisper.so"


def copy_member(archive, member, target, mode):
    with archive.open(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    target.chmod(mode)


def make(speech, machine, scratch):
    made = scratch / "made"
    (made / "include").mkdir(parents=True)
    sources = unpack_sources(speech["whisper"], scratch / "sources")
    change(sources / "whisper.cpp")
    add_products(speech["products"], sources)
    for name in speech["whisper"]["headers"]:
        shutil.copy(sources / name, made / "include")
    for generation, folder in GENERATIONS.items():
        library = compile_whisper(sources, scratch / generation, generation)
        (made / "lib" / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(library, made / "lib" / folder)
    entry = speech["onnx"][machine]
    header = made / "include" / entry["header"].split("/include/")[1]
    header.parent.mkdir(parents=True)
    with zipfile.ZipFile(fetch_engine.wheel(entry)) as archive:
        for member in entry["libraries"]:
            copy_member(archive, member, made / "lib" / pathlib.PurePosixPath(member).name, 0o755)
        copy_member(archive, entry["header"], header, 0o644)
    return made


def main():
    [key] = sys.argv[1:]
    artefacts = fetch_engine.HERE / "artefacts.json"
    speech = json.loads(artefacts.read_text(encoding="utf-8"))["speech"]
    machine = platform.machine()
    if machine not in speech["onnx"]:
        print(f"no speech engines for {machine} yet; the companion is built without a voice")
        return
    home = fetch_engine.CACHE / "speech"
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(".new-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    try:
        made = make(speech, machine, scratch)
        (made / ".stamp").write_text(key + "\n", encoding="ascii")
        fetch_engine.install(made, home / speech["version"])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"whisper.cpp, ONNX Runtime and sherpa-onnx for {machine}")


if __name__ == "__main__":
    main()
