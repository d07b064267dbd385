#!/usr/bin/env bash
# The documentation of the library, as a folder of web pages.
#   usage: make-docs.sh OUT [BASE]
# BASE is the path below which the pages will be served; without, they are at the root. Needs nothing but the Swift
# toolchain, which has docc. Ends with 1 where a page refers to something that there is not. SYMBOLS names a folder of
# symbol graphs that are there already.
set -euo pipefail

out=$1 base=${2:-}
swift=${SWIFT:-swift}
docc=${DOCC:-$(dirname "$(readlink -f "$(command -v "$swift")")")/docc}
graphs=${SYMBOLS:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
targets=(RiposteCore RiposteAudio RiposteInference RiposteListening RiposteDialog RiposteMemory RiposteSpeaking \
  RiposteConversation RiposteCloud RiposteServer RiposteTesting)

if [ -z "$graphs" ]; then
    graphs=$(dirname "$("$swift" build --show-bin-path)")/symbolgraph
    rm -rf "$graphs"
    "$swift" package dump-symbol-graph --minimum-access-level public --skip-synthesized-members \
      > "$work/graphs.log" 2>&1 || { tail -n 20 "$work/graphs.log"; exit 1; }
fi

hosting=(--transform-for-static-hosting)
if [ -n "$base" ]; then hosting+=(--hosting-base-path "$base"); fi
archives=() links=()
for target in "${targets[@]}"; do
    mkdir "$work/$target"
    cp "$graphs/$target".symbols.json "$graphs/$target"@*.symbols.json "$work/$target/" 2>/dev/null || true
    [ -e "$work/$target/$target.symbols.json" ] || { echo "There is nothing of $target." >&2; exit 1; }
    "$docc" convert "Sources/$target/Documentation.docc" --additional-symbol-graph-dir "$work/$target" \
      --fallback-display-name "$target" --fallback-bundle-identifier "riposte.$target" \
      --enable-experimental-external-link-support "${links[@]}" "${hosting[@]}" \
      --output-path "$work/$target.doccarchive" 2>&1 | tee -a "$work/warnings" >/dev/null
    # Those that come later may refer to it.
    links+=(--dependency "$work/$target.doccarchive")
    archives+=("$work/$target.doccarchive")
done

rm -rf "$out" && mkdir -p "$(dirname "$out")"
"$docc" merge "${archives[@]}" --output-path "$out" --synthesized-landing-page-name Riposte \
  --synthesized-landing-page-kind Package --synthesized-landing-page-topics-style list
# The pages of the whole are at /documentation; what is asked for at the root is sent there.
cat > "$out/index.html" <<END
<!doctype html><meta charset="utf-8"><title>Riposte</title>
<meta http-equiv="refresh" content="0; url=${base:+/$base}/documentation/">
END
# A parameter that says what it is by its name needs no line; everything else that docc warns of is a mistake.
if grep -A 3 -E "warning:|error:" "$work/warnings" | grep -v "^--" | awk '
    /warning:|error:/ { shown = !/is missing documentation/ } shown { print; found = 1 } END { exit !found }'; then
    echo "See above: some pages have mistakes." >&2
    exit 1
fi
echo "The documentation is in $out: python3 -m http.server --directory $out"
