//! The real program in a real window, on a virtual display of its own.
//!
//! Needs Xvfb, xdotool and ImageMagick's `import`. Nothing here depends on how fast the machine is.

mod drag;
mod glance;

use drag::Drag;
use glance::Glance;
use image::RgbaImage;
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long the slowest machine may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(180);

/// The display is as large as the window opens.
const SCREEN: (u32, u32) = (1440, 900);

/// Parts of the window in pixels: x, y, width, height. They leave out titles, panel edges and the message banner.
const SOLVER: Area = (20, 150, 460, 560);
const NETWORK: Area = (526, 150, 460, 560);
const FIGURES: Area = (1020, 70, 410, 220);
const BANNER: Area = (200, 50, 600, 80);
const DIALOG: Area = (480, 370, 480, 160);

const BAR: Area = (0, 0, 700, 42);

/// The middle of the button that steps.
const ON_STEP: &str = "61 21";

type Area = (u32, u32, u32, u32);

/// A process that does not outlive the test.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program on its display.
struct Window {
    // Dropped first: a window should not see its display vanish.
    program: Owned,
    _server: Owned,
    display: String,
}

impl Window {
    fn open(arguments: &[&str]) -> Self {
        // The tools that look at it may come and go before the program is there.
        let (server, display) = start_display("-noreset");
        let program = program_on(&display).args(arguments).spawn().expect("the program starts");
        Self { program: Owned(program), _server: server, display }
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(name)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .unwrap_or_else(|error| panic!("{name} is needed for this test: {error}"));
        output.stdout
    }

    fn xdotool(&self, arguments: &str) -> String {
        let arguments: Vec<_> = arguments.split(' ').collect();
        String::from_utf8_lossy(&self.tool("xdotool", &arguments)).trim().to_owned()
    }

    /// Waits until `look` finds what it looks for.
    fn wait_for<T>(&mut self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            if let Some(status) = self.program.0.try_wait().expect("the program can be asked for its state") {
                panic!("the program ended ({status}) before {what}");
            }
            assert!(start.elapsed() < PATIENCE, "no sign of {what} after {PATIENCE:?}");
            sleep(Duration::from_millis(200));
        }
    }

    /// The frame that the title names.
    fn frame(&self) -> Option<usize> {
        let title = self.xdotool("search --onlyvisible --name ^Spinodal getwindowname");
        title.rsplit_once("frame ")?.1.parse().ok()
    }

    fn id(&self) -> u32 {
        self.xdotool("search --onlyvisible --name ^Spinodal").parse().expect("there is one window")
    }

    /// Sends it what is typed from now on.
    fn focus(&self) {
        self.xdotool("search --onlyvisible --name ^Spinodal windowfocus mousemove 250 500");
    }

    fn wait_for_frame(&mut self, least: usize) {
        self.wait_for(&format!("frame {least}"), |window| window.frame().filter(|frame| *frame >= least));
    }

    fn screenshot(&self) -> RgbaImage {
        let png = self.tool("import", &["-silent", "-window", "root", "png:-"]);
        image::load_from_memory(&png).expect("import writes a picture").into_rgba8()
    }

    /// A picture of the window once it has stopped changing.
    fn still(&mut self) -> RgbaImage {
        let mut last = self.screenshot();
        self.wait_for("a window at rest", move |window| {
            let next = window.screenshot();
            let rest = (next == last).then(|| next.clone());
            last = next;
            rest
        })
    }

    /// A window in which nothing happens uses no processor time.
    fn assert_asleep(&self) {
        const WATCHED: Duration = Duration::from_secs(2);
        let before = self.processor_time();
        sleep(WATCHED);
        let spent = self.processor_time() - before;
        assert!(spent < WATCHED / 10, "the window at rest used {spent:?} of processor time in {WATCHED:?}");
    }

    /// Processor time that the program has used so far, on all cores.
    fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.program.0.id())).expect("Linux tells it");
        // Fields 14 and 15 of the table, in hundredths of a second; the second, a name, ends with a bracket.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().expect("a number")).sum();
        Duration::from_millis(10 * ticks)
    }

    /// All that computes gives way to the thread that draws the window.
    fn assert_computation_stands_back(&self) {
        let tasks = format!("/proc/{}/task", self.program.0.id());
        let mut nice: Vec<(String, i32)> = std::fs::read_dir(tasks)
            .expect("Linux lists threads")
            // Some threads come and go.
            .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok())
            .map(|stat| {
                // The second field is the name, in brackets, the 19th the step back.
                let (head, tail) = stat.rsplit_once(") ").expect("a name in brackets");
                let name = head.split_once('(').expect("a name in brackets").1.to_owned();
                (name, tail.split(' ').nth(16).and_then(|field| field.parse().ok()).expect("a number"))
            })
            .collect();
        nice.sort();
        let of =
            |wanted: &'static str| nice.iter().filter(move |(name, _)| name.starts_with(wanted)).map(|(_, nice)| *nice);
        for name in ["simulation", "painter", "pool "] {
            assert!(of(name).count() > 0 && of(name).all(|nice| nice == 12), "{name}: {nice:?}");
        }
        assert!(of("spinodal").any(|nice| nice < 12), "{nice:?}");
    }

    /// Presses and lets go a key together with the control key, all at once: within one slow update.
    fn control(&mut self, key: &str, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        self.xdotool(&format!("key --delay 0 ctrl+{key}"));
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < PATIENCE, "no sign of {what} after {PATIENCE:?}");
            sleep(Duration::from_millis(200));
        }
    }

    /// Asks the program to end, and waits until it has.
    fn quit(mut self) {
        let mut ended = None;
        self.control("q", "the end", |window| {
            ended = window.program.0.try_wait().expect("the program can be asked for its state");
            ended.is_some()
        });
        let status = ended.expect("it has ended");
        assert!(status.success(), "the program ended with {status}");
    }
}

/// The program, to be started on a display.
fn program_on(display: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_spinodal"));
    program
        .env("DISPLAY", display)
        // Where X11 is there, it goes first: on Wayland, winit does not tell of files dropped on the window.
        .env("WAYLAND_DISPLAY", "nowhere")
        .env_remove("WAYLAND_SOCKET")
        // The desktop that the tests run on is left alone: no file dialog of its own opens there. Without an address,
        // a bus would be started.
        // What the user's own window remembers is left alone, and not found.
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_DATA_HOME", "/nonexistent")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env_remove("XDG_RUNTIME_DIR")
        .env("PATH", "");
    program
}

/// An X server on the first free display, with an option that says what it does once its last client has left.
fn start_display(deserted: &str) -> (Owned, String) {
    let screen = format!("{}x{}x24", SCREEN.0, SCREEN.1);
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", deserted])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("Xvfb is needed for this test: {error}"));
    let mut number = String::new();
    let answer = server.stdout.take().expect("its output is piped");
    BufReader::new(answer).read_line(&mut number).expect("Xvfb names its display");
    (Owned(server), format!(":{}", number.trim()))
}

fn cut(picture: &RgbaImage, (x, y, width, height): Area) -> RgbaImage {
    image::imageops::crop_imm(picture, x, y, width, height).to_image()
}

/// Fraction of the pixels in `area` that `is` true of.
fn fraction(picture: &RgbaImage, area: Area, is: impl Fn([i32; 3]) -> bool) -> f64 {
    let part = cut(picture, area);
    let count = part.pixels().filter(|pixel| is([0, 1, 2].map(|channel| i32::from(pixel.0[channel])))).count();
    count as f64 / f64::from(area.2 * area.3)
}

/// Fraction of the pixels in `area` that differ.
fn change(before: &RgbaImage, after: &RgbaImage, area: Area) -> f64 {
    let (before, after) = (cut(before, area), cut(after, area));
    let count = before.pixels().zip(after.pixels()).filter(|(one, other)| one != other).count();
    count as f64 / f64::from(area.2 * area.3)
}

fn colours(picture: &RgbaImage, area: Area) -> usize {
    cut(picture, area).pixels().map(|pixel| pixel.0).collect::<std::collections::HashSet<_>>().len()
}

/// The solver's surface is drawn in warm colours, the network's in cool ones, both shaded.
fn assert_both_surfaces(picture: &RgbaImage) {
    let warm = |[red, _, blue]: [i32; 3]| red > blue + 30;
    let cool = |[red, _, blue]: [i32; 3]| blue > red + 30;
    for (name, area, is) in [("solver", SOLVER, &warm as &dyn Fn(_) -> _), ("network", NETWORK, &cool)] {
        let covered = fraction(picture, area, is);
        assert!((0.03..0.9).contains(&covered), "the {name}'s surface covers {covered:.3} of its view");
        let shades = colours(picture, area);
        assert!(shades > 200, "the {name}'s view has {shades} colours");
    }
    assert!(fraction(picture, SOLVER, cool) < 0.03, "the solver's view holds the network's colours");
    assert!(fraction(picture, NETWORK, warm) < 0.03, "the network's view holds the solver's colours");
}

#[test]
fn the_bunny_coarsens_in_both_views_and_the_window_obeys() {
    let mut window = Window::open(&["--init", "bunny", "--grid", "32"]);
    window.wait_for_frame(2);
    window.assert_computation_stands_back();
    let (early, start) = (window.screenshot(), Instant::now());
    window.wait_for_frame(6);
    let four_frames = start.elapsed();

    // Paused, it comes to rest once the frame under way is done: nothing flickers, and no frame follows.
    window.focus();
    window.xdotool("key space");
    sleep(four_frames);
    let paused = window.still();
    let frame = window.frame();
    assert_both_surfaces(&paused);
    window.assert_asleep();
    assert!(change(&early, &paused, FIGURES) > 0.001, "the figures have not moved");

    // One drag turns both views. The button is held until they have turned: a slow window may see a whole drag as one
    // moment.
    window.xdotool("mousedown 1");
    for (view, area) in [("dragged", SOLVER), ("other", NETWORK)] {
        let mut path = (250..450).step_by(20).cycle();
        window.wait_for(&format!("the {view} view turning"), |window| {
            window.xdotool(&format!("mousemove {} 520", path.next()?));
            (change(&paused, &window.screenshot(), area) > 0.02).then_some(())
        });
    }
    window.xdotool("mouseup 1");
    let turned = window.still();
    assert_both_surfaces(&turned);
    assert_eq!(window.frame(), frame, "frames went on although paused");

    // A file that cannot be read leaves a message, and nothing else.
    let mut bad = tempfile::Builder::new().suffix(".ply").tempfile().expect("a temporary file");
    bad.write_all(b"ply\nformat ascii 1.0\nelement vertex 9\nend_header\n").expect("a temporary file can be written");
    open_file(&mut window, bad.path());
    window.wait_for("a message", |window| (alerts(&window.screenshot()) > 0.2).then_some(()));
    assert_both_surfaces(&window.still());
    assert_eq!(window.frame(), frame, "the run was given up for a file that cannot be read");
    window.xdotool("key space");
    window.wait_for_frame(frame.unwrap_or_default() + 2);
    window.quit();
}

#[test]
fn the_program_does_not_desert_its_display_while_it_starts() {
    // Other servers start anew, and refuse connections meanwhile; this one makes sure that it would be seen.
    let (_server, display) = start_display("-terminate");
    let mut program = program_on(&display)
        .args(["--init", "sphere", "--grid", "32"])
        .env("RUST_LOG", "warn,spinodal::app::window::watch=debug")
        .stderr(Stdio::piped())
        .spawn()
        .map(Owned)
        .expect("the program starts");
    let said = program.0.stderr.take().expect("its messages are piped");
    let lines: Vec<_> =
        BufReader::new(said).lines().map_while(Result::ok).take_while(|l| !l.contains("update ")).collect();
    let ended = program.0.try_wait().expect("the program can be asked for its state");
    assert!(ended.is_none(), "the program ended before its window was drawn: {lines:?}");
}

#[test]
fn no_click_is_lost_after_a_rest() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    window.still();
    let mut frame = window.frame().expect("there is a frame");
    window.xdotool(&format!("mousemove {ON_STEP}"));
    // What a slow hand holds down is a click, too.
    for press in [0, 0, 0, 0, 0, 0, 0, 0, 1500, 1500] {
        window.still();
        sleep(Duration::from_millis(1500));
        window.xdotool("mousedown 1");
        sleep(Duration::from_millis(press));
        window.xdotool("mouseup 1");
        frame += 1;
        window.wait_for(&format!("frame {frame}"), |window| (window.frame() == Some(frame)).then_some(()));
    }
    window.quit();
}

#[test]
fn a_new_size_is_laid_out_without_the_pointer() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    window.still();
    for (width, height) in [(1200, 700), (1440, 900), (1030, 660), (1300, 800), (1100, 880), (1440, 700), (1440, 900)] {
        window.xdotool(&format!("search --onlyvisible --name ^Spinodal windowsize {width} {height}"));
        // The status line: a text, and a panel behind it.
        let line = (0, height - 24, 600, 22);
        window.wait_for(&format!("the layout for {width} x {height}"), |window| {
            let panel = fraction(&window.screenshot(), line, |colour| colour == [0x17, 0x1a, 0x20]);
            (0.5..0.99).contains(&panel).then_some(())
        });
    }
    window.quit();
}

#[test]
fn no_picture_lacks_the_panels() {
    let window = Window::open(&["--init", "noise", "--grid", "32"]);
    let camera = Glance::at(&window.display);
    let start = Instant::now();
    let (mut seen, mut lacking) = (false, 0);
    while start.elapsed() < PATIENCE && window.frame() < Some(3) {
        for _ in 0..50 {
            let empty = camera.is_plain(BAR);
            seen |= !empty;
            lacking += usize::from(seen && empty);
        }
    }
    assert!(seen, "the panels were never seen");
    assert_eq!(lacking, 0, "the panels had been there and were gone again");
    window.focus();
    window.quit();
}

#[test]
fn what_is_painted_and_looked_at_again_is_seen() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(3);
    window.focus();
    window.xdotool("key space");
    let sphere = window.still();
    // A stroke across the sphere's middle leaves a bump on both.
    window.xdotool("key p");
    window.xdotool("mousemove 250 430 mousedown 1");
    window.still();
    window.xdotool("mouseup 1 mousemove 700 21");
    let painted = window.still();
    for (view, area) in [("reference", SOLVER), ("candidate", NETWORK)] {
        assert!(change(&sphere, &painted, area) > 0.003, "the {view} shows nothing of the stroke");
    }
    window.xdotool("key p");
    window.xdotool("key ctrl+z");
    window.xdotool("mousemove 700 21");
    let undone = window.still();
    for area in [SOLVER, NETWORK] {
        assert!(change(&sphere, &undone, area) < 0.001, "the stroke was not taken back");
    }
    // Two frames back and forth again: the same pictures.
    let frame = window.frame().expect("there is a frame");
    for (key, shown) in [("Left", frame - 1), ("Left", frame - 2), ("Right", frame - 1), ("Right", frame)] {
        window.xdotool(&format!("key {key}"));
        window.wait_for(&format!("frame {shown}"), |window| (window.frame() == Some(shown)).then_some(()));
    }
    let back = window.still();
    assert!(change(&undone, &back, SOLVER) < 0.001, "the latest frame looks otherwise");
    window.quit();
}

#[test]
fn a_signal_ends_the_program_well() {
    for (signal, playing) in [("INT", true), ("TERM", true), ("INT", false), ("TERM", false)] {
        let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
        window.wait_for_frame(2);
        window.focus();
        if !playing {
            window.xdotool("key space");
            window.still();
            window.assert_asleep();
        }
        window.tool("kill", &[&format!("-{signal}"), &window.program.0.id().to_string()]);
        let start = Instant::now();
        let status = loop {
            if let Some(status) = window.program.0.try_wait().expect("the program can be asked for its state") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "SIG{signal} does not end the program (playing: {playing})");
            sleep(Duration::from_millis(50));
        };
        assert!(status.success(), "after SIG{signal} the program ended with {status} (playing: {playing})");
    }
}

#[test]
fn a_display_that_does_not_answer_is_said_to_be_none() {
    let output = Command::new(env!("CARGO_BIN_EXE_spinodal"))
        .env("DISPLAY", ":4242")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("there is no display"), "{said}");
}

#[test]
fn files_come_in_by_drag_and_drop_and_a_desktop_without_dialogs_is_no_dead_end() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    let sphere = window.still();

    // The dropped mesh starts a run of its own, paused as the one before.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a bunny.ply");
    let bunny = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/meshes/stanford_bunny.ply");
    std::fs::copy(bunny, &path).expect("the bunny can be copied");
    let mut drag = Drag::over(&window.display, window.id(), &path);
    let taken = window.wait_for("the end of the drag", |_| drag.go_on());
    assert!(taken, "the window did not take the file");
    window.wait_for("the run of the file", |window| (window.frame() == Some(0)).then_some(()));
    let bunny = window.still();
    assert_both_surfaces(&bunny);
    assert!(change(&sphere, &bunny, SOLVER) > 0.05, "the surface is still the sphere's");
    assert!(alerts(&bunny) < 0.01, "something went wrong");

    // There is no dialog of the system here, which is said where a path can be typed instead.
    window.control("o", "the dialog", |window| change(&bunny, &window.screenshot(), NETWORK) > 0.5);
    window.still();
    for key in ["Tab", "Tab", "space"] {
        window.xdotool(&format!("key {key}"));
        window.still();
    }
    let red = |[red, green, blue]: [i32; 3]| red > 160 && red > green + 60 && red > blue + 60;
    window.wait_for("a hint", |window| (fraction(&window.screenshot(), DIALOG, red) > 0.002).then_some(()));
    window.xdotool("key Escape");
    window.wait_for("the dialog closing", |window| (change(&bunny, &window.screenshot(), SOLVER) < 0.01).then_some(()));
    window.xdotool("key space");
    window.wait_for_frame(2);
    window.quit();
}

/// Types a path into the dialog that Ctrl+O opens.
fn open_file(window: &mut Window, path: &Path) {
    let before = window.still();
    window.control("o", "the dialog", |window| change(&before, &window.screenshot(), NETWORK) > 0.5);
    window.still();
    window.tool("xdotool", &["type", "--delay", "50", &path.display().to_string()]);
    window.still();
    window.xdotool("key Return");
}

/// How much of the banner's place has its colour.
fn alerts(picture: &RgbaImage) -> f64 {
    fraction(picture, BANNER, |[red, green, blue]| red > green + 15 && red > blue + 12 && red < 80)
}
