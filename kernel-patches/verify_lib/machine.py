# SPDX-License-Identifier: GPL-2.0-only
"""Virtual machines: an initramfs with supd, its tests and the conformance program, and QEMU (software emulation)."""

import gzip
import os
import re
import shutil
import subprocess
import time

from .tools import HERE, PROJECT, Failed, content, run, write

NOT_INSIDE = "*Servers*:*HungDisk*:*Endurance*"  # no redis and nginx in there; minutes under emulation


def conformance(folder):
    """The path of the static conformance program."""
    out = os.path.join(folder, "conformance")
    run(["make", "-C", os.path.join(HERE, "conformance"), f"O={out}", "static"])
    return os.path.join(out, "conformance.static")


def supd_programs():
    """Paths below the build directory of supd that the integration tests need, built."""
    names = ["daemon/supd", "ctl/supctl", "tests/integration/integration_test", "tests/integration/without"]
    build = os.path.join(PROJECT, "build")
    if not os.path.exists(os.path.join(build, "build.ninja")):
        raise Failed("supd is not built: run ./bootstrap build first")
    run(["ninja", "-C", build, *names])
    return [os.path.join(build, name) for name in names]


def libraries(programs):
    found = set()
    for program in programs:
        said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        found.update(re.findall(r"(/\S+) \(0x", said))
    return sorted(found)


def loaded_later():
    """Libraries that supd loads when it needs them: for compression, and to talk to a service manager."""
    said = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    return re.findall(r"lib(?:z|zstd|systemd)\.so\.[01] \(libc6,x86-64\) => (\S+)", said)


def of_this_machine():
    """Programs that the tests use and of which busybox has none, or one that does less."""
    return [path for path in map(shutil.which, ("mountpoint", "setpriv", "unshare")) if path]


def put(root, path, target=None):
    place = root + (target or path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    shutil.copy(path, place)


def initramfs(folder, script, with_supd=True):
    """The path of an initramfs that runs `script`, a shell script."""
    root, image = os.path.join(folder, "root"), os.path.join(folder, "initramfs.gz")
    shutil.rmtree(root, ignore_errors=True)
    put(root, shutil.which("busybox"), "/bin/busybox")
    put(root, os.path.join(HERE, "vm/init"), "/init")
    put(root, conformance(folder), "/bin/conformance")
    programs = supd_programs() if with_supd else []
    if programs:
        programs += loaded_later() + of_this_machine()
    for path in {*programs, *libraries(programs)}:
        put(root, path)
    for name in ("passwd", "group"):
        put(root, f"/etc/{name}")
    write(root + "/script", script)
    names = "\n".join(os.path.relpath(os.path.join(at, name), root)
                      for at, folders, files in os.walk(root) for name in [*folders, *files])
    packed = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], input=names.encode(), cwd=root,
                            stdout=subprocess.PIPE, check=True).stdout
    with gzip.open(image, "wb", compresslevel=1) as file:
        file.write(packed)
    return image


def boot(kernel, image, log, patience, memory=2048):
    """What the machine says on its console, which is kept in the file `log` as well, and how long it took."""
    began = time.monotonic()
    # Two sockets: SeaBIOS's table of processors, all that a kernel without ACPI has, names no second core.
    words = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "2,sockets=2", "-m", str(memory), "-nographic",
             "-no-reboot", "-monitor", "none", "-nic", "none", "-kernel", kernel, "-initrd", image,
             "-append", "console=ttyS0 quiet panic=-1"]
    with open(log, "wb") as file:
        machine = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        try:
            machine.wait(patience)
        except subprocess.TimeoutExpired:
            machine.kill()
            machine.wait()
    return content(log).replace("\r", ""), time.monotonic() - began
