//! Disks that are full or cannot be written, and folders that vanish: a command that writes says so in a sentence,
//! keeps what it has done, and leaves nothing that only looks whole.
//!
//! The disks are file systems in memory, of a few hundred kilobytes, in a name space of their own. Where the system
//! mounts none for the user, these tests say so and pass.

use super::{CRANE, Workshop, files, skip_pictures, text};
use image::{AnimationDecoder, codecs::gif::GifDecoder};
use spinodal::{
    formats::npy::{FrameReader, read_frames},
    network::Model,
    training::checkpoint::read_checkpoint,
};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::BufReader,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(120);

/// A run, a dataset and a model, from which all commands can work.
fn supplied() -> Workshop {
    let shop = Workshop::new();
    fs::copy(CRANE, shop.path("model.pt")).unwrap();
    for words in [
        "simulate --init sphere --grid 16 --frames 2 --engine cpu --out a.npy",
        "compare --init sphere --grid 16 --frames 2 --engine cpu --candidate frozen --out run",
        "dataset --out data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3",
    ] {
        let output = shop.quick(words).output().unwrap();
        assert!(output.status.success(), "{words}: {}", text(&output.stderr));
    }
    shop
}

/// Commands that write, run on a disk that is mounted beside what they read, and kilobytes that such a disk has: some
/// of them are not enough.
const WRITERS: [(&str, &[u32]); 10] = [
    ("simulate --init sphere --grid 16 --frames 9 --engine cpu --out b.npy --table b.csv", &[4, 164, 200]),
    ("rollout --init ../a.npy --frames 9 --engine cpu --out c.npy", &[4, 24]),
    ("compare --init sphere --grid 16 --frames 9 --states 2 --engine cpu --candidate frozen --out run", &[4, 500]),
    ("dataset --out data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3", &[4, 44, 48, 64]),
    (
        "train --data ../data --steps 4 --batch 1 --layers 1 --channels 2 --length 3 --unroll 2 --engine cpu --out trained",
        &[4, 24, 64, 116],
    ),
    ("surface ../a.npy --out a.ply", &[4, 24]),
    ("export ../a.npy --out a.vti", &[4, 24]),
    ("import-crane ../model.pt --out model.safetensors", &[4, 64]),
    ("report ../run --out page", &[4, 64, 116]),
    ("render ../run --size 160x100 --out film.gif", &[4]),
];

/// Runs a command on a disk of its own, mounted with these options; what is on it in the end lies in the folder `kept`.
#[cfg(target_os = "linux")]
fn on_disk(shop: &Workshop, options: &str, words: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_spinodal");
    let script = format!(
        "mount -t tmpfs -o {options} tmpfs disk && cd disk || exit 99; '{program}' {words}; code=$?; \
         cp -a . ../kept; exit $code"
    );
    for folder in ["disk", "kept"] {
        if shop.path(folder).exists() {
            fs::remove_dir_all(shop.path(folder)).unwrap();
        }
    }
    fs::create_dir(shop.path("disk")).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).current_dir(shop.0.path());
    skip_pictures(&mut command, words);
    command.env_remove("RUST_LOG").output().unwrap()
}

/// Whether the system lets the user mount a file system in memory.
#[cfg(target_os = "linux")]
fn has_disks() -> bool {
    let script = "mount -t tmpfs -o size=64k tmpfs /mnt";
    let mount = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).output();
    let mounted = mount.as_ref().is_ok_and(|output| output.status.success());
    if !mounted {
        println!("skipped: no file system in memory can be mounted here: {mount:?}");
    }
    mounted
}

/// The refusal of a command: one sentence.
fn refusal(words: &str, output: &Output) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}: {said}");
    let errors: Vec<_> = said.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{words}: {said}");
    assert!(!said.contains("panicked") && !said.contains(".spinodal"), "{words}: {said}");
    errors[0].to_owned()
}

/// Whatever has a name is whole. Of a recording, that is what its table names.
fn assert_whole(folder: &Path, words: &str) {
    for (name, bytes) in files(folder) {
        let path = folder.join(&name);
        let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
        let hidden = name.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        let is_whole = match ending.as_str() {
            _ if hidden => name.ends_with(".lock"),
            "npy" if name.starts_with("run/") => bytes.len() < 128 || FrameReader::open_first(&path, false, 1).is_ok(),
            "npy" => read_frames(&path, false).is_ok(),
            "safetensors" if name.contains("checkpoint") => read_checkpoint(&path).is_ok(),
            "safetensors" if name.contains("states/") => bytes.len() > 1000,
            "safetensors" => Model::load(&path).is_ok(),
            "png" | "gif" => image::open(&path).is_ok(),
            "toml" => toml::from_str::<toml::Table>(&text(&bytes)).is_ok_and(|table| !table.is_empty()),
            "json" => serde_json::from_slice::<serde_json::Value>(&bytes).is_ok(),
            // A table that is being written may end within a row, and is read up to that.
            "csv" => name.contains('/') || !bytes.is_empty(),
            _ => !bytes.is_empty(),
        };
        assert!(is_whole, "{words}: {name} is not whole: {} bytes", bytes.len());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_full_disk_what_has_a_name_is_whole() {
    if !has_disks() {
        return;
    }
    let shop = supplied();
    for (words, sizes) in WRITERS {
        let mut succeeded = 0;
        for kilobytes in sizes {
            let output = on_disk(&shop, &format!("size={kilobytes}k"), words);
            assert_whole(&shop.path("kept"), words);
            if output.status.success() {
                succeeded += 1;
                continue;
            }
            assert_eq!(succeeded, 0, "{words} fails with {kilobytes} kB, but not with less");
            let refusal = refusal(words, &output);
            let is_named = ["No space left", " free", " left: "].iter().any(|reason| refusal.contains(reason));
            assert!(is_named, "{words} with {kilobytes} kB: {refusal}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_fails_leaves_the_earlier_one() {
    if !has_disks() {
        return;
    }
    let shop = supplied();
    let (program, report) = (env!("CARGO_BIN_EXE_spinodal"), "report ../run --out page");
    let twice = format!("{report} && cp -a page ../before && '{program}' {report} --force");
    let refusal = refusal(&twice, &on_disk(&shop, "size=180k", &twice));
    assert!(refusal.contains("No space left"), "{refusal}");
    assert!(files(&shop.path("kept/page")) == files(&shop.path("before")));
    assert_eq!(shop.names_in("kept"), ["page"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_film_keeps_the_pictures_that_fit() {
    if !has_disks() {
        return;
    }
    let shop = supplied();
    let mut kept = BTreeSet::new();
    for kilobytes in [8, 16, 24, 32, 40] {
        let words = "render ../run --turntable 12 --size 160x100 --out film.gif";
        let output = on_disk(&shop, &format!("size={kilobytes}k"), words);
        let refusal = refusal(words, &output);
        let film = BufReader::new(File::open(shop.path("kept/film.gif")).unwrap());
        let pictures = GifDecoder::new(film).unwrap().into_frames().collect_frames().unwrap().len();
        assert!(refusal.contains("No space left") && refusal.contains(&format!("{pictures} picture")), "{refusal}");
        kept.insert(pictures);
    }
    assert!(kept.len() > 3 && kept.iter().all(|pictures| *pictures < 12), "{kept:?}");
}

/// What was done before the disk was full is taken up where there is room.
#[test]
#[cfg(target_os = "linux")]
fn runs_of_a_full_disk_go_on_elsewhere() {
    if !has_disks() {
        return;
    }
    let shop = supplied();
    let again = |words: &str, next: &str| {
        let output = on_disk(&shop, "size=500k", words);
        refusal(words, &output);
        let output = shop.quick(next).current_dir(shop.path("kept")).output().unwrap();
        assert!(output.status.success(), "{next}: {}", text(&output.stderr));
    };
    again(
        "compare --init sphere --grid 16 --frames 9 --states 1 --engine cpu --candidate frozen --out run",
        "compare --resume run",
    );
    assert_eq!(read_frames(&shop.path("kept/run/reference.npy"), false).unwrap().len(), 10);
    let train = "train --data ../data --steps 40 --batch 1 --length 3 --unroll 2 --engine cpu --out trained";
    again(train, "train --resume trained");
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_cannot_be_written_is_named() {
    if !has_disks() {
        return;
    }
    let shop = supplied();
    for (words, _) in WRITERS {
        let refusal = refusal(words, &on_disk(&shop, "ro", words));
        let out = words.rsplit_once("--out ").unwrap().1.split(' ').next().unwrap();
        assert!(refusal.contains("Read-only file system") && refusal.contains(out), "{words}: {refusal}");
        assert!(files(&shop.path("kept")).is_empty(), "{words}");
    }
}

fn wait_for(what: &str, child: &mut Child, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(child.try_wait().unwrap().is_none(), "{what}: it ended by itself");
        assert!(start.elapsed() < PATIENCE, "no sign of {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whoever clears up while a run is writing gets a sentence, not a panic; and nothing comes back.
#[test]
#[cfg(unix)]
fn a_folder_that_vanishes_ends_its_run() {
    let shop = supplied();
    for (words, sign) in [
        ("simulate --grid 16 --frames 20000 --engine cpu --out gone/a.npy", ""),
        ("compare --grid 16 --frames 100000 --states 5 --engine cpu --candidate frozen --out gone", "states"),
        ("dataset --sequences 100000 --frames 6 --grids 16 --threads 2 --out gone", "sequences/00000.npy"),
        (
            "train --data data --steps 100000 --validate-every 5 --batch 1 --channels 2 --engine cpu --out gone",
            "best.safetensors",
        ),
    ] {
        if sign.is_empty() {
            fs::create_dir(shop.path("gone")).unwrap();
        }
        let mut child = shop.quick(words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let gone = shop.path("gone");
        let has_begun = || match sign {
            "" => fs::read_dir(&gone).unwrap().count() > 0,
            sign => gone.join(sign).exists(),
        };
        wait_for(words, &mut child, has_begun);
        // A run may put a file there meanwhile.
        while gone.exists() {
            fs::remove_dir_all(&gone).unwrap_or_else(|error| println!("{error}"));
        }
        let refusal = refusal(words, &child.wait_with_output().unwrap());
        assert!(refusal.contains("gone"), "{words}: {refusal}");
        assert!(!gone.exists(), "{words}");
    }
}
