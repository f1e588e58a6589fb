//! A network is trained in the window, and joins the run beside it.

use super::{pixels::*, program::*};
use crate::dataset::{make, tiny_data};
use spinodal::{network::Model, training::dataset_config::DatasetConfig};

/// The middles of buttons in the layout Train, where one dataset of four sequences is found.
const ON_START: &str = "207 634";
const ON_USE: &str = "265 832";
const ON_STOP: &str = "87 832";

/// The inside of the second of these, which appears with the first model.
const USE: Area = (205, 824, 120, 16);

/// The view of the network in training.
const LEARNER: Area = (960, 150, 460, 330);

#[test]
fn a_tiny_network_is_trained_and_swapped_in() {
    let mut window = Window::open_with(&["--init", "sphere", "--grid", "16"], |data| {
        make(&DatasetConfig { sequences: 4, grids: vec![16.into()], ..tiny_data() }, &data.join("data/tiny"), 1);
    });
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    window.still();
    window.xdotool("key 2");
    let before = window.still();
    window.xdotool(&format!("mousemove {ON_START} click 1"));
    let run = window.home.path().join("data/spinodal/runs/quick");
    window.wait_for("the folder of the run", |_| run.join("config.toml").is_file().then_some(()));
    window.wait_for("the network's own rollout", |window| {
        (change(&before, &window.screenshot(), LEARNER) > 0.2).then_some(())
    });
    window.wait_for("a model", |window| {
        let button = fraction(&window.screenshot(), USE, |[_, green, _]| green > 38) > 0.95;
        (button && run.join("last.safetensors").is_file()).then_some(())
    });

    // It joins the run beside the built-in network: a second candidate, in a colour of its own.
    window.xdotool(&format!("mousemove {ON_USE} click 1"));
    window.xdotool("mousemove 700 880");
    window.xdotool("key 1");
    let violet = |[red, green, blue]: [i32; 3]| blue > red + 15 && red > green + 15 && blue > 90;
    window.wait_for("the second candidate", |window| {
        (fraction(&window.screenshot(), VIEWS, violet) > 0.004).then_some(())
    });
    let compared = window.screenshot();
    window.xdotool("key 2");
    window.wait_for("the tab", |window| (change(&compared, &window.screenshot(), VIEWS) > 0.3).then_some(()));
    window.xdotool(&format!("mousemove {ON_STOP} click 1"));
    window.wait_for("the end of the run", |_| run.join("checkpoint.safetensors").is_file().then_some(()));
    let _home = window.quit();
    let model = Model::load(run.join("last.safetensors"));
    assert!(model.is_ok(), "{:?}", model.err());
}
