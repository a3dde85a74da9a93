#!/bin/bash
# Makes what a virtual machine boots: build.sh WORK BUILD. In WORK then: vmlinuz, initrd, and root.img, a file system of
# Debian packages with supd as /sbin/init. What was fetched is kept in WORK for the next time.
set -euo pipefail
work=$1 build=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source_root=$(cd -- "$here/../../.." && pwd)
mkdir -p "$work"
cd "$work"
# Its own exit code (EX_TEMPFAIL): whether it is the network or this recipe, the caller finds out.
could_not_fetch() { echo "could not be fetched: $1" >&2; exit 75; }

# Debian's stock kernel for virtual machines, unpacked and not installed.
if [ ! -e vmlinuz ]; then
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
  apt-get download "$package" >/dev/null || could_not_fetch "$package"
  dpkg -x "$package"_*.deb kernel
  cp kernel/boot/vmlinuz-* vmlinuz
fi

# A small Debian, with what the integration tests use.
if [ ! -e debian/etc/debian_version ]; then
  debootstrap --variant=minbase --include=udev,procps,iproute2,kmod,e2fsprogs,ifupdown bookworm debian >debootstrap.log ||
    { tail -n 5 debootstrap.log; rm -rf debian; could_not_fetch debian; }
fi

rm -rf root && cp -a debian root
release=$(basename kernel/lib/modules/*)
cp -a kernel/lib/modules root/lib/
depmod -b root "$release"
install -D "$build/daemon/supd" root/usr/sbin/supd
install -D "$build/ctl/supctl" root/usr/bin/supctl
ln -sf /usr/sbin/supd root/sbin/init
for each in poweroff reboot halt; do ln -sf /usr/bin/supctl root/sbin/$each; done
mkdir -p root/etc/supd
cp "$source_root"/config/examples/machine/*.toml root/etc/supd/
echo supd-machine >root/etc/hostname
echo '/dev/vda / ext4 defaults 0 1' >root/etc/fstab
chroot root passwd -d root >/dev/null
# The integration tests, where they look for themselves, and the libraries that they need.
for each in daemon/supd ctl/supctl tests/integration/integration_test tests/integration/without; do
  install -D "$build/$each" "root$build/$each"
done
for library in $(ldd "$build/tests/integration/integration_test" | awk '$3 ~ /^\// {print $3}'); do
  [ -e "root$library" ] || install -D "$library" "root$library"
done
rm -f root.img && truncate -s 1200M root.img
mkfs.ext4 -q -F -d root root.img

# The same with systemd as init and supd as one of its services, as it is installed.
if [ -n "${SUPD_WITH_SYSTEMD:-}" ]; then
  if [ ! -e debian-systemd/etc/debian_version ]; then
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,udev,procps bookworm debian-systemd >debootstrap.log ||
      { tail -n 5 debootstrap.log; rm -rf debian-systemd; could_not_fetch debian-systemd; }
  fi
  rm -rf root && cp -a debian-systemd root
  cp -a kernel/lib/modules root/lib/
  install -D "$build/daemon/supd" root/usr/sbin/supd
  install -D "$build/ctl/supctl" root/usr/bin/supctl
  for unit in "$build"/config/systemd/supd.service "$source_root"/config/systemd/supd.socket; do
    sed 's|^ExecStart=[^ ]*|ExecStart=/usr/sbin/supd|' "$unit" >"root/etc/systemd/system/${unit##*/}"
  done
  mkdir -p root/etc/supd
  printf 'command = ["/bin/sleep", "100000"]\n' >root/etc/supd/web.toml
  echo '/dev/vda / ext4 defaults 0 1' >root/etc/fstab
  chroot root passwd -d root >/dev/null
  rm -f systemd.img && truncate -s 1200M systemd.img
  mkfs.ext4 -q -F -d root systemd.img
fi

# An initramfs that finds the disk and goes there: what any distribution's does, in ten lines.
rm -rf initramfs && mkdir -p initramfs/{bin,lib,proc,dev,root}
cp "$(command -v busybox)" initramfs/bin/
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
  find kernel/lib/modules -name "$module.ko*" -exec cp {} initramfs/lib/ \;
done
cat >initramfs/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mount -t proc none /proc
for each in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
  [ -e /lib/$each.ko ] && /bin/busybox insmod /lib/$each.ko
done
/bin/busybox mount -o ro /dev/vda /root || exec /bin/busybox sh
words=$(/bin/busybox sed -n 's/.*words="\([^"]*\)".*/\1/p' /proc/cmdline)
/bin/busybox umount /proc
/bin/busybox mount -o move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init $words
INIT
chmod 755 initramfs/init
(cd initramfs && find . | cpio --quiet -o -H newc) | gzip -1 >initrd
