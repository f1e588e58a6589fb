#!/usr/bin/env python3
"""Prints what the program holds of others, and under which licences.

That is every crate that `cargo build --release` links into it on this machine, with the licence texts in its package, fonts
included, and the mesh of the Stanford bunny. Arguments are features, as cargo takes them: --no-default-features. Texts that
differ in nothing but white space, punctuation and capitals appear once, with the names of all crates that bring them.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The names of files that hold licences; the last three are those of fonts.
NAMES = re.compile(r"(un)?licen[cs]e|copying|copyright|notice|[ou]fl\.txt|hack-regular\.txt|.*-license\.txt", re.IGNORECASE)
PROGRAMS = {".rs", ".py", ".toml", ".html"}
# Shorter ones are no texts, but links that a package flattened into a path.
SHORTEST = 120
RULE = "-" * 100

HEAD = """\
THIRD-PARTY SOFTWARE AND FILES IN SPINODAL

Spinodal itself is under MIT or Apache-2.0, see LICENSE-MIT and LICENSE-APACHE. The program also holds the crates listed first;
the source of each is at https://crates.io/crates/NAME/VERSION. Where a crate offers a choice that includes MIT or Apache-2.0,
it is used under one of these. The texts that come with the crates follow. The fonts in the program are those of
epaint_default_fonts. The Rust standard library (https://github.com/rust-lang/rust) is under MIT or Apache-2.0, too; its own
notices are in rust-standard-library.html where the toolchain had them.
"""

WITHOUT = """\
No text comes with these packages. Their authors name the licence only, whose text is among those below:
"""


def cargo(*words):
    command = ["cargo", *words, "--locked", "--manifest-path", str(ROOT / "Cargo.toml")]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def linked(features):
    """The crates in the program: no build scripts, macros or tests, and no features that are off."""
    tree = cargo("tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}", *features)
    wanted = {tuple(line.split()[:2]) for line in tree.splitlines()}
    packages = json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    crates = [package for package in packages if (package["name"], f"v{package['version']}") in wanted]
    assert len(crates) == len(wanted), "cargo tree and cargo metadata disagree"
    return sorted((crate for crate in crates if crate["source"]), key=lambda crate: (crate["name"], crate["version"]))


def texts(crate):
    files = sorted(Path(crate["manifest_path"]).parent.rglob("*"))
    files = [file for file in files if NAMES.match(file.name) and file.suffix not in PROGRAMS and file.is_file()]
    found = (file.read_text(encoding="utf-8", errors="replace").strip() for file in files)
    return [text for text in found if len(text) >= SHORTEST]


def main():
    features = sys.argv[1:]
    crates = linked(features)
    bringers, without = {}, []
    for crate in crates:
        name, own = f"{crate['name']} {crate['version']}", texts(crate)
        if not own:
            without.append(f"{name}: {', '.join(crate['authors']) or 'its contributors'}")
        for text in own:
            names = bringers.setdefault("".join(filter(str.isalnum, text.lower())), (text, []))[1]
            if name not in names:
                names.append(name)
    print(HEAD)
    for crate in crates:
        print(crate["name"], crate["version"], "|", crate["license"], "|", crate["repository"] or "no repository named")
    print("", WITHOUT, *without, sep="\n")
    for text, names in bringers.values():
        print("", RULE, "; ".join(names), RULE, "", text, sep="\n")
    if "--no-default-features" not in features or any("bunny" in word for word in features):
        print("", RULE, "The mesh of the preset `bunny`", RULE, "", sep="\n")
        print((ROOT / "assets/meshes/README.md").read_text(encoding="utf-8").strip())


main()
