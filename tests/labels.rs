//! What the window says of candidates that are led or stopped.

use crate::{
    comparison::{diverging_model, setup},
    session::{resting, resting_at, wait_for},
};
use spinodal::{
    app::{Session, ViewId, timeline},
    comparison::{CandidateSpec, Heir, Setup},
    recording::Standing,
};

#[test]
fn a_title_says_to_which_frame_a_candidate_was_really_led() {
    let network = CandidateSpec::Network { model: setup().model().cloned().unwrap(), coarsening: 2, lead: 2 };
    let mut session = resting(Setup { candidates: vec![network], ..setup() });
    let detail = |session: &Session, place| session.subject(ViewId::Candidate(place)).unwrap().title.detail.clone();
    let led =
        |session: &Session, place, frame: usize| detail(session, place).ends_with(&format!("led to frame {frame}"));
    assert!(led(&session, 0, 2), "{}", detail(&session, 0));
    for frame in 1..=3 {
        session.step();
        wait_for(&mut session, |snapshot| snapshot.number() == frame);
    }
    assert!(led(&session, 0, 2), "{}", detail(&session, 0));
    session.add_candidate("frozen").unwrap();
    wait_for(&mut session, |snapshot| snapshot.candidates.len() == 2);
    assert!(led(&session, 1, 3), "{}", detail(&session, 1));

    session.hand_over(0, Heir::Candidate);
    wait_for(&mut session, |snapshot| snapshot.candidates[0].since == 3);
    assert!(led(&session, 0, 3), "{}", detail(&session, 0));
    session.look_at(2);
    assert!(!detail(&session, 0).contains("led to frame"), "it went another way then: {}", detail(&session, 0));
    session.look_at(0);
    assert!(led(&session, 0, 2), "{}", detail(&session, 0));

    session.continue_from(1);
    wait_for(&mut session, |snapshot| snapshot.number() == 1 && snapshot.catching_up.is_none());
    assert!(led(&session, 0, 2) && led(&session, 1, 3), "{}, {}", detail(&session, 0), detail(&session, 1));
}

#[test]
fn the_label_of_a_frame_gives_each_error_to_its_candidate() {
    let (_folder, model) = diverging_model();
    let mut two = setup();
    two.candidates.insert(0, CandidateSpec::network(model));
    let mut session = resting_at(two, 1);
    let snapshot = wait_for(&mut session, |snapshot| snapshot.number() == 1);
    assert_eq!(snapshot.candidates[0].standing, Standing::Stopped);
    let label = timeline::about(&snapshot, 1);
    let errors: Vec<_> = label.lines().filter(|line| line.starts_with("RMSE")).collect();
    assert!(errors.len() == 1 && errors[0].ends_with("(crane_random)"), "{label}");
}
