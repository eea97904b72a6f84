#!/bin/bash
# Runs a command with a folder as its whole file system: inside.sh TREE COMMAND... In namespaces of its own, so that
# every mount and process goes with it; by pivot_root and not chroot, because the web engine's sandbox wants a real root.
set -euo pipefail
tree=$(realpath "$1")
shift
# Outside, the processes of the tree would outlive whoever is killed.
exec unshare --mount --pid --fork --kill-child --propagation private bash -euo pipefail -c '
    tree=$1
    shift
    mount --bind "$tree" "$tree"
    mount -t proc proc "$tree/proc"
    mount -t sysfs -o ro sysfs "$tree/sys"
    mount -t tmpfs -o mode=755 tmpfs "$tree/dev"
    for node in null zero full random urandom tty; do
        touch "$tree/dev/$node"
        mount --bind /dev/$node "$tree/dev/$node"
    done
    mkdir -m 1777 "$tree/dev/shm"
    mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
    mkdir "$tree/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$tree/dev/pts"
    ln -s pts/ptmx "$tree/dev/ptmx"
    ln -s /proc/self/fd "$tree/dev/fd"
    mount -t tmpfs -o mode=1777 tmpfs "$tree/tmp"
    cd "$tree"
    mkdir -p .outside
    pivot_root . .outside
    umount -l /.outside
    rmdir /.outside
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive "$@"
' inside "$tree" "$@"
