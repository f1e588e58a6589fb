//! Costs, and the front of error against cost.

use super::{evaluator, tiny};
use spinodal::{
    evaluation::{
        Findings, Part, Plan,
        cost::{Cost, Costs, relative, undominated},
    },
    grid::Shape,
    network::Model,
};
use std::ops::ControlFlow::Continue;

#[test]
fn costs_are_measured_on_every_box_and_the_reference_is_exact() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let mut work = 0;
    let costs = evaluator(&plan, &model)
        .costs(&mut |done| {
            work += done;
            Continue(())
        })
        .unwrap();
    assert_eq!(work, Plan { parts: vec![Part::Cost], ..plan.clone() }.total(1));
    assert!(costs.sizes.iter().all(|cost| cost.milliseconds > 0.0 && cost.rmse.is_finite()));
    let boxes: Vec<_> = costs.sizes.chunk_by(|a, b| a.grid == b.grid).collect();
    assert_eq!(boxes.len(), 2);
    for of_box in boxes {
        let names: Vec<_> = of_box.iter().map(|cost| cost.name.as_str()).collect();
        let expected =
            ["explicit", "spectral-0.1", "spectral-0.025", "explicit-coarse", "spectral-coarse-0.1", "network"];
        assert_eq!(names, expected);
        assert_eq!(of_box[0].rmse, 0.0);
        let (long, short) = (of_box[1].rmse, of_box[2].rmse);
        assert!(short < long && short > 0.0, "a quarter of the step is more exact: {short} {long}");
    }
}

#[test]
fn errors_against_costs_are_those_of_the_same_boxes() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let evaluator = evaluator(&plan, &model);
    let costs = evaluator.costs(&mut |_| Continue(())).unwrap();
    let trials = evaluator.boxes(Shape::cube(16), [1, 3], &plan.candidates(), &mut |_| Continue(())).unwrap();
    for frame in [1, 3] {
        for (name, candidate) in trials[0].names().iter().zip(&plan.candidates()).take(3) {
            let found = costs.front.iter().find(|cost| cost.name == *name && cost.frame == frame).unwrap();
            assert_eq!(found.rmse, trials[0].metrics(candidate, frame).unwrap().rmse, "{name}");
            assert_eq!(found.is_network, name == "network");
        }
    }
}

#[test]
fn a_front_holds_what_nothing_beats_in_cost_and_in_error() {
    let cost = |milliseconds: f64, rmse: f64| Cost {
        grid: 16.into(),
        name: format!("{milliseconds}"),
        is_network: false,
        frame: 10,
        milliseconds,
        rmse,
    };
    let costs = [
        cost(5.0, 0.0),
        cost(4.0, 0.01),
        cost(1.0, 0.3),
        cost(2.0, 0.1),
        cost(3.0, 0.2),
        cost(2.0, 0.4),
        cost(0.5, f64::INFINITY),
        cost(f64::NAN, 1e-3),
        cost(6.0, 0.01),
    ];
    let front: Vec<_> = undominated(&costs).iter().map(|cost| (cost.milliseconds, cost.rmse)).collect();
    assert_eq!(front, [(1.0, 0.3), (2.0, 0.1), (4.0, 0.01)]);
}

#[test]
fn a_card_keeps_costs_relative_to_the_network_and_nothing_that_diverged() {
    let cost = |name: &str, frame: usize, milliseconds: f64, rmse: f64| Cost {
        grid: 16.into(),
        name: name.to_owned(),
        is_network: name == "network",
        frame,
        milliseconds,
        rmse,
    };
    let costs = [
        cost("explicit", 10, 30.0, 0.0),
        cost("explicit", 50, 30.0, 0.0),
        cost("adaptive-0.01", 10, 5.0, 0.02),
        cost("adaptive-0.01", 50, f64::NAN, f64::INFINITY),
        cost("network", 10, 10.0, 0.03),
        cost("network", 50, 12.0, 0.04),
    ];
    let front = relative(&costs).unwrap();
    let points: Vec<_> = front.points.iter().map(|p| (p.evolution.as_str(), p.frame, p.cost, p.rmse)).collect();
    let expected = [
        ("explicit", 10, 3.0, 0.0),
        ("explicit", 50, 2.5, 0.0),
        ("adaptive-0.01", 10, 0.5, 0.02),
        ("network", 10, 1.0, 0.03),
        ("network", 50, 1.0, 0.04),
    ];
    assert_eq!(points, expected);
    assert_eq!(relative(&costs[..4]), None);

    // A figure that is not finite would make the file unreadable.
    let findings = Findings { costs: Costs { front: costs.to_vec(), ..Costs::default() }, ..Findings::default() };
    let (mut model, folder) = (Model::builtin().unwrap(), tempfile::tempdir().unwrap());
    let before = model.card.errors.clone();
    findings.record(&tiny(), &mut model.card);
    assert_eq!(model.card.errors, before, "what was not measured stays");
    assert_eq!(model.card.front, Some(front));
    model.save(folder.path().join("model.safetensors")).unwrap();
    let read = Model::load(folder.path().join("model.safetensors")).unwrap();
    assert_eq!((read.card.front, read.weights), (model.card.front, model.weights));
}
