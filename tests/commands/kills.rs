//! Killed at any moment, a run leaves what it had done, and the next one ends as if nothing had happened.
//!
//! Every command is killed as often as `SPINODAL_KILLS` says, by default 20 times, at moments spread over the time that
//! it takes undisturbed. The moments are the same in every run unless their number is asked for.

use super::{CRANE, CRANE_ROLLOUT, Workshop, files, text};
use image::{AnimationDecoder, codecs::gif::GifDecoder};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    comparison::RunRecord,
    formats::npy::read_frames,
    network::Model,
    recording::Frame,
    training::{checkpoint::read_checkpoint, folder::RunFolder},
};
use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    io::BufReader,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant, SystemTime},
};

/// Runs that are killed one after the other in one folder, each where the one before left it.
const IN_A_ROW: usize = 4;

/// Runs a command to its end, and gives the time it took.
fn run(shop: &Workshop, words: &str) -> Duration {
    let start = Instant::now();
    let output = shop.quick(words).output().unwrap();
    assert!(output.status.success(), "{words}: {}", text(&output.stderr));
    start.elapsed()
}

/// Starts a command and kills it after so long, as no program can notice.
fn kill(shop: &Workshop, words: &str, after: Duration) {
    let mut command = shop.quick(words);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Moments at which a command is killed that takes so long, in any order.
fn moments(whole: Duration) -> Vec<Duration> {
    let asked = env::var("SPINODAL_KILLS").ok();
    let asked: Option<usize> = asked.map(|kills| kills.parse().expect("SPINODAL_KILLS is a number of kills"));
    let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let mut random = ChaCha8Rng::seed_from_u64(if asked.is_some() { now() } else { 9 });
    let count = asked.unwrap_or(20);
    let mut moments: Vec<_> =
        (0..count).map(|part| whole.mul_f64((part as f64 + random.random_range(0.0..1.0)) / count as f64)).collect();
    (1..count).for_each(|place| moments.swap(place, random.random_range(0..=place)));
    moments
}

/// A hidden file that a killed run left.
fn is_part(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|name| name.starts_with(".spinodal-"))
}

/// Each of these commands writes one file.
#[test]
fn a_file_is_absent_or_whole() {
    const WORK: [(&str, &str); 5] = [
        ("simulate --grid 16 --frames 200 --steps-per-frame 20 --engine cpu --out a.npy", "a.npy"),
        ("rollout --init start.npy --coarsening 1 --frames 10 --engine cpu --model model.pt --out b.npy", "b.npy"),
        ("surface a.npy --out a.obj", "a.obj"),
        ("export a.npy --out a.vti", "a.vti"),
        ("import-crane model.pt --out model.safetensors", "model.safetensors"),
    ];
    let shop = Workshop::new();
    fs::copy(CRANE, shop.path("model.pt")).unwrap();
    let start = read_frames(Path::new(CRANE_ROLLOUT), true).unwrap();
    let start: Vec<f64> = start[0].values().iter().map(|&phi| phi.into()).collect();
    shop.file("start.npy", super::npy("(16, 16, 16)", &start));
    for (words, out) in WORK {
        let whole = run(&shop, words);
        let expected = fs::read(shop.path(out)).unwrap();
        let mut others = shop.names();
        others.retain(|path| *path != shop.path(out));
        for moment in moments(whole) {
            if shop.path(out).exists() {
                fs::remove_file(shop.path(out)).unwrap();
            }
            kill(&shop, words, moment);
            let found = fs::read(shop.path(out));
            assert!(found.is_err() || found.is_ok_and(|found| found == expected), "{words}: {moment:?}");
        }
        if shop.path(out).exists() {
            fs::remove_file(shop.path(out)).unwrap();
        }
        run(&shop, words);
        assert!(fs::read(shop.path(out)).unwrap() == expected, "{words}");
        let mut left = shop.names();
        left.retain(|path| *path != shop.path(out));
        assert_eq!(left, others, "{words}: what killed runs left is cleaned");
    }
}

/// Kills a command again and again, each time going on in the same folder; `next` gives the words that do, and `check`
/// looks at what a kill leaves. In the end, the folder is as `expected`.
fn kill_in_a_row(
    whole: Duration,
    begin: impl Fn(&Workshop),
    next: impl Fn(&Workshop) -> String,
    check: impl Fn(&Workshop),
    expected: impl Fn(&Workshop),
) {
    for moments in moments(whole).chunks(IN_A_ROW) {
        let shop = Workshop::new();
        begin(&shop);
        for &moment in moments {
            kill(&shop, &next(&shop), moment);
            check(&shop);
        }
        run(&shop, &next(&shop));
        expected(&shop);
    }
}

const COMPARE: &str = "compare --grid 16 --states 3 --engine cpu --candidate frozen \
                       --candidate spectral:dt=0.01,grid=coarse --steps-per-frame 20 --out run";

/// All frames of the recording in `run`, which must be readable; none if nothing was recorded.
fn frames(shop: &Workshop) -> Vec<Frame> {
    let folder = shop.path("run");
    if !folder.join("metrics.csv").exists() {
        return Vec::new();
    }
    let (_, reader) = RunRecord::open(&folder).unwrap();
    (0..reader.rows().len()).map(|frame| reader.frame(frame).unwrap().unwrap()).collect()
}

/// What a recording holds, but for how long its frames took.
fn recording(shop: &Workshop) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(&shop.path("run"));
    assert!(files.remove("outcome.toml").is_some());
    files
}

/// What is the same in two frames of one number.
fn is_same(one: &Frame, other: &Frame) -> bool {
    one.row == other.row && one.reference == other.reference && one.candidates == other.candidates
}

#[test]
fn a_comparison_shows_its_complete_frames_and_goes_on() {
    let undisturbed = Workshop::new();
    let whole = run(&undisturbed, &format!("{COMPARE} --frames 20"));
    let (all, files) = (frames(&undisturbed), recording(&undisturbed));
    let check = |shop: &Workshop| {
        let found = frames(shop);
        assert!(found.iter().zip(&all).all(|(found, expected)| is_same(found, expected)));
    };
    let expected = |shop: &Workshop| assert_same_files(&recording(shop), &files);
    let resume = "compare --resume run --frames 20".to_owned();
    let next = |shop: &Workshop| match shop.path("run/run.toml").exists() {
        true => resume.clone(),
        false => format!("{COMPARE} --frames 20 --force"),
    };
    kill_in_a_row(whole, |_| (), next, check, expected);

    // The same of one that had ended and is continued.
    let shop = Workshop::new();
    run(&shop, &format!("{COMPARE} --frames 4"));
    let ended = super::files(&shop.path("run"));
    let begin = |shop: &Workshop| {
        ["run/states", "run/surfaces"].iter().for_each(|folder| fs::create_dir_all(shop.path(folder)).unwrap());
        ended.iter().for_each(|(name, bytes)| fs::write(shop.path("run").join(name), bytes).unwrap());
    };
    let start = Instant::now();
    run(&shop, &resume);
    expected(&shop);
    kill_in_a_row(start.elapsed(), begin, |_| resume.clone(), check, expected);
}

fn assert_same_files(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) {
    let [names, wanted] = [found, expected].map(|files| files.keys().collect::<Vec<_>>());
    assert_eq!(names, wanted);
    found.iter().for_each(|(name, bytes)| assert!(*bytes == expected[name], "{name} is another"));
}

const DATASET: &str = "dataset --out data --sequences 12 --frames 6 --grids 12,16 --late-frames 1..3";

#[test]
fn a_dataset_keeps_its_whole_sequences_and_is_completed() {
    let undisturbed = Workshop::new();
    let whole = run(&undisturbed, DATASET);
    let expected = files(&undisturbed.path("data"));
    let check = |shop: &Workshop| {
        if shop.path("data").exists() {
            let found = files(&shop.path("data"));
            // The list of finished sequences gives way to the manifest.
            let visible = found.iter().filter(|(name, _)| !is_part(name) && *name != "made.csv");
            visible.for_each(|(name, bytes)| assert!(*bytes == expected[name], "{name} is another"));
        }
    };
    let whole_again = |shop: &Workshop| assert_same_files(&files(&shop.path("data")), &expected);
    kill_in_a_row(whole, |_| (), |_| DATASET.to_owned(), check, whole_again);
}

const TRAIN: &str = "train --data data --steps 16 --batch 1 --layers 1 --channels 2 --length 3..6 --unroll 2 --warmup 2 \
                     --validate-every 6 --engine cpu --out run";

#[test]
fn a_training_goes_on_with_the_same_weights() {
    let undisturbed = Workshop::new();
    let dataset = "dataset --out data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3";
    run(&undisturbed, dataset);
    let whole = run(&undisturbed, TRAIN);
    let state = |shop: &Workshop| read_checkpoint(&RunFolder::checkpoint_path(&shop.path("run"))).unwrap().state;
    let tables = |shop: &Workshop| {
        ["metrics.csv", "validation.csv"].map(|name| fs::read_to_string(shop.path("run").join(name)).unwrap())
    };
    let weights = |shop: &Workshop| {
        ["initial", "best", "last"]
            .map(|name| Model::load(shop.path(&format!("run/{name}.safetensors"))).unwrap().weights)
    };
    let data = files(&undisturbed.path("data"));
    let begin = |shop: &Workshop| {
        fs::create_dir_all(shop.path("data/sequences")).unwrap();
        data.iter().for_each(|(name, bytes)| fs::write(shop.path("data").join(name), bytes).unwrap());
    };
    let next = |shop: &Workshop| match shop.path("run/config.toml").exists() {
        true => "train --resume run".to_owned(),
        false => TRAIN.to_owned(),
    };
    let check = |shop: &Workshop| {
        let found = if shop.path("run").exists() { files(&shop.path("run")) } else { BTreeMap::new() };
        for name in found.keys().filter(|name| name.ends_with(".safetensors")) {
            let path = shop.path("run").join(name);
            match name.as_str() {
                "checkpoint.safetensors" => drop(read_checkpoint(&path).unwrap()),
                _ => drop(Model::load(&path).unwrap()),
            }
        }
    };
    let expected = |shop: &Workshop| {
        assert_eq!(tables(shop), tables(&undisturbed));
        assert!(state(shop) == state(&undisturbed) && weights(shop) == weights(&undisturbed));
        let names = |shop: &Workshop| files(&shop.path("run")).into_keys().collect::<Vec<_>>();
        assert_eq!(names(shop), names(&undisturbed));
    };
    kill_in_a_row(whole, begin, next, check, expected);
}

/// Pictures in a film, which must be whole.
fn pictures(film: &Path) -> usize {
    let film = GifDecoder::new(BufReader::new(File::open(film).unwrap())).unwrap();
    film.into_frames().map(Result::unwrap).count()
}

#[test]
fn pictures_and_reports_are_absent_or_whole() {
    const WORK: [(&str, &str); 3] = [
        ("render run --frames 0..4 --size 64x64 --force --out film.gif", "film.gif"),
        ("render run --frames 0..4 --size 64x64 --force --out pictures", "pictures"),
        ("report run --force --out page", "page"),
    ];
    let shop = Workshop::new();
    run(&shop, &format!("{COMPARE} --frames 4"));
    for (words, out) in WORK {
        let whole = run(&shop, words);
        let out = shop.path(out);
        let is_whole = || match out.is_dir() {
            true => files(&out).keys().filter(|name| name.ends_with(".png")).for_each(|name| {
                image::open(out.join(name)).unwrap();
            }),
            false if out.exists() => assert_eq!(pictures(&out), 5),
            false => (),
        };
        let expected = if out.is_dir() { files(&out) } else { BTreeMap::new() };
        for moment in moments(whole) {
            kill(&shop, words, moment);
            is_whole();
        }
        run(&shop, words);
        is_whole();
        if out.is_dir() {
            assert_same_files(&files(&out), &expected);
        }
    }
    assert!(!shop.names().iter().any(|path| is_part(&path.to_string_lossy())));
}
