//! Pictures, films and reports of a recording.

use super::{Workshop, assert_drawn, end, start, text, wait};
use image::{AnimationDecoder, RgbaImage, codecs::gif::GifDecoder};
use spinodal::recording::{METRICS, table};
use std::{
    fs,
    io::{BufReader, Cursor},
    path::Path,
};

/// A folder with a short recording of two candidates, `run`.
fn recorded(grid: &str) -> Workshop {
    let shop = Workshop::new();
    shop.succeed(&format!(
        "compare --init sphere --grid {grid} --candidate frozen --candidate spectral:dt=0.1,grid=coarse --frames 3 \
         --engine cpu --out run"
    ));
    shop
}

fn picture(path: &Path) -> RgbaImage {
    image::open(path).unwrap().to_rgba8()
}

#[test]
fn frames_are_drawn_side_by_side() {
    let shop = recorded("16");
    let printed = shop.succeed("render run --out frames --size 300x120 --frames 1..3..2");
    assert!(printed.starts_with("2 pictures: frames"), "{printed}");
    assert_eq!(shop.names_in("frames"), [".lock", "00000.png", "00001.png"]);
    let first = picture(&shop.path("frames/00000.png"));
    assert_eq!(first.dimensions(), (300, 120));
    // Three parts, each with the sphere in its middle in its own colours, opaque on the window's dark ground.
    let middles = [50, 150, 250].map(|x| first.get_pixel(x, 60).0);
    let [warm, cool, violet] = middles;
    assert!(warm[0] > warm[2] + 20 && cool[2] > cool[0] + 20 && violet[2] > violet[1] + 10, "{middles:?}");
    assert!(first.get_pixel(2, 118).0.iter().take(3).all(|&channel| channel < 60));
    assert!(first.pixels().all(|pixel| pixel.0[3] == 255));
    // In each there is a line above.
    for left in [0, 100, 200] {
        let brightest = (0..90 * 20).map(|i| first.get_pixel(left + 2 + i % 90, 2 + i / 90).0[1]).max();
        assert!(brightest > Some(120), "no line at {left}");
    }
    shop.refuse("render run --out frames --size 300x120", "is not empty");
    shop.file("frames/notes.md", "mine");
    shop.succeed("render run --out frames --size 300x120 --frames 3 --force");
    assert_eq!(shop.names_in("frames"), [".lock", "00000.png", "notes.md"]);
    shop.refuse("render run --out more --frames 0..4", "there is no frame 4 in a run of 3 frames");
    for words in ["render run --out more", "report run --out more"] {
        for size in ["10x10", "16384x16384", "99999x100"] {
            shop.refuse(&format!("{words} --size {size}"), "pixels cannot be drawn: each side must lie between 64 and");
        }
    }
    shop.refuse("render nothing --out more", "nothing");
    assert_eq!(shop.run("render run --out more --frames 3..1").status.code(), Some(2));
}

#[test]
fn a_picture_lies_on_any_background() {
    let shop = recorded("16");
    let of = |background: &str| {
        shop.succeed(&format!("render run --out {background}.png --size 300x120 --background {background}"));
        picture(&shop.path(&format!("{background}.png")))
    };
    let [light, white, transparent] = ["light", "white", "transparent"].map(of);
    assert_eq!(white.get_pixel(1, 118).0, [255; 4]);
    assert_eq!(transparent.get_pixel(1, 118).0[3], 0);
    assert!(light.get_pixel(1, 118).0[..3].iter().all(|channel| (200..255).contains(channel)));
    for image in [&light, &white, &transparent] {
        let [red, _, blue, alpha] = image.get_pixel(50, 60).0;
        assert!(red > blue + 20 && alpha == 255, "the sphere is opaque: {:?}", image.get_pixel(50, 60));
    }
    // Edges are smooth, and text is there.
    assert!(transparent.pixels().any(|pixel| (32..224).contains(&pixel.0[3])));
    assert!((0..90 * 20).any(|i| transparent.get_pixel(2 + i % 90, 2 + i / 90).0[3] > 128));
}

#[test]
fn a_film_plays_all_frames_and_goes_round() {
    let shop = recorded("16x16x12");
    let film = |name: &str| {
        let reader = BufReader::new(Cursor::new(fs::read(shop.path(name)).unwrap()));
        GifDecoder::new(reader).unwrap().into_frames().collect_frames().unwrap()
    };
    shop.succeed("render run --out film.gif --size 200x90 --fps 20");
    let frames = film("film.gif");
    assert_eq!(frames.len(), 4);
    assert!(frames.iter().all(|frame| frame.delay().numer_denom_ms() == (50, 1)));
    assert_eq!(frames[0].buffer().dimensions(), (200, 90));

    // One frame from all sides: only the camera moves, and the last picture comes just before the first.
    shop.succeed("render run --out round.gif --size 200x90 --frames 2 --turntable 5 --background white");
    let round = film("round.gif");
    assert_eq!(round.len(), 5);
    let apart = |a: usize, b: usize| {
        let pairs = round[a].buffer().pixels().zip(round[b].buffer().pixels());
        pairs.filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 40).count()
    };
    assert!(apart(0, 1) > 20 && apart(0, 2) > 20, "{} {}", apart(0, 1), apart(0, 2));
}

#[cfg(unix)]
#[test]
fn ffmpeg_makes_an_mp4_where_there_is_one() {
    use std::os::unix::fs::PermissionsExt;
    let shop = recorded("16");
    let with_path = |path: &str| {
        let mut command = shop.command("render run --out film.mp4 --size 201x99 --fps 12 --force");
        command.env("PATH", path).output().unwrap()
    };
    let without = with_path("/nowhere");
    let message = text(&without.stderr);
    assert_eq!((without.status.code(), message.lines().count()), (Some(1), 1), "{message}");
    assert!(message.contains("no ffmpeg was found; install it, or write a .gif or a folder of pictures"), "{message}");
    assert!(!shop.path("film.mp4").exists());

    // One that counts what it is given and repeats what it is told.
    let script = |body: &str| {
        shop.file("bin/ffmpeg", format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(shop.path("bin/ffmpeg"), fs::Permissions::from_mode(0o755)).unwrap();
        with_path(&format!("{}:/usr/bin:/bin", shop.path("bin").display()))
    };
    fs::create_dir(shop.path("bin")).unwrap();
    let done = script("for last; do :; done; { echo \"$@\"; wc -c; } > \"${last#file:}\"");
    assert!(done.status.success(), "{}", text(&done.stderr));
    let told = fs::read_to_string(shop.path("film.mp4")).unwrap();
    let (arguments, bytes) = told.split_once('\n').unwrap();
    assert!(arguments.contains("-pix_fmt rgba -s 201x99 -r 12 -i -"), "{arguments}");
    assert_eq!(bytes.trim().parse::<usize>().unwrap(), 4 * 201 * 99 * 4, "four pictures");

    let refused = script("cat > /dev/null; echo 'Unknown encoder' >&2; exit 3");
    assert!(text(&refused.stderr).contains("ffmpeg failed: Unknown encoder"), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(shop.path("film.mp4")).unwrap(), told, "the earlier film is left");
    assert!(shop.names().iter().all(|path| !path.to_string_lossy().contains(".spinodal-")));
    shop.refuse("render run --out film.mp4", "film.mp4 exists already: choose another name, or --force");
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_pictures_drawn() {
    let shop = recorded("16");
    let child = start(&shop, "render run --out frames --size 400x200 --turntable 100000");
    wait("its first pictures", || shop.path("frames/00002.png").exists());
    let output = end(child, "-INT");
    assert!(output.status.success() && text(&output.stdout).starts_with("interrupted after "));
    shop.names_in("frames")
        .iter()
        .filter(|name| *name != ".lock")
        .for_each(|name| assert_drawn(&shop.path("frames").join(name)));
}

#[test]
fn a_report_tells_the_figures_of_the_recording() {
    let shop = recorded("16");
    shop.succeed("report run --out report --size 300x120");
    let expected = [".lock", "energy.png", "error.png", "first.png", "last.png", "metrics.csv", "report.md"];
    assert_eq!(shop.names_in("report"), expected);
    for name in &expected[1..5] {
        assert_drawn(&shop.path("report").join(name));
    }
    let page = fs::read_to_string(shop.path("report/report.md")).unwrap();
    let names = ["frozen", "spectral-coarse-0.1"].map(str::to_owned);
    let (rows, _) = table::read(&shop.path("run").join(METRICS), &names).unwrap();
    let last = rows.last().unwrap();
    for (candidate, name) in names.iter().enumerate() {
        let metrics = last.metrics(candidate).unwrap();
        let rmse = spinodal::report::number::significant(metrics.rmse);
        let delta = spinodal::report::number::significant(metrics.displacement);
        let line = format!("- **{name}** at the end, at frame 3: RMSE {rmse}, δ {delta} grid units");
        assert!(page.contains(&line), "{line}: {page}");
    }
    // All lines of the table have as many cells as its heading: frame, time, and three figures of each candidate.
    let lines: Vec<_> = page.lines().filter(|line| line.starts_with('|')).collect();
    let cells = |line: &str| line.replace("\\|", "").matches('|').count() - 1;
    assert!(lines.len() == 5 && lines.iter().all(|line| cells(line) == 8), "{lines:?}");
    // Results come first, then pictures, then settings, with a setup that can be run again.
    let places = ["RMSE", "](error.png)", "](last.png)", "## What is measured", "## Settings", "```toml"];
    let places = places.map(|words| page.find(words).unwrap_or_else(|| panic!("{words}: {page}")));
    assert!(places.is_sorted(), "{page}");
    let same = fs::read(shop.path("report/metrics.csv")).unwrap() == fs::read(shop.path("run/metrics.csv")).unwrap();
    assert!(same, "the table is the recording's");
    let toml = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let setup: spinodal::comparison::Setup = toml::from_str(toml).unwrap();
    assert_eq!(setup, spinodal::comparison::RunRecord::read(&shop.path("run")).unwrap().setup);
    shop.refuse("report run --out report", "is not empty");
    shop.refuse("report run --out run --force", "run holds a recording");
    shop.refuse("report nothing --out other", "nothing");
}

#[test]
fn flat_boxes_are_drawn_too() {
    let shop = recorded("40x24x1");
    shop.succeed("render run --out flat.png --size 300x120 --background white");
    assert_drawn(&shop.path("flat.png"));
    shop.succeed("report run --out report --size 300x120");
    assert_drawn(&shop.path("report/last.png"));
}
