#!/usr/bin/env python3
"""Boots virtual machines with supd as /sbin/init and drives them over their serial console: drive.py WORK [--quick]

WORK is what build.sh has made. Each scenario waits for what has to come, with a time after which it has failed. The last
line is "N passed, N failed".
"""

import os
import pathlib
import re
import select
import subprocess
import sys
import time

WORK = pathlib.Path(sys.argv[1])
QUICK = "--quick" in sys.argv[2:]
BUILD = next((word[8:] for word in sys.argv[2:] if word.startswith("--build=")), "")
PATIENCE = 180
PROMPT = "MACHINE# "
results = []


class Machine:
    """One virtual machine; the disk is shared by all, one after the other."""

    def __init__(self, words="", disk="root.img", comes_back=False, kernel=""):
        self.began = time.monotonic()
        self.seen = ""
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1024", "-nographic",
             *([] if comes_back else ["-no-reboot"]), "-monitor", "none", "-kernel", str(WORK / "vmlinuz"), "-initrd", str(WORK / "initrd"),
             "-drive", f"file={WORK / disk},if=virtio,format=raw",
             "-append", f'console=ttyS0 quiet panic=-1 words="{words}" {kernel}'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def wait(self, pattern, patience=PATIENCE):
        """What is on the console up to the pattern, which is taken off."""
        end = time.monotonic() + patience
        while True:
            found = re.search(pattern, self.seen)
            if found:
                before, self.seen = self.seen[:found.start()], self.seen[found.end():]
                return before + found.group()
            if time.monotonic() > end or not self.read():
                raise AssertionError(f"{pattern!r} did not come; the console says:\n{self.seen[-3000:]}")

    def read(self):
        if self.process.poll() is not None and not select.select([self.process.stdout], [], [], 0)[0]:
            return False
        if select.select([self.process.stdout], [], [], 1)[0]:
            data = self.process.stdout.read() or b""
            sys.stdout.write(data.decode("utf-8", "replace"))
            self.seen += data.decode("utf-8", "replace")
            return bool(data) or self.process.poll() is None
        return True

    def listen(self, seconds):
        """Whatever comes in that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read():
            pass

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def log_in(self):
        self.wait(r"login: ")
        took = time.monotonic() - self.began
        self.type("root")
        self.wait(r"[#$] ")
        self.set_prompt()
        return took

    def set_prompt(self):
        # In two parts, so that what is typed is not taken for what is printed.
        self.type("PS1=MACH'INE# '; stty -echo; export NO_COLOR=1 TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin; cd /")
        self.wait(re.escape(PROMPT))

    def run(self, command, patience=PATIENCE):
        self.type(command)
        return self.wait(re.escape(PROMPT), patience).removesuffix(PROMPT)

    def ends(self):
        """Waits for the end of the machine."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.read()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the machine does not end; the console says:\n{self.seen[-3000:]}")
        self.read()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def clean_disk():
    done = subprocess.run(["e2fsck", "-n", "-f", str(WORK / "root.img")], capture_output=True, text=True, check=False)
    check(done.returncode == 0, "the file system was not unmounted cleanly:\n" + done.stdout)
    state = subprocess.run(["dumpe2fs", "-h", str(WORK / "root.img")], capture_output=True, text=True, check=False).stdout
    check("needs_recovery" not in state, "the journal has to be replayed: the file system was in use at the end")


def boots_and_powers_off(machine):
    took = machine.log_in()
    print(f"\n[from power on to login: {took:.1f} s]")
    machine.run("supctl wait boot --timeout 60s")
    status = machine.run("supctl status")
    check(re.search(r"boot\s+running", status), "boot is not up:\n" + status)
    check("epoll" in machine.run("supctl doctor"), "this kernel has no WAITID: the engine has to be epoll")
    check("supd-machine" in machine.run("hostname"), "the host name was not set")
    check("LOOPBACK,UP" in machine.run("ip -o link show lo"), "loopback is down")
    mounts = machine.run("cut -d' ' -f2 /proc/mounts")
    for path in ["/proc", "/sys", "/dev", "/dev/pts", "/dev/shm", "/run", "/sys/fs/cgroup"]:
        check(path in mounts.split(), path + " is not mounted:\n" + mounts)
    check(" / ext4 rw" in machine.run("cat /proc/mounts"), "the root can't be written")
    check("1 " in machine.run("ps -o pid=,comm= -p 1"), "supd is not PID 1")
    check("getty@ttyS0" in machine.run("supctl status 'getty@*'"), "no getty")
    machine.type("supctl poweroff")
    machine.wait(r"the end: power off")
    machine.ends()
    clean_disk()


def reboots(machine):
    machine.log_in()
    machine.type("reboot")
    machine.wait(r"the end: reboot")
    machine.ends()
    clean_disk()


def a_reboot_comes_back(machine):
    machine.kill()
    with Machine(comes_back=True) as again:
        again.log_in()
        again.type("reboot")
        again.wait(r"the end: reboot")
        again.log_in()
        check("boot" in again.run("supctl wait boot --timeout 60s; supctl status boot"), "no boot after a reboot")
        again.type("poweroff")
        again.wait(r"the end: power off")
        again.ends()
        clean_disk()


def by_force(machine):
    machine.log_in()
    machine.type("supctl poweroff --force")
    machine.ends()
    check("the end:" not in machine.seen, "supd took part in it")


def ctrl_alt_del_reboots(machine):
    machine.log_in()
    # As the kernel does it: with RB_DISABLE_CAD the three keys are this signal.
    machine.type("kill -INT 1")
    machine.wait(r"SIGINT: stopping everything")
    machine.wait(r"the end: reboot")
    machine.ends()


def a_getty_comes_back(machine):
    machine.log_in()
    machine.type("exit")
    machine.log_in()
    machine.type("supctl signal KILL getty@ttyS0")
    machine.log_in()
    machine.type("poweroff")
    machine.ends()


def ctrl_alt_del_in_the_shell_of_emergencies(machine):
    machine.wait(r"# ")
    machine.type("kill -INT 1")
    machine.wait(r"the end: reboot")
    machine.ends()


def single(machine):
    machine.wait(r"# ")
    machine.set_prompt()
    status = machine.run("supctl status")
    check(re.search(r"single\s+running", status), "single is not running:\n" + status)
    check(not re.search(r"rootfs\s+(completed|running)", status), "more than single was started:\n" + status)
    machine.type("exit")
    machine.log_in()
    machine.type("supctl halt")
    machine.wait(r"the end: halt")
    machine.kill()


def emergency(machine):
    machine.wait(r"emergency was asked for")
    machine.wait(r"# ")
    machine.set_prompt()
    check("ext4 ro" in machine.run("cat /proc/mounts"), "something has mounted the root anew")
    machine.type("exit")
    machine.log_in()
    machine.type("poweroff")
    machine.ends()


def boot_that_fails(machine):
    machine.log_in()
    machine.run("printf 'kind=\"task\"\\ncommand=[\"/bin/test\",\"-e\",\"/repaired\"]\\n[restart]\\npolicy=\"never\"\\n' "
                "> /etc/supd/broken.toml; mkdir -p /etc/supd/boot.toml.d; "
                "printf '[depends]\\nbinds=[\"broken\"]\\n' > /etc/supd/boot.toml.d/broken.toml")
    machine.type("reboot")
    machine.ends()
    with Machine() as again:
        again.wait(r"boot has failed")
        again.wait(r"# ")
        again.set_prompt()
        check("broken" in again.run("supctl why boot"), "supctl why does not tell the reason")
        again.run("mount -o remount,rw /; touch /repaired")
        again.type("exit")
        again.wait(r"boot: running")
        again.log_in()
        again.run("rm -r /etc/supd/broken.toml /etc/supd/boot.toml.d /repaired")
        again.type("poweroff")
        again.ends()


def mounts_that_fail(machine):
    """A log-in on the console starts with the shell of emergencies, which needs the console for itself."""
    machine.log_in()
    machine.run("echo '/dev/nonesuch /mnt ext4 defaults 0 0' >> /etc/fstab")
    machine.type("reboot")
    machine.ends()
    with Machine() as again:
        again.wait(r"boot has failed")
        again.wait(r"# ")
        # A log-in that had been started would be there by now, and take every second line.
        again.listen(8)
        check("login:" not in again.seen, "somebody else reads the console:\n" + again.seen)
        again.set_prompt()
        for number in range(5):
            check(f"line {number}" in again.run(f"echo line {number}"), "what was typed went elsewhere")
        check("inactive" in again.run("supctl status getty@ttyS0"), "a getty shares the console with the shell")
        again.run("mount -o remount,rw / && sed -i /nonesuch/d /etc/fstab")
        again.type("exit")
        again.log_in()
        again.type("poweroff")
        again.ends()
        clean_disk()


def no_proc_at_the_end(machine):
    machine.log_in()
    machine.type("umount -l /proc; kill -PWR 1")
    machine.wait(r"the end: power off")
    machine.ends()
    clean_disk()


def bad_configuration(machine):
    machine.log_in()
    machine.run("echo 'comand = [\"x\"]' > /etc/supd/bad.toml")
    machine.type("reboot")
    machine.ends()
    with Machine() as again:
        again.wait(r"unknown key")
        again.wait(r"supd can't run")
        again.wait(r"# ")
        again.set_prompt()
        again.run("mount -o remount,rw /; rm /etc/supd/bad.toml; mount -o remount,ro /")
        again.type("exit")
        again.log_in()
        again.type("poweroff")
        again.ends()


def integration_tests(machine):
    machine.log_in()
    filters = "*/epoll:-*Servers*:*HungDisk*:*Endurance*"
    machine.type(f"{BUILD}/tests/integration/integration_test --gtest_filter='{filters}' 2>&1 | tail -40")
    report = machine.wait(re.escape(PROMPT), 1500)
    passed = re.search(r"\[  PASSED  \] (\d+) tests?", report)
    check(passed, "no result:\n" + report)
    check("FAILED" not in report, "tests failed inside:\n" + report)
    print(f"\n[{passed.group(1)} integration tests passed inside, on epoll and Debian's kernel]")
    machine.type("poweroff")
    machine.ends()
    clean_disk()


def below_systemd(machine):
    """supd as a service of systemd, with the unit files that are installed."""
    machine.log_in()
    machine.run("systemctl enable --now supd.service supd.socket 2>&1; systemctl is-active supd")
    status = machine.run("systemctl show supd -p ActiveState -p StatusText -p NFileDescriptorStore -p Delegate")
    check("ActiveState=active" in status, "supd is not active:\n" + status)
    check("StatusText=1 units: 1 running" in status, "no status:\n" + status)
    check("running" in machine.run("supctl status web"), "supctl does not reach it")
    check("a cgroup per unit" in machine.run("supctl doctor"), "no cgroups below its own")
    machine.run("echo 'command = [\"/bin/sleep\", \"100001\"]' > /etc/supd/web.toml; systemctl reload supd")
    machine.run("until pgrep -f 'sleep 100001' >/dev/null; do sleep 0.1; done")
    before = machine.run("systemctl show supd -p MainPID --value")
    machine.run("kill -STOP $(systemctl show supd -p MainPID --value)")
    machine.run("until systemctl show supd -p NRestarts --value | grep -q 1; do sleep 0.2; done")
    machine.run("until systemctl is-active -q supd; do sleep 0.2; done")
    after = machine.run("systemctl show supd -p MainPID --value")
    check(before.strip() != after.strip(), "the watchdog did not restart it")
    check("running" in machine.run("supctl status web"), "supctl does not reach the next one")
    machine.run("systemctl stop supd supd.socket")
    check("100001" not in machine.run("pgrep -af 'sleep 10000' || echo none"), "a service is left over")
    machine.type("systemctl poweroff")
    machine.ends()


SCENARIOS = [(boots_and_powers_off, "")]
if not QUICK:
    SCENARIOS += [(reboots, ""), (a_reboot_comes_back, ""), (by_force, ""), (ctrl_alt_del_reboots, ""),
                  (ctrl_alt_del_in_the_shell_of_emergencies, "emergency"), (a_getty_comes_back, ""), (single, "single"),
                  (emergency, "emergency"), (boot_that_fails, ""), (mounts_that_fail, ""), (no_proc_at_the_end, ""),
                  (bad_configuration, ""),
                  # The initramfs passes nothing on: it is read in /proc/cmdline, in which "-c single" is an option.
                  (emergency, "", "root.img", False, "emergency -- -c single")]
    if BUILD:
        SCENARIOS += [(integration_tests, "")]
    if (WORK / "systemd.img").exists():
        SCENARIOS += [(below_systemd, "", "systemd.img")]

for scenario, *how in SCENARIOS:
    virtual = Machine(*how)
    try:
        scenario(virtual)
        results.append(True)
        print(f"\n[ok] {scenario.__name__} {time.monotonic() - virtual.began:.0f} s", flush=True)
    except AssertionError as error:
        results.append(False)
        print(f"\n[FAILED] {scenario.__name__}: {error}", flush=True)
    finally:
        virtual.kill()

print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
sys.exit(0 if all(results) else 1)
