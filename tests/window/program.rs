//! The program on a virtual display, and the tools that move the pointer, press keys and take pictures there.

use image::RgbaImage;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long the slowest machine may take to show what is waited for.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// The display is as large as the window opens.
pub const SCREEN: (u32, u32) = (1440, 900);

/// A process that does not outlive the test.
pub struct Owned(pub Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program on its display.
pub struct Window {
    // Dropped first: a window should not see its display vanish.
    pub program: Owned,
    _server: Owned,
    pub display: String,
    /// Where its settings and data are.
    pub home: TempDir,
}

impl Window {
    pub fn open(arguments: &[&str]) -> Self {
        Self::open_with(arguments, |_| {})
    }

    /// Opens it after `prepare` has put files into the folder for its data.
    pub fn open_with(arguments: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        // The tools that look at it may come and go before the program is there.
        let (server, display) = start_display("-noreset");
        let home = tempfile::tempdir().expect("a temporary folder");
        prepare(&home.path().join("data/spinodal"));
        let program = program_on(&display, home.path()).args(arguments).spawn().expect("the program starts");
        Self { program: Owned(program), _server: server, display, home }
    }

    pub fn tool(&self, name: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(name)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .unwrap_or_else(|error| panic!("{name} is needed for this test: {error}"));
        output.stdout
    }

    pub fn xdotool(&self, arguments: &str) -> String {
        let arguments: Vec<_> = arguments.split(' ').collect();
        String::from_utf8_lossy(&self.tool("xdotool", &arguments)).trim().to_owned()
    }

    /// Waits until `look` finds what it looks for.
    pub fn wait_for<T>(&mut self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
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
    pub fn frame(&self) -> Option<usize> {
        let title = self.xdotool("search --onlyvisible --name ^Spinodal getwindowname");
        title.rsplit_once("frame ")?.1.parse().ok()
    }

    pub fn id(&self) -> u32 {
        self.xdotool("search --onlyvisible --name ^Spinodal").parse().expect("there is one window")
    }

    /// Sends it what is typed from now on.
    pub fn focus(&self) {
        self.xdotool("search --onlyvisible --name ^Spinodal windowfocus mousemove 250 500");
    }

    pub fn wait_for_frame(&mut self, least: usize) {
        self.wait_for(&format!("frame {least}"), |window| window.frame().filter(|frame| *frame >= least));
    }

    pub fn screenshot(&self) -> RgbaImage {
        let png = self.tool("import", &["-silent", "-window", "root", "png:-"]);
        image::load_from_memory(&png).expect("import writes a picture").into_rgba8()
    }

    /// A picture of the window once it has stopped changing: two that are alike with little work of the program between
    /// them, for a slow one may only be late. A cursor may blink.
    pub fn still(&mut self) -> RgbaImage {
        let mut last = self.screenshot();
        let (mut seen, mut spent) = (Instant::now(), self.processor_time());
        self.wait_for("a window at rest", move |window| {
            let next = window.screenshot();
            let (passed, worked) = (seen.elapsed(), window.processor_time() - spent);
            (seen, spent) = (seen + passed, spent + worked);
            let rests = next == last && window.sleeps() && worked < passed / 3;
            last = next;
            rests.then(|| last.clone())
        })
    }

    /// Whether none of its threads runs, or waits for a processor.
    fn sleeps(&self) -> bool {
        self.threads().iter().all(|(_, fields)| fields[0] != "R")
    }

    /// The names of its threads, and what Linux tells of each, from the state on: the third field of the table.
    fn threads(&self) -> Vec<(String, Vec<String>)> {
        let tasks = format!("/proc/{}/task", self.program.0.id());
        let read = |stat: String| {
            // The name is in brackets, and may hold some itself.
            let (head, tail) = stat.rsplit_once(") ").expect("a name in brackets");
            let name = head.split_once('(').expect("a name in brackets").1.to_owned();
            (name, tail.split_whitespace().map(str::to_owned).collect())
        };
        std::fs::read_dir(tasks)
            .expect("Linux lists threads")
            // Some threads come and go.
            .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok())
            .map(read)
            .collect()
    }

    /// Waits until the window uses no processor time, as it must soon once nothing happens in it.
    pub fn wait_for_sleep(&mut self) {
        const WATCHED: Duration = Duration::from_secs(2);
        self.wait_for("a window that sleeps", |window| {
            let before = window.processor_time();
            sleep(WATCHED);
            (window.processor_time() - before < WATCHED / 10).then_some(())
        });
    }

    /// Processor time that the program has used so far, on all cores.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.program.0.id())).expect("Linux tells it");
        // Fields 14 and 15 of the table, in hundredths of a second; the second, a name, ends with a bracket.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().expect("a number")).sum();
        Duration::from_millis(10 * ticks)
    }

    /// All that computes gives way to the thread that draws the window.
    pub fn assert_computation_stands_back(&self) {
        // The 19th field is the step back.
        let threads = self.threads().into_iter();
        let mut nice: Vec<(String, i32)> =
            threads.map(|(name, fields)| (name, fields[16].parse().expect("a number"))).collect();
        nice.sort();
        let of =
            |wanted: &'static str| nice.iter().filter(move |(name, _)| name.starts_with(wanted)).map(|(_, nice)| *nice);
        for name in ["simulation", "painter", "pool "] {
            assert!(of(name).count() > 0 && of(name).all(|nice| nice == 12), "{name}: {nice:?}");
        }
        assert!(of("spinodal").any(|nice| nice < 12), "{nice:?}");
    }

    /// Presses and lets go a key together with the control key, all at once: within one slow update.
    pub fn control(&mut self, key: &str, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        self.xdotool(&format!("key --delay 0 ctrl+{key}"));
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < PATIENCE, "no sign of {what} after {PATIENCE:?}");
            sleep(Duration::from_millis(200));
        }
    }

    /// Asks the program to end, and waits until it has; gives the folder of its settings and data.
    pub fn quit(mut self) -> TempDir {
        let mut ended = None;
        self.control("q", "the end", |window| {
            ended = window.program.0.try_wait().expect("the program can be asked for its state");
            ended.is_some()
        });
        let status = ended.expect("it has ended");
        assert!(status.success(), "the program ended with {status}");
        self.home
    }
}

/// The program, to be started on a display, with `home` for its settings and data.
pub fn program_on(display: &str, home: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_spinodal"));
    program
        .env("DISPLAY", display)
        // Where X11 is there, it goes first: on Wayland, winit does not tell of files dropped on the window.
        .env("WAYLAND_DISPLAY", "nowhere")
        .env_remove("WAYLAND_SOCKET")
        // It finds nothing that another window remembered.
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        // The desktop that the tests run on is left alone: no file dialog of its own opens there. Without an address,
        // a bus would be started.
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env_remove("XDG_RUNTIME_DIR")
        .env("PATH", "");
    program
}

/// An X server on the first free display, with an option that says what it does once its last client has left.
pub fn start_display(deserted: &str) -> (Owned, String) {
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
