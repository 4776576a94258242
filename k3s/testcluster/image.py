#!/usr/bin/env python3
"""Packs folders as the layers of a container image, without a container engine.

usage: image.py OUT.tar CONFIG-JSON FOLDER[,FOLDER…] NAME:TAG [NAME:TAG…]

CONFIG-JSON is the image's OCI config, such as {"Entrypoint": ["/pause"], "User": "65532"}. Each folder becomes a layer, the
lowest first; one that ends with / is compressed, as registries have it (GZIP_LEVEL, default 6). A folder's layer is packed once and kept beside it
(FOLDER.layer) until the folder's stamp, the newest change in it, differs. What comes out is what `ctr images import` and
`docker load` read. OUT.tar.id tells the image's digest and names; an archive that has the same already stays as it is.
Prints how many bytes the uppermost layer has.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile

LEVEL = int(os.environ.get("GZIP_LEVEL", "6"))


def newest(folder):
    """When anything below the folder changed last, in nanoseconds, and how many files there are."""
    latest, count = os.lstat(folder).st_ctime_ns, 0
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            latest = max(latest, os.lstat(os.path.join(place, name)).st_ctime_ns)
            count += 1
    return f"{latest} {count}"


def anonymous(member):
    """Leaves out what differs from machine to machine. When a file changed stays: nginx makes ETags of it."""
    member.mtime = int(member.mtime)
    member.uname = member.gname = ""
    return member


def read(path):
    """What the file says, or nothing where there is none."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def layer(folder):
    """The folder as a tar archive: its path, and the SHA-256 of the archive before it was compressed."""
    compressed, folder = folder.endswith("/"), folder.rstrip("/")
    packed, note = folder + ".layer", folder + ".stamp"
    stamp = newest(folder) + (" gz" if compressed else "")
    kept, _, digest = read(note).rstrip("\n").partition("\n")
    if kept == stamp and os.path.exists(packed):
        return packed, digest
    with tarfile.open(packed + ".new", "w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(os.listdir(folder)):
            archive.add(os.path.join(folder, name), arcname=name, filter=anonymous)
    with open(packed + ".new", "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if compressed:
            file.seek(0)
            with open(packed + ".gz", "wb") as out, gzip.GzipFile("", "wb", LEVEL, out, mtime=0) as small:
                shutil.copyfileobj(file, small, 1 << 20)
            os.replace(packed + ".gz", packed + ".new")
    os.replace(packed + ".new", packed)
    with open(note, "w", encoding="ascii") as file:
        file.write(f"{stamp}\n{digest}\n")
    return packed, digest


def main():
    out, config, folders, *names = sys.argv[1:]
    layers = [layer(folder) for folder in folders.split(",")]
    print(os.path.getsize(layers[-1][0]))
    image = json.dumps({
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
        "os": "linux",
        "config": json.loads(config),
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest for _, digest in layers]},
        "history": [{"created_by": "image.py"} for _ in layers],
    }).encode()
    image_digest = hashlib.sha256(image).hexdigest()
    note = " ".join([image_digest, *names]) + "\n"
    if os.path.exists(out) and read(out + ".id") == note:
        return
    manifest = json.dumps([{
        "Config": image_digest + ".json",
        "RepoTags": names,
        "Layers": [digest + "/layer.tar" for _, digest in layers],
    }]).encode()
    with tarfile.open(out + ".new", "w") as archive:
        for path, body in ((image_digest + ".json", image), ("manifest.json", manifest)):
            member = tarfile.TarInfo(path)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
        for packed, digest in layers:
            member = archive.gettarinfo(packed, arcname=digest + "/layer.tar")
            with open(packed, "rb") as file:
                archive.addfile(anonymous(member), file)
    os.replace(out + ".new", out)
    with open(out + ".id", "w", encoding="ascii") as file:
        file.write(note)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main()
