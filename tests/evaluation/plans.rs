//! Plans: what is refused, and what they take from a model.

use super::tiny;
use spinodal::{
    equation::{Equation, Kinetics},
    evaluation::{Plan, boxes::plan::BoxesPlan, cost::plan::CostPlan, exponent::plan::ExponentPlan},
    network::Card,
    settings::Span,
};

#[test]
fn plans_that_make_no_sense_are_refused_in_one_sentence() {
    for plan in [Plan::default(), Plan::quick(), Plan::console()] {
        plan.validate().unwrap();
    }
    let refused: [(Plan, &str); 7] = [
        (
            Plan { boxes: BoxesPlan { runs: 0, ..tiny().boxes }, ..tiny() },
            "the number of runs in boxes of noise must lie between 1 and 10000, but is 0",
        ),
        (
            Plan { cost: CostPlan { frames: 1, ..tiny().cost }, ..tiny() },
            "the number of frames timed must lie between 2 and 1000000, but is 1",
        ),
        (Plan { boxes: BoxesPlan { grid: 15.into(), ..tiny().boxes }, ..tiny() }, "multiples of the coarsening"),
        (Plan { parts: vec![], ..tiny() }, "parts must name"),
        (
            Plan { exponent: ExponentPlan { window: Span::new(30.0, 20.0), ..tiny().exponent }, ..tiny() },
            "exponent-window must end at least 2 frames after",
        ),
        (
            Plan { exponent: ExponentPlan { correlation: 0.0, ..tiny().exponent }, ..tiny() },
            "the correlation length must lie",
        ),
        (Plan { coarsening: 0, ..tiny() }, "the coarsening must lie between 1 and 2"),
    ];
    for (plan, expected) in refused {
        let message = plan.validate().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
}

#[test]
fn plans_take_the_equation_that_a_model_has_learnt() {
    let of = |epsilon, frame_time| {
        let mut plan = Plan::default();
        plan.suit(&Card { epsilon, frame_time, coarsening: 1, ..Card::default() });
        plan
    };
    assert_eq!(of(3.0, 1.0), Plan { coarsening: 1, ..Plan::default() });
    let plan = of(3.0, 0.5);
    assert_eq!((plan.equation.steps_per_frame, plan.equation.frame_time(), plan.coarsening), (200, 0.5, 1));
    // The default step would not be stable.
    let wide = of(5.0, 1.0);
    assert!(wide.equation.time_step < 0.0025 && (wide.equation.frame_time() - 1.0).abs() < 1e-12);
    wide.validate().unwrap();
    let mut relaxing = Plan::default();
    relaxing.suit(&Card { kinetics: Kinetics::AllenCahn, mobility: 0.5, ..Card::default() });
    let Equation { kinetics, mobility, .. } = relaxing.equation.equation;
    assert_eq!((kinetics, mobility), (Kinetics::AllenCahn, 0.5));
}
