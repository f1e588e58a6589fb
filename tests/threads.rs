//! Workers: what they say when they panic, and how they end.

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded, unbounded};
use spinodal::threads::{self, Priority, Stop, Worker};
use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Starts a worker. It panics for nobody to hear: what it finds has to be sent out of it.
fn start(work: impl FnOnce(&Stop) + Send + 'static) -> Worker {
    threads::spawn("a worker", Priority::Window, work, drop).unwrap()
}

/// What a worker says of the panic of `work`.
fn reason(work: impl FnOnce() + Send + 'static) -> String {
    let (said, reasons) = unbounded();
    let worker = threads::spawn("a worker", Priority::Window, |_| work(), move |reason| said.send(reason).unwrap());
    drop(worker.unwrap());
    let reasons: Vec<_> = reasons.iter().collect();
    let [reason] = <[String; 1]>::try_from(reasons).expect("one panic, one message");
    reason
}

#[test]
fn a_panic_becomes_a_message() {
    assert_eq!(reason(|| panic!("a constant")), "a constant");
    assert_eq!(reason(|| panic!("value {}", 3)), "value 3");
    assert_eq!(reason(|| std::panic::panic_any(3)), "no reason was given");
}

#[test]
fn a_guarded_panic_is_given_back() {
    assert_eq!(threads::guard(|| 3), Ok(3));
    let inner = || threads::guard(|| panic!("within"));
    let outer = threads::guard(|| {
        assert_eq!(inner(), Err::<(), _>("within".into()));
        panic!("without")
    });
    assert_eq!(outer, Err::<(), _>("without".into()));
}

#[test]
fn dropping_a_worker_stops_it_and_waits_for_its_end() {
    let ended = Arc::new(AtomicUsize::new(0));
    let (_sender, inbox) = unbounded::<()>();
    let waits: [fn(&Stop, &Receiver<()>); 3] = [
        |stop, inbox| assert_eq!(stop.receive(inbox), None),
        |stop, inbox| {
            let ever = Duration::from_secs(1 << 20);
            assert_eq!(stop.receive_within(inbox, ever), Err(RecvTimeoutError::Disconnected));
        },
        |stop, _| {
            while !stop.is_requested() {
                std::thread::yield_now();
            }
        },
    ];
    for (count, wait) in waits.into_iter().enumerate() {
        let (ended_there, inbox) = (ended.clone(), inbox.clone());
        let worker = start(move |stop| {
            wait(stop, &inbox);
            ended_there.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(ended.load(Ordering::Relaxed), count, "it works until it is told to stop");
        drop(worker);
        assert_eq!(ended.load(Ordering::Relaxed), count + 1);
    }
}

#[test]
fn a_worker_gets_messages_until_it_is_to_stop() {
    let (sender, inbox) = unbounded();
    let (outbox, answers) = unbounded();
    let worker = start(move |stop| {
        while let Some(number) = stop.receive(&inbox) {
            outbox.send(2 * number).unwrap();
        }
        let more = stop.receive_within(&inbox, Duration::ZERO);
        outbox.send(if more == Err(RecvTimeoutError::Disconnected) { -1 } else { -2 }).unwrap();
    });
    for number in 0..3 {
        sender.send(number).unwrap();
        assert_eq!(answers.recv(), Ok(2 * number));
    }
    drop(worker);
    assert_eq!(answers.iter().collect::<Vec<_>>(), [-1]);
}

#[test]
fn a_detached_worker_is_told_to_stop_but_not_waited_for() {
    let (gate, opened) = bounded::<()>(0);
    let (outbox, answers) = bounded(1);
    let worker = start(move |stop| {
        // Not to be interrupted, like a file that does not come.
        opened.recv().unwrap();
        outbox.send(stop.is_requested()).unwrap();
    });
    worker.detach();
    gate.send(()).unwrap();
    assert_eq!(answers.recv(), Ok(true));
}

#[test]
fn work_together_is_done_by_as_many_as_asked_for() {
    for count in [1, 2, 5] {
        let (barrier, done) = (Barrier::new(count), AtomicUsize::new(0));
        let work = || {
            // Nobody gets past it before all are there.
            barrier.wait();
            match done.fetch_add(1, Ordering::Relaxed) {
                0 => Err("the first failed"),
                _ => Ok(()),
            }
        };
        assert_eq!(threads::together("many", count, work), Err("the first failed"));
        assert_eq!(done.into_inner(), count);
    }
}

#[cfg(target_os = "linux")]
mod priority {
    use super::*;
    use std::{fs, process::Command};

    /// How far the calling thread stands back: the 19th field of its record, of which the second is in brackets.
    fn nice() -> i32 {
        let record = fs::read_to_string("/proc/thread-self/stat").unwrap();
        record.rsplit(") ").next().unwrap().split(' ').nth(16).unwrap().parse().unwrap()
    }

    #[test]
    fn background_workers_stand_back_with_all_that_they_start() {
        let (outbox, answers) = bounded(1);
        let send = move || outbox.send(nice()).unwrap();
        let inner = {
            let send = send.clone();
            move |_: &Stop| drop(start(move |_| send()))
        };
        let worker = threads::spawn("a worker", Priority::Background, inner, drop).unwrap();
        assert_eq!(answers.recv(), Ok(12));
        drop(worker);
        drop(start(move |_| send()));
        assert_eq!(answers.recv(), Ok(nice()));
        assert!(nice() < 12);
    }

    /// Runs the program where the system gives few threads, and gives what it said. A limit on memory makes one on
    /// threads, whose stacks are large here: it holds for the superuser, too.
    fn cramped(words: &str) -> (bool, String) {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -v 12000000 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_spinodal")]);
        command.env("RAYON_NUM_THREADS", "64").env("RUST_MIN_STACK", "1500000000");
        run(command, words)
    }

    /// Runs a program that is to write `out.npy`, and gives what it said.
    fn run(mut command: Command, words: &str) -> (bool, String) {
        let folder = tempfile::tempdir().unwrap();
        command.args(words.split(' ')).current_dir(folder.path()).env_remove("RUST_LOG");
        let output = command.output().unwrap();
        assert_eq!(output.status.success(), folder.path().join("out.npy").exists());
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn with_few_threads_the_program_computes_on_fewer() {
        let (succeeds, message) = cramped("simulate --grid 32 --frames 1 --engine cpu --out out.npy");
        assert!(succeeds && message.contains("of 64 threads"), "{message}");
    }

    #[test]
    fn more_threads_than_the_system_can_bear_are_not_started() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinodal"));
        command.env("RAYON_NUM_THREADS", "1000000");
        let (succeeds, message) = run(command, "simulate --grid 12 --frames 1 --engine cpu --out out.npy");
        assert!(succeeds, "{message}");
    }

    #[test]
    fn a_driver_is_not_asked_for_a_device_where_it_could_not_start_its_threads() {
        let (succeeds, message) = cramped("simulate --grid 32 --frames 1 --engine gpu --out out.npy");
        assert!(!succeeds && message.contains("error: a graphics driver may start"), "{message}");
        assert!(message.contains("--engine cpu"), "{message}");
    }
}
