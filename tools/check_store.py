"""Checks that ModelStore and huggingface_hub find what the other downloaded.

A loopback server plays the hub. Needs the package huggingface_hub, a JDK 17 and the compiled core:

    mvn -q -pl telecom-llm-core compile && python tools/check_store.py
"""

import glob
import hashlib
import http.server
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import threading

import huggingface_hub
from huggingface_hub import scan_cache_dir, snapshot_download

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPO, COMMIT = "owner/name", "0123456789abcdef0123456789abcdef01234567"
MAIN = """
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.hub.ModelStore;
import java.nio.file.Path;
import java.util.Map;

class Fetch {
  public static void main(String[] a) {
    ModelStore store = ModelStore.fromEnvironment(
        Map.of("HF_HUB_CACHE", a[0], "HF_HOME", a[0], "HF_ENDPOINT", a[1], "HF_HUB_OFFLINE", a[2]));
    Path folder = store.fetch("owner/name", a[3]);
    try (var weights = Checkpoint.open(folder)) {
      System.out.println(folder + "\\t" + weights.names());
    }
  }
}
"""


def safetensors(name, seed):
    data = bytes((i * seed) % 251 for i in range(400_000))
    header = json.dumps({name: {"dtype": "U8", "shape": [len(data)], "data_offsets": [0, len(data)]}})
    return struct.pack("<Q", len(header)) + header.encode() + data


SHARDS = {f"model-0000{i}-of-00002.safetensors": safetensors(n, i) for i, n in ((1, "a"), (2, "b"))}
INDEX = {"weight_map": dict(zip("ab", SHARDS))}
FILES = {
    "config.json": b'{"model_type": "llama"}',
    "tokenizer.json": b"{}",
    "model.safetensors.index.json": json.dumps(INDEX).encode(),
    **SHARDS,
}


def blob_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def etag(name):
    return sha256(FILES[name]) if name in SHARDS else blob_id(FILES[name])


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the hub as both clients ask for."""

    asked = []

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith(f"/api/models/{REPO}/revision/"):
            siblings = [
                {"rfilename": n, "size": len(d), "blobId": blob_id(d)}
                | ({"lfs": {"sha256": sha256(d), "size": len(d), "pointerSize": 131}} if n in SHARDS else {})
                for n, d in FILES.items()
            ]
            self.reply(json.dumps({"id": REPO, "sha": COMMIT, "siblings": siblings}).encode())
        elif path.startswith(f"/api/models/{REPO}/tree/"):
            tree = [
                {"type": "file", "path": n, "size": len(d), "oid": blob_id(d)}
                | ({"lfs": {"oid": sha256(d), "size": len(d), "pointerSize": 131}} if n in SHARDS else {})
                for n, d in FILES.items()
            ]
            self.reply(json.dumps(tree).encode())
        else:
            name = path.rsplit("/", 1)[-1]
            if self.command == "GET":
                Hub.asked.append(name)
            self.reply(FILES[name], {"ETag": f'"{etag(name)}"', "X-Repo-Commit": COMMIT})

    def reply(self, body, headers=None):
        self.send_response(200)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


def java(cache, endpoint, offline, revision="main"):
    jars = [
        sorted(glob.glob(os.path.expanduser(f"~/.m2/repository/{pattern}")))[-1]
        for pattern in (
            "com/google/guava/guava/*-jre/guava-*-jre.jar",
            "com/google/guava/failureaccess/*/failureaccess-*.jar",
            "com/google/code/gson/gson/*/gson-*.jar",
        )
    ]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "Fetch.java")
        source.write_text(MAIN)
        classes = str(ROOT / "telecom-llm-core/target/classes")
        command = ["java", "-cp", os.pathsep.join([classes, *jars]), str(source)]
        run = subprocess.run(
            [*command, str(cache), endpoint, "1" if offline else "0", revision], capture_output=True, text=True
        )
    if run.returncode:
        sys.exit(run.stderr)
    folder, names = run.stdout.strip().split("\t")
    assert names == "[a, b]", names
    return pathlib.Path(folder)


def check_contents(folder):
    for name, data in FILES.items():
        assert (folder / name).read_bytes() == data, name
        target = os.readlink(folder / name)
        assert target == f"../../blobs/{etag(name)}", target


def layout(cache):
    repo = cache / "models--owner--name"
    return sorted(str(p.relative_to(repo)) for d in ("blobs", "refs", "snapshots") for p in (repo / d).rglob("*"))


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        ours, theirs = pathlib.Path(ours).resolve(), pathlib.Path(theirs).resolve()

        folder = java(ours, endpoint, offline=False)
        check_contents(folder)
        for revision in ("main", COMMIT):
            found = snapshot_download(REPO, revision=revision, cache_dir=ours, local_files_only=True)
            assert pathlib.Path(found) == folder, found
        scan = scan_cache_dir(ours)
        assert not scan.warnings, scan.warnings
        (repo,) = scan.repos
        assert repo.repo_id == REPO and repo.refs.keys() == {"main"} and repo.nb_files == len(FILES)
        print("huggingface_hub", huggingface_hub.__version__, "finds what ModelStore downloaded")

        count = len(Hub.asked)
        snapshot_download(REPO, cache_dir=ours, endpoint=endpoint)
        assert len(Hub.asked) == count, Hub.asked[count:]
        print("online too, and downloads nothing again")

        folder = pathlib.Path(snapshot_download(REPO, cache_dir=theirs, endpoint=endpoint))
        check_contents(folder)
        count = len(Hub.asked)
        for revision in ("main", COMMIT):
            assert java(theirs, endpoint, offline=True, revision=revision) == folder
        assert java(theirs, endpoint, offline=False) == folder
        assert len(Hub.asked) == count, Hub.asked[count:]
        print("ModelStore finds what huggingface_hub downloaded, offline and online")

        assert layout(ours) == layout(theirs), (layout(ours), layout(theirs))
        print("both lay out blobs, refs and snapshots alike:", len(layout(ours)), "entries")


if __name__ == "__main__":
    main()
