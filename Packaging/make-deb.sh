#!/usr/bin/env bash
# Makes a Debian package of what `make install` has put into a folder.
#   usage: make-deb.sh STAGE VERSION OUT.deb
# The package needs no Swift: the command in STAGE has to be linked with Swift's libraries inside.
set -euo pipefail

stage=$1 version=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the command is linked with. dpkg-shlibdeps reads a source package's control file, if only for its name.
mkdir -p "$work/debian" "$stage/DEBIAN"
printf 'Source: riposte\nPackage: riposte\nArchitecture: any\n' > "$work/debian/control"
binary=$(realpath "$stage/usr/bin/riposte")
libraries=$(cd "$work" && dpkg-shlibdeps -O -e"$binary" 2>/dev/null | sed 's/^shlibs:Depends=//')
[ -n "$libraries" ] || { echo "What riposte is linked with could not be found out." >&2; exit 1; }

cat > "$stage/DEBIAN/control" <<END
Package: riposte
Version: $version
Architecture: $(dpkg --print-architecture)
Section: sound
Priority: optional
Maintainer: Riposte developers <riposte@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$stage" | cut -f1)
Depends: $libraries, ca-certificates, passwd, procps, python3, python3-pip
Recommends: libportaudio2, libasound2-plugins, libopus0, libsndfile1
Suggests: libespeak-ng1, ffmpeg, libpq5
Description: voice assistant that answers before the silence gets long
 Listens, understands, answers and speaks in one process on your own machine:
 Whisper, semantic end of turn, dialogs in Rasa's format, neural voices; a
 server for OpenAI's clients and for Home Assistant.
 .
 Models are fetched by "riposte models fetch", about 300 MB.
END
printf '%s\n' /etc/default/riposte /etc/riposte/serve.yaml > "$stage/DEBIAN/conffiles"
# There may be a token in either; systemd reads the second as root.
chmod 640 "$stage/etc/riposte/serve.yaml"
chmod 600 "$stage/etc/default/riposte"
cp "$here/postinst" "$here/prerm" "$here/postrm" "$stage/DEBIAN/"
chmod 755 "$stage/DEBIAN/postinst" "$stage/DEBIAN/prerm" "$stage/DEBIAN/postrm"
dpkg-deb --root-owner-group --build "$stage" "$out"
