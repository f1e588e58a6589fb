#!/bin/sh
# Builds spinodal-VERSION-linux-ARCH.tar.gz in the current folder: the program, its desktop files, its licences and those of all
# that it holds of others. Unpacked into a prefix such as ~/.local, it appears in the menu of the desktop. Arguments are
# features, as cargo takes them: --no-default-features leaves the Stanford bunny out.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
name="spinodal-$version-linux-$(uname -m)"
cargo build --release --locked --manifest-path "$root/Cargo.toml" "$@"
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
"$root/assets/desktop/notices.py" "$@" >"$share/doc/spinodal/THIRD-PARTY.txt"
# Where the toolchain comes with its documentation: what is in the standard library.
library="$(rustc --print sysroot)/share/doc/rust/COPYRIGHT-library.html"
[ ! -e "$library" ] || install -Dm644 "$library" "$share/doc/spinodal/rust-standard-library.html"
tar -czf "$name.tar.gz" -C "$stage" "$name"
echo "$name.tar.gz"
