#!/usr/bin/env bash
# Installs a package into a clean Debian root, made for it, and has it speak there.
#   usage: sudo check-deb.sh RIPOSTE.deb [ROOT]
# requirements: debootstrap. ROOT is used again if it is there; without one, what was made is removed afterwards. Models
# are fetched inside, unless RIPOSTE_MODELS names a folder that has them, which is then shown to it.
set -euo pipefail

package=$(realpath "$1")
architecture=$(dpkg-deb --field "$package" Architecture)
if [ "$architecture" != "$(dpkg --print-architecture)" ]; then
    echo "This package is for $architecture; it can only be tried on such a machine." >&2
    exit 1
fi
made=
if [ $# -lt 2 ]; then made=$(mktemp -d); fi
root=${2:-$made/root}
release=$(. /etc/os-release && echo "$VERSION_CODENAME")

if [ ! -e "$root/etc/debian_version" ]; then
    echo "== A clean Debian ($release)"
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[.*\] \)\?\(http[^ ]*\) .*/\2/p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 || true)
    debootstrap --arch="$architecture" --variant=minbase "$release" "$root" ${mirror:+"$mirror"} > "$root.log" 2>&1 \
      || { tail -n 20 "$root.log"; exit 1; }
fi

cleanup() {
    for mounted in models proc dev; do
        mountpoint --quiet "$root/$mounted" && umount "$root/$mounted" || true
    done
    # Nothing but what was made here, and nothing that is still mounted there.
    if [ -n "$made" ]; then rm -rf --one-file-system "$made"; fi
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
inside "${models[@]}" riposte doctor
echo "== riposte say"
inside "${models[@]}" riposte say "It works." -o /tmp/works.wav
inside sh -c 'test "$(stat -c %s /tmp/works.wav)" -gt 20000'
inside "${models[@]}" riposte transcribe /tmp/works.wav
echo "== riposte serve, as the service's user, with its configuration"
inside sh -c 'bash -n /usr/share/bash-completion/completions/riposte && gzip -t /usr/share/man/man1/riposte.1.gz'
for file in /etc/riposte/serve.yaml /etc/default/riposte; do
    if inside setpriv --reuid nobody --clear-groups cat "$file" > /dev/null 2>&1; then
        echo "Everybody can read $file." >&2
        exit 1
    fi
done
inside sh -c 'test -e /usr/share/zsh/vendor-completions/_riposte && command -v kill > /dev/null'
inside "${models[@]}" setpriv --reuid riposte --regid riposte --clear-groups sh -c '
    riposte serve --configuration /etc/riposte/serve.yaml --port 0 --wyoming-port 0 > /tmp/serve.out 2> /tmp/serve.log < /dev/null &
    server=$!
    trap "kill $server 2>/dev/null" EXIT
    said() { for second in $(seq 90); do grep -q "$1" "$2" && return; sleep 1; done; cat /tmp/serve.log; return 1; }
    said "serving on" /tmp/serve.out && kill -HUP $server && said "was read again" /tmp/serve.log || exit 1
    port=$(sed -n "s/.*:\([0-9]*\)$/\1/p" /tmp/serve.out | head -n 1)
    python3 -c "import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:$port/ready\").read().decode())" || exit 1
    trap - EXIT
    kill $server && wait $server'
echo "== Removing"
inside dpkg --purge riposte > "$root.log" 2>&1
if inside sh -c 'command -v riposte'; then echo "riposte is still there" >&2; exit 1; fi
echo "== The package works in a clean Debian."
