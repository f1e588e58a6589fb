//! Models in the window: the list, what is doubtful about each, and several as one.

use crate::{
    comparison::{setup, untrained},
    session::{resting, session, wait_for},
};
use bevy_egui::egui;
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::{
    app::{
        Session, ViewId,
        models::{Models, Origin, Places, ensemble, show},
    },
    comparison::{CandidateSpec, Setup},
    equation::Kinetics,
    field::Field,
    grid::Shape,
    initial::Initial,
    network::{Card, CrnnConfig, Model, ModelSource},
    solver::SolverSpec,
};
use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// The built-in network where it was trained, in a small box.
fn fitting() -> Setup {
    Setup { reference: SolverSpec::default(), ..setup() }.with_model(ModelSource::Builtin)
}

fn doubts(setup: &Setup) -> Vec<Vec<String>> {
    setup.load().unwrap().doubts
}

/// A small network, in a file.
fn network(path: &Path, seed: u64) -> ModelSource {
    let mut model = Model::random(CrnnConfig { channels: 3, layers: 1, ..CrnnConfig::default() }, seed);
    model.card = Card { training_data: format!("draw {seed}"), ..Card::default() };
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    model.save(path).unwrap();
    ModelSource::File(path.to_owned())
}

#[test]
fn a_card_tells_what_its_model_saw() {
    let seen = Model::builtin().unwrap().card.seen().unwrap();
    assert_eq!(seen.mean_deviation, 0.2);
    assert_eq!(seen.grids, [32, 48, 64].map(Shape::cube));
    assert!(!seen.slices && !seen.white_noise);
    assert_eq!(Card::default().seen(), None, "a card without a configuration tells nothing");
    let quenched = "[[stage]]\n[stage.data]\nmean_deviation = 0.1\nquench_share = 0.3\n[[stage]]\n[stage.data]\nmean_deviation = 0.3";
    let seen = Card { configuration: quenched.into(), ..Card::default() }.seen().unwrap();
    assert!(seen.white_noise && seen.mean_deviation == 0.3, "{seen:?}");
}

#[test]
fn what_lies_outside_of_the_training_is_said_of_each_candidate() {
    let mut setup = fitting();
    setup.candidates.insert(0, "spectral:dt=0.1".parse().unwrap());
    assert_eq!(doubts(&setup), [[""; 0], []]);

    let said = |change: &dyn Fn(&mut Setup)| {
        let mut changed = setup.clone();
        change(&mut changed);
        let inputs = changed.load().unwrap();
        let warnings = inputs.all_warnings();
        let [solver, network] = inputs.doubts.try_into().unwrap();
        assert_eq!(solver, [""; 0], "a solver has no training");
        for doubt in &network {
            let sentence = warnings.iter().any(|warning| warning.contains("built-in") && warning.contains(doubt));
            assert!(sentence, "“{doubt}” is not said of the run: {warnings:?}");
        }
        network
    };
    assert_eq!(said(&|s| s.reference.parameters.equation.epsilon = 4.0), ["trained for ε 3, not 4"]);
    assert_eq!(said(&|s| s.reference.parameters.steps_per_frame = 200), ["trained for a time per frame of 1, not 0.5"]);
    assert_eq!(
        said(&|s| s.candidates[1] = "network:coarsening=1".parse().unwrap()),
        ["trained for a coarsening of 2, not 1"]
    );
    assert_eq!(
        said(&|s| s.reference.parameters.equation.kinetics = Kinetics::AllenCahn),
        ["trained for the Cahn–Hilliard equation, not the Allen–Cahn equation"]
    );
    assert_eq!(said(&|s| s.options.noise.mean = -0.45), ["trained on means of φ from −0.40 to 0.40, not −0.45"]);
    assert!(said(&|s| s.options.noise.mean = 0.35).is_empty(), "it saw such means");
    assert_eq!(said(&|s| s.options.grid = Shape([32, 32, 1])), ["trained in boxes of three dimensions, not in planes"]);
    let unseen = |what: &str| [format!("not trained on {what} (lead it by some frames)")];
    assert_eq!(said(&|s| s.initial = Initial::WhiteNoise), unseen("white noise"));
    assert_eq!(said(&|s| s.initial = Initial::Slice), unseen("a field at rest near φ = 0"));
    let faint = |s: &mut Setup| s.options.noise.amplitude = 0.1;
    assert_eq!(said(&faint), unseen("a field near φ = 0 everywhere"));
    let led = |s: &mut Setup| {
        faint(s);
        s.candidates[1] = "network:lead=3".parse().unwrap();
    };
    assert!(said(&led).is_empty(), "what is led does not start there");
}

#[test]
fn a_network_is_measured_by_the_equation_that_it_was_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relaxing.safetensors");
    let mut model = Model::builtin().unwrap();
    (model.card.kinetics, model.card.mobility) = (Kinetics::AllenCahn, 2.0);
    model.save(&path).unwrap();
    let mut setup = fitting().with_model(ModelSource::File(path));
    let expected =
        ["trained for the Allen–Cahn equation, not the Cahn–Hilliard equation", "trained for a mobility of 2, not 1"];
    assert_eq!(doubts(&setup), [expected]);
    let equation = &mut setup.reference.parameters.equation;
    (equation.kinetics, equation.mobility) = (Kinetics::AllenCahn, 2.0);
    assert_eq!(doubts(&setup), [[""; 0]]);
}

#[test]
fn the_title_of_a_view_warns() {
    let mut narrow = fitting();
    narrow.reference.parameters.equation.epsilon = 4.0;
    narrow.candidates.push("frozen".parse().unwrap());
    let mut session = resting(narrow);
    let title = |session: &Session, number| session.subject(ViewId::Candidate(number)).unwrap().title;
    assert_eq!(title(&session, 0).doubt.as_deref(), Some("Trained for ε 3, not 4"));
    assert_eq!(title(&session, 1).doubt, None);
    assert_eq!(session.subject(ViewId::Reference).unwrap().title.doubt, None);

    // One that comes later, too, and the doubts of the others stay with them.
    session.add_network(ModelSource::Builtin, 1);
    let snapshot = wait_for(&mut session, |snapshot| snapshot.candidates.len() == 3);
    assert_eq!(snapshot.candidates[2].doubts.len(), 2, "{:?}", snapshot.candidates[2].doubts);
    session.take_out(0);
    wait_for(&mut session, |snapshot| snapshot.candidates.len() == 2);
    assert_eq!(title(&session, 0).doubt, None);
    assert!(title(&session, 1).doubt.as_ref().unwrap().contains("a coarsening of 2, not 1"));
}

#[test]
fn what_joined_the_run_is_in_the_next_one() {
    let mut session = resting(setup());
    session.add_network(untrained(), 1);
    wait_for(&mut session, |snapshot| snapshot.candidates.len() == 2);
    assert_eq!(session.draft.candidates.len(), 2);
    session.set_grid("20").unwrap();
    let snapshot = wait_for(&mut session, |snapshot| snapshot.run == 1);
    let sides: Vec<_> = snapshot.candidates.iter().map(|candidate| candidate.grid.shape[0]).collect();
    assert_eq!(sides, [10, 20]);
}

fn wave(side: usize, shift: f64) -> Arc<Field> {
    let wave = |x: f64, y: f64, z: f64| (0.3 * x + shift).sin() * (0.2 * y).cos() + 0.1 * z * shift;
    let field = Field::from_fn(side, wave).unwrap();
    Arc::new(field)
}

#[test]
fn an_ensemble_has_mean_and_spread_of_its_fields() {
    assert!(ensemble::spread(&[]).unwrap().is_none());
    assert!(ensemble::spread(&[wave(8, 0.0)]).unwrap().is_none(), "one field has no spread");
    let fields = [wave(8, 0.0), wave(8, 0.4), wave(8, 1.3)];
    let found = ensemble::spread(&fields).unwrap().unwrap();
    let mut sum = 0.0;
    for node in 0..8 * 8 * 8 {
        let [a, b, c] = [0, 1, 2].map(|field: usize| f64::from(fields[field].values()[node]));
        let mean = (a + b + c) / 3.0;
        // Var = ⟨ψ²⟩ − ⟨ψ⟩², another way than the program's.
        let variance = ((a * a + b * b + c * c) / 3.0 - mean * mean).max(0.0);
        sum += variance;
        assert!((f64::from(found.mean.values()[node]) - mean).abs() < 1e-6);
        assert!((f64::from(found.deviation.values()[node]) - variance.sqrt()).abs() < 1e-5);
    }
    assert!((found.rms - (sum / 512.0).sqrt()).abs() < 1e-9, "{}", found.rms);
}

#[test]
fn networks_on_unlike_grids_meet_on_the_nodes_of_both() {
    let fine = wave(16, 0.0);
    let coarse = Arc::new(fine.coarsened(2).unwrap());
    let found = ensemble::spread(&[fine.clone(), coarse.clone()]).unwrap().unwrap();
    assert_eq!((&found.mean, found.rms), (&*coarse, 0.0), "both are the same at the nodes of the coarse one");
    assert!(ensemble::spread(&[coarse, wave(12, 0.0)]).is_err(), "12 nodes are not among 8");
}

#[test]
fn the_ensemble_follows_the_frame_that_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let other = network(&folder.path().join("other.safetensors"), 7);
    let mut two = setup();
    two.candidates.push(CandidateSpec::network(other));
    let mut session = resting(two);
    let mut ensemble = ensemble::Ensemble::default();
    for frame in 0..2 {
        let snapshot = wait_for(&mut session, |snapshot| snapshot.number() == frame);
        let start = Instant::now();
        let subject = loop {
            ensemble.refresh(&session, true);
            let subject = ensemble.subject(&session).unwrap();
            if subject.field.is_some() && subject.frame == frame {
                break subject;
            }
            assert!(start.elapsed() < PATIENCE, "{:?}", subject.title);
            thread::sleep(Duration::from_millis(2));
        };
        let [a, b] = [0, 1].map(|number: usize| snapshot.frame.candidates[number].clone().unwrap());
        let (mean, shifted) = (subject.field.unwrap(), subject.other.unwrap());
        for node in 0..mean.grid().len() {
            let (a, b) = (a.values()[node], b.values()[node]);
            assert!((mean.values()[node] - (a + b) / 2.0).abs() < 1e-6);
            let spread = shifted.values()[node] - mean.values()[node];
            assert!((spread - (a - b).abs() / 2.0).abs() < 1e-6, "|ψ − φ| of the two is the spread");
        }
        session.step();
    }
    ensemble.refresh(&session, false);
    session.take_out(1);
    wait_for(&mut session, |snapshot| snapshot.candidates.len() == 1);
    ensemble.refresh(&session, true);
    let title = ensemble.subject(&session).unwrap().title;
    assert!(title.missing.as_ref().is_some_and(|missing| missing.contains("two networks")), "{title:?}");
}

#[test]
fn every_model_is_listed_once_under_its_first_origin() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let [one, two] = ["one/last.safetensors", "two/last.safetensors"].map(|name| network(&at(name), 1));
    std::fs::write(at("two/broken.safetensors"), b"no model").unwrap();
    std::fs::write(at("two/notes.txt"), b"no model").unwrap();
    let opened = [at("one/last.safetensors"), at("two/last.safetensors"), at("gone.safetensors")].to_vec();
    let places = Places { run: vec![one], opened, runs: at("runs"), folder: Some(at("two")) };
    let found = places.search();
    let listed: Vec<_> = found.iter().map(|found| (found.origin, found.source.name())).collect();
    let expected = [
        (Origin::Builtin, "built-in"),
        (Origin::Run, "one-last"),
        (Origin::Opened, "two-last"),
        (Origin::Folder, "broken"),
    ];
    assert_eq!(listed, expected.map(|(origin, name)| (origin, name.to_owned())));
    assert_eq!(found[2].source, two);
    assert_eq!(found[1].reading.as_ref().unwrap().card.training_data, "draw 1");
    assert!(found[3].reading.as_ref().unwrap_err().contains("broken.safetensors"));
}

/// The panel, once its models are there.
fn panel(session: Session, home: &Path) -> Harness<'static, (Models, Session)> {
    let mut models = Models::new(home);
    let start = Instant::now();
    while models.found.is_empty() {
        models.refresh(&session, true, false);
        assert!(start.elapsed() < PATIENCE, "no models were found");
        thread::sleep(Duration::from_millis(2));
    }
    let draw = |ui: &mut egui::Ui, (models, session): &mut (Models, Session)| show(ui, models, session);
    let mut harness = Harness::builder().with_size(egui::vec2(420.0, 1400.0)).build_ui_state(draw, (models, session));
    harness.run();
    harness
}

#[test]
fn the_panel_shows_the_card_and_adds_and_removes() {
    let home = tempfile::tempdir().unwrap();
    let mut harness = panel(resting(setup()), home.path());
    for text in ["29,183", "0 ± 0.2", "Measured errors", "every 2 nodes of the solver"] {
        let digits = text.replace(',', "");
        assert!(harness.query_all_by_label_contains(&digits).next().is_some(), "the card does not say {text}");
    }
    assert!(harness.query_by_label("Remove").is_none(), "what takes no part cannot be removed");
    harness.get_by_label("Compare it").click();
    harness.run();
    let snapshot = wait_for(&mut harness.state_mut().1, |snapshot| snapshot.candidates.len() == 2);
    assert_eq!(snapshot.run, 0, "the run was not started anew");
    assert_eq!(snapshot.setup.candidates[1], CandidateSpec::default());
    harness.run();
    // The network of these tests has frames of its own length.
    assert!(harness.query_all_by_label_contains("In this run: trained for a time per frame").next().is_some());
    harness.get_by_label("Remove").click();
    harness.run();
    wait_for(&mut harness.state_mut().1, |snapshot| snapshot.candidates.len() == 1);
    harness.get_by_label("Replace the first").click();
    harness.run();
    let snapshot = wait_for(&mut harness.state_mut().1, |snapshot| snapshot.run == 1);
    assert_eq!(snapshot.setup.candidates, [CandidateSpec::default()]);
}

#[test]
fn two_models_of_one_name_show_their_folders() {
    let folder = tempfile::tempdir().unwrap();
    let networks = ["first", "second"].map(|name| network(&folder.path().join(name).join("net.safetensors"), 3));
    let mut both = setup();
    both.candidates = networks.map(CandidateSpec::network).to_vec();
    let mut session = session(both);
    wait_for(&mut session, |_| true);
    let home = tempfile::tempdir().unwrap();
    let mut harness = panel(session, home.path());
    assert_eq!(harness.query_all_by_label("net").count(), 2);
    harness.get_by_label("…/first");
    harness.get_by_label("…/second");
    harness.query_all_by_label("net").next().unwrap().click();
    harness.run();
    assert!(harness.query_all_by_label_contains("1 cells of 3 channels").next().is_some());
}

#[test]
fn models_that_were_opened_are_remembered() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let model = network(&folder.path().join("mine.safetensors"), 4);
    let mut with = setup();
    with.candidates = vec![CandidateSpec::network(model.clone())];
    let mut session = session(with);
    wait_for(&mut session, |_| true);
    drop(panel(session, home.path()));
    let file = home.path().join("models.txt");
    let start = Instant::now();
    while !std::fs::read_to_string(&file).unwrap_or_default().contains("mine.safetensors") {
        assert!(start.elapsed() < PATIENCE, "it was not written down");
        thread::sleep(Duration::from_millis(2));
    }
    let harness = panel(resting(setup()), home.path());
    let found = &harness.state().0.found;
    assert!(found.iter().any(|found| found.origin == Origin::Opened && found.source == model), "{found:?}");
}

#[test]
fn two_windows_remember_the_models_of_both() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let model = network(&folder.path().join("mine.safetensors"), 4);
    let file = home.path().join("models.txt");
    let damaged = b"\xff\xfe".as_slice();
    for of_another in [b"/other.safetensors\n".as_slice(), damaged] {
        let session = resting(Setup { candidates: Vec::new(), ..setup() });
        let mut harness = panel(session, home.path());
        std::fs::write(&file, of_another).unwrap();
        let (models, session) = harness.state_mut();
        session.add_network(model.clone(), 1);
        wait_for(session, |snapshot| snapshot.candidates.len() == 1);
        let start = Instant::now();
        while !std::fs::read_to_string(&file).unwrap_or_default().contains("mine.safetensors") {
            models.refresh(session, true, false);
            assert!(start.elapsed() < PATIENCE, "it was not written down");
            thread::sleep(Duration::from_millis(2));
        }
        if of_another != damaged {
            assert!(std::fs::read_to_string(&file).unwrap().ends_with("\n/other.safetensors\n"));
            std::fs::remove_file(&file).unwrap();
        }
    }
    assert_eq!(std::fs::read(home.path().join("models.txt.unreadable")).unwrap(), damaged);
}

#[test]
fn models_of_trainings_are_called_after_their_folders() {
    for (path, name) in
        [("runs/quick/last.safetensors", "quick-last"), ("my/net.safetensors", "net"), ("best.pt", "best")]
    {
        assert_eq!(ModelSource::File(path.into()).name(), name);
    }
}
