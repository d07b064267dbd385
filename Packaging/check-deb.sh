#!/usr/bin/env bash
# Installs a package into a clean Debian root, made for it, and has it speak there.
#   usage: sudo check-deb.sh RIPOSTE.deb [ROOT]
# requirements: debootstrap. ROOT is used again if it is there. Models are fetched inside, unless RIPOSTE_MODELS names a
# folder that has them, which is then shown to it.
set -euo pipefail

package=$(realpath "$1")
root=${2:-$(mktemp -d)/root}
release=$(. /etc/os-release && echo "$VERSION_CODENAME")

if [ ! -e "$root/etc/debian_version" ]; then
    echo "== A clean Debian ($release)"
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[.*\] \)\?\(http[^ ]*\) .*/\2/p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 || true)
    debootstrap --variant=minbase "$release" "$root" ${mirror:+"$mirror"} > "$root.log" 2>&1 \
      || { tail -n 20 "$root.log"; exit 1; }
fi

cleanup() {
    for mounted in models proc dev; do
        mountpoint --quiet "$root/$mounted" && umount "$root/$mounted" || true
    done
}
trap cleanup EXIT
mkdir -p "$root/models"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
# How packages are reached from here.
for file in /etc/apt/apt.conf.d/* /etc/apt/auth.conf.d/* /etc/pip.conf; do
    [ -f "$file" ] && case $file in *docker*) ;; *) install -D "$file" "$root$file" ;; esac
done
cp "$package" "$root/tmp/riposte.deb"
if [ -n "${RIPOSTE_MODELS:-}" ]; then mount --bind -o ro "$RIPOSTE_MODELS" "$root/models"; fi

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }
echo "== Installing"
inside DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -q && apt-get install -y -q --no-install-recommends /tmp/riposte.deb' \
  > "$root.log" 2>&1 || { tail -n 20 "$root.log"; exit 1; }
models=()
if [ -n "${RIPOSTE_MODELS:-}" ]; then models=(RIPOSTE_MODELS=/models); else inside riposte models fetch; fi

echo "== riposte doctor"
inside "${models[@]}" riposte doctor || true
echo "== riposte say"
inside "${models[@]}" riposte say "It works." -o /tmp/works.wav
inside sh -c 'test "$(stat -c %s /tmp/works.wav)" -gt 20000'
inside "${models[@]}" riposte transcribe /tmp/works.wav
echo "== Removing"
inside dpkg --purge riposte > "$root.log" 2>&1
if inside sh -c 'command -v riposte'; then echo "riposte is still there" >&2; exit 1; fi
echo "== The package works in a clean Debian."
