#!/bin/sh
# Builds spinodal-VERSION-linux-ARCH.tar.gz in the current folder: the program, its desktop files and its licences. Unpacked
# into a prefix such as ~/.local, it appears in the menu of the desktop.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
name="spinodal-$version-linux-$(uname -m)"
cargo build --release --manifest-path "$root/Cargo.toml"
target=$(cargo metadata --manifest-path "$root/Cargo.toml" --format-version 1 --no-deps |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
install -Dm755 "$target/release/spinodal" "$stage/$name/bin/spinodal"
strip "$stage/$name/bin/spinodal"
share="$stage/$name/share"
install -Dm644 "$root/assets/desktop/spinodal.desktop" "$share/applications/spinodal.desktop"
install -Dm644 "$root/assets/desktop/spinodal.metainfo.xml" "$share/metainfo/spinodal.metainfo.xml"
install -Dm644 "$root/assets/desktop/spinodal.png" "$share/icons/hicolor/256x256/apps/spinodal.png"
for file in README.md LICENSE-MIT LICENSE-APACHE; do
    install -Dm644 "$root/$file" "$share/doc/spinodal/$file"
done
for file in "$root"/assets/meshes/*.txt "$root"/assets/meshes/*.md; do
    [ ! -e "$file" ] || install -Dm644 "$file" "$share/doc/spinodal/meshes/$(basename "$file")"
done
tar -czf "$name.tar.gz" -C "$stage" "$name"
echo "$name.tar.gz"
