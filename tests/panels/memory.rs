//! What the window remembers, from files that say anything.

use serde_json::{Value, json};
use spinodal::app::{
    memory::{Memory, Written},
    tiles::{Layout, Ready},
    views::Look,
};
use std::{fs, path::Path};

fn look() -> Look {
    Look { level: 0.2, cut: Some((2, 0.75)), repeat: [2, 1, 3], ..Look::default() }
}

fn remembered() -> Value {
    json!({
        "layout": Layout::ready(Ready::Lecture, 2),
        "look": look(),
        "appearance": { "light": true, "scale": 1.5 },
        "size": [1500.0, 950.0],
        "recent": ["a.npy", "b.toml"],
    })
}

fn layout(memory: &mut Memory) -> Value {
    serde_json::to_value(memory.layout()).unwrap()
}

/// Checks that everything is as it was remembered, but what `lost` names, which is as at the first start.
fn check(file: &Value, lost: &str) {
    let mut memory = Memory::of_text(&file.to_string()).unwrap();
    let mut first = Memory::default();
    assert_eq!(memory.is_first(), lost == "layout", "{file}");
    let expected = if lost == "layout" { layout(&mut first) } else { remembered()["layout"].clone() };
    assert_eq!(layout(&mut memory), expected);
    assert_eq!(memory.look(), if lost == "look" { Look::default() } else { look() }, "{file}");
    let appearance = memory.appearance();
    let expected = if lost == "appearance" { (false, 1.0) } else { (true, 1.5) };
    assert_eq!((appearance.light, appearance.scale), expected, "{file}");
    assert_eq!(memory.size(), if lost == "size" { first.size() } else { [1500.0, 950.0] }, "{file}");
    assert_eq!(memory.recent().len(), if lost == "recent" { 0 } else { 2 }, "{file}");
}

#[test]
fn what_a_window_wrote_is_read() {
    check(&remembered(), "nothing");
    for lost in ["layout", "look", "appearance", "size", "recent"] {
        let mut file = remembered();
        file.as_object_mut().unwrap().remove(lost);
        check(&file, lost);
        file[lost] = Value::Null;
        check(&file, lost);
    }
    for text in ["", "{", "[]", "null", &"[".repeat(1 << 20), "{\"size\": [1, 2]"] {
        assert!(Memory::of_text(text).is_err(), "{text:.40}");
    }
}

#[test]
fn an_entry_that_makes_no_sense_is_as_at_the_first_start() {
    for (place, value) in [
        ("/look/level", json!(1e300)),
        ("/look/level", json!("high")),
        ("/look/opacity", json!(-3)),
        ("/look/cut", json!([7, 0.5])),
        ("/look/cut", json!([1, 9.0])),
        ("/look/cut", json!([-1, 0.5])),
        ("/look/repeat", json!([0, 1, 1])),
        ("/look/repeat", json!([1, 1, 1_000_000])),
        ("/look/range", json!([1e300, 0.0])),
        ("/look/clip/min", json!([1.0, 0.0, 2.0])),
        ("/look/clip/max", json!([-1.0, 0.5, 0.5])),
        ("/look/ground", json!("violet")),
        ("/look", json!([])),
        ("/appearance/scale", json!(0)),
        ("/appearance/scale", json!(1e9)),
        ("/appearance/light", json!("maybe")),
        ("/size", json!([1e300, 900])),
        ("/size", json!([-1500, 950])),
        ("/size", json!([1500])),
        ("/recent", json!({ "a": 1 })),
        ("/layout/tree", json!(3)),
        ("/layout/tree/root", json!(1_000_000)),
        ("/layout/candidates", json!(-1)),
    ] {
        let mut file = remembered();
        *file.pointer_mut(place).unwrap() = value;
        check(&file, place.split('/').nth(1).unwrap());
    }
}

/// Replaces each tile of the layout that `damage` changes, one at a time.
fn try_tiles(damage: impl Fn(&mut Value, &Value) -> bool) {
    let whole = remembered();
    let tiles = whole["layout"]["tree"]["tiles"]["tiles"].as_object().unwrap();
    let mut changed = 0;
    for id in tiles.keys() {
        let mut file = whole.clone();
        if damage(&mut file["layout"]["tree"]["tiles"]["tiles"][id], &whole["layout"]["tree"]) {
            check(&file, "layout");
            changed += 1;
        }
    }
    assert!(changed > 0);
}

/// The children of a container.
fn children(tile: &mut Value) -> Option<&mut Vec<Value>> {
    let container = tile.get_mut("Container")?.as_object_mut()?.values_mut().next()?;
    container.get_mut("children")?.as_array_mut()
}

#[test]
fn tiles_that_hang_together_in_no_way_are_as_at_the_first_start() {
    let add = |tile: &mut Value, child: Value| children(tile).map(|children| children.push(child)).is_some();
    try_tiles(|tile, tree| add(tile, tree["root"].clone()));
    try_tiles(|tile, _| add(tile, json!(1_000_000)));
    let is_pane = |tile: &Value| tile.get("Pane").is_some_and(|pane| *pane != "Timeline");
    try_tiles(|tile, _| is_pane(tile) && std::mem::replace(tile, json!({ "Pane": "Timeline" })) != Value::Null);
    try_tiles(|tile, _| {
        let Some(shares) = tile.pointer_mut("/Container/Linear/shares/shares") else { return false };
        *shares = json!({ "1": 1e300 });
        true
    });
    // One that hangs nowhere is left out.
    let mut file = remembered();
    file["layout"]["tree"]["tiles"]["tiles"]["99"] = json!({ "Pane": "Learning" });
    check(&file, "nothing");
    // Ten thousand tabs in each other.
    let mut file = remembered();
    let mut tiles: serde_json::Map<_, _> = (1..10_000)
        .map(|id| (id.to_string(), json!({ "Container": { "Tabs": { "children": [id + 1], "active": null } } })))
        .collect();
    tiles.insert("10000".into(), json!({ "Pane": "Timeline" }));
    file["layout"]["tree"]["root"] = json!(1);
    file["layout"]["tree"]["tiles"]["tiles"] = Value::Object(tiles);
    check(&file, "layout");
}

/// Ends a window that began with `before` and opened these files last.
fn end(file: &Path, before: &Memory, recent: &[&str]) {
    let layout = Layout::ready(Ready::Lecture, 2);
    let recent = recent.iter().map(|path| (*path).to_owned()).collect();
    let written = Written { layout: &layout, look: look(), appearance: before.appearance(), size: None, recent };
    written.save(file, before).unwrap();
}

#[test]
fn two_windows_remember_the_files_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings/window.json");
    end(&file, &Memory::default(), &["a", "b"]);
    let [one, other, idle] = [(); 3].map(|()| Memory::of_file(&file));
    end(&file, &one, &["c", "a", "b"]);
    // One that is opened again goes to the front.
    end(&file, &other, &["d", "b", "a"]);
    end(&file, &idle, &["a", "b"]);
    assert_eq!(Memory::of_file(&file).recent(), ["d", "b", "c", "a"].map(Path::new));
    let files = fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1, "what is understood is replaced");
}

#[test]
fn a_file_that_is_not_understood_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("window.json");
    let mut later = remembered();
    later["weather"] = json!("fine");
    let mut changed = remembered();
    changed["layout"] = json!({ "rooms": [] });
    let texts = ["{\"layout\":".to_owned(), later.to_string(), changed.to_string()];
    for text in &texts {
        fs::write(&file, text).unwrap();
        end(&file, &Memory::of_file(&file), &[]);
        assert!(!Memory::of_file(&file).is_first());
    }
    let names = ["window.json.unreadable", "window.json-2.unreadable", "window.json-3.unreadable"];
    assert_eq!(names.map(|name| fs::read_to_string(folder.path().join(name)).unwrap()), texts);
}
