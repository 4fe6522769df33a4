#!/bin/sh
# Runs the command of an installed package as a container would that may do little: a root
# of its own that is read-only, a user without a name, no privileges, only /tmp and /work
# to write to. Called in a mount namespace: unshare --mount in-container.sh ROOT NODE_MODULES NODE args…
set -e
root=$1 modules=$2 node=$3
shift 3
read_only() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$root"
for folder in usr package package/node_modules node proc dev etc tmp work; do mkdir "$root/$folder"; done
read_only /usr "$root/usr"
for folder in bin sbin lib lib64; do
  if [ -L "/$folder" ]; then
    cp -P "/$folder" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    read_only "/$folder" "$root/$folder"
  fi
done
read_only "$modules" "$root/package/node_modules"
read_only "$(dirname "$node")" "$root/node"
cp /etc/ld.so.cache "$root/etc/"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/work"
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid=54321 --regid=54321 --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp \
  sh -c 'cd /work && exec "/node/$0" /package/node_modules/mqtt-vs-http/bin/mqtt-vs-http.js "$@"' \
  "$(basename "$node")" "$@"
