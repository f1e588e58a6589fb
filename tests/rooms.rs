//! The order of the rooms: a room of `src` uses only rooms above it in this list, which ARCHITECTURE.md explains.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The rooms of the library, the lowest first. Those of one line do not use each other.
const ORDER: [&[&str]; 21] = [
    &["grid", "memory", "threads"],
    &["field"],
    &["fourier", "formats"],
    &["settings"],
    &["equation"],
    &["gpu"],
    &["initial"],
    &["evolution"],
    &["surface"],
    &["metrics"],
    &["solver", "network"],
    &["engines"],
    &["view"],
    &["recording"],
    &["report"],
    &["comparison"],
    &["scene"],
    &["training"],
    &["evaluation"],
    &["app"],
    &["commands"],
];

fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a file names after `crate::`, alone or in braces.
fn rooms_used(source: &str) -> BTreeSet<String> {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
    let mut rooms = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        let name = |text: &str| -> String {
            text.trim_start().chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect()
        };
        match rest.strip_prefix('{') {
            None => rooms.extend([name(rest)]),
            Some(list) => {
                let (mut depth, mut start) = (0, 0);
                for (index, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        ',' if depth == 0 => {
                            rooms.extend([name(&list[start..index])]);
                            start = index + 1;
                        }
                        '}' if depth == 0 => {
                            rooms.extend([name(&list[start..index])]);
                            break;
                        }
                        '}' => depth -= 1,
                        _ => {}
                    }
                }
            }
        }
    }
    rooms.retain(|room| rank(room).is_some());
    rooms
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_names_of_rooms_are_found_in_imports() {
    let source = "use crate::{\n    field::{Field, FieldError},\n    gpu::Gpu, // crate::app\n};\nlet a = crate::grid::Grid::cube(3);\n\
                  use crate::solver::{Method};\n";
    let found: Vec<_> = rooms_used(source).into_iter().collect();
    assert_eq!(found, ["field", "gpu", "grid", "solver"]);
}

#[test]
fn every_room_uses_only_those_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files(&source).into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let place = file.strip_prefix(&source).unwrap();
        let first = place.iter().next().unwrap().to_string_lossy();
        let room = first.trim_end_matches(".rs");
        let Some(own) = rank(room) else {
            assert!(["lib", "main"].contains(&room), "{room} is in no line of the list");
            continue;
        };
        seen.insert(room.to_owned());
        for used in rooms_used(&fs::read_to_string(&file).unwrap()) {
            if used != room && rank(&used).is_none_or(|rank| rank >= own) {
                wrong.push(format!("{} uses {used}", place.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point the wrong way: {wrong:#?}");
    let listed: BTreeSet<_> = ORDER.iter().flat_map(|rooms| rooms.iter().map(|room| (*room).to_owned())).collect();
    assert_eq!(seen, listed, "a room is listed that is not there");
}
