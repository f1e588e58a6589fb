//! What results are written and drawn with.

use crate::support::{cube, equation, random_field};
use spinodal::{
    metrics::compare,
    recording::{Entry, Row, Standing},
    report::{
        number::{error, fixed, or_dash, percent, significant},
        plots,
    },
};

#[test]
fn numbers_are_written_with_as_many_digits_as_say_something() {
    assert_eq!([1234.0, 0.012345, -0.5, 0.0].map(significant), ["1230", "0.0123", "−0.5", "0"]);
    assert_eq!([1.2345e-7, -3.0e9].map(significant), ["1.23e−7", "−3e9"]);
    assert_eq!((fixed(-1.0, 2), percent(0.01234, 1)), ("−1.00".into(), "1.2 %".into()));
    assert_eq!([f64::INFINITY, f64::NAN, 2.0].map(|value| error(value, significant)), ["diverged", "diverged", "2"]);
    assert_eq!([None, Some(2.0)].map(|value| or_dash(value, significant)), ["–", "2"]);
}

#[test]
fn plots_of_a_run_show_every_candidate_until_it_was_stopped() {
    let metrics = compare(&random_field(16, 0.0, 0.5), &random_field(cube(8, 2.0), 0.1, 0.5), &equation(3.0)).unwrap();
    let running = Entry { standing: Standing::Running, metrics: Some(metrics) };
    let stopped = Entry { standing: Standing::Stopped, metrics: None };
    let rows = |second: Entry| {
        let candidates = |frame| vec![running, if frame < 3 { running } else { second }];
        let row = |frame| Row { frame, time: frame as f64, energy: 0.3, mean: 0.0, candidates: candidates(frame) };
        (0..6).map(row).collect::<Vec<_>>()
    };
    let folder = tempfile::tempdir().unwrap();
    let names = ["network", "frozen"].map(str::to_owned);
    let ink = |draw: &dyn Fn(&std::path::Path)| {
        let path = folder.path().join("plot.png");
        draw(&path);
        let image = image::open(&path).unwrap().to_rgb8();
        // Violet, the colour of the second candidate, where nothing lies over it.
        image.pixels().filter(|pixel| pixel.0 == [96, 80, 160]).count()
    };
    for plot in [plots::draw_error, plots::draw_energy] {
        let [whole, broken] = [running, stopped].map(|second| {
            let mut rows = rows(second);
            // Apart from the first, which would cover it.
            for metrics in rows.iter_mut().filter_map(|row| row.candidates[1].metrics.as_mut()) {
                (metrics.rmse, metrics.displacement, metrics.energy_candidate) = (0.01, 0.02, 0.1);
            }
            ink(&|path| plot(&rows, &names, path).unwrap())
        });
        assert!(whole > broken && broken > 100, "{whole} {broken}");
    }
}
