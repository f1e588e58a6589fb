//! The report of an evaluation: all its parts, and tables that agree with each other.

use super::{Workshop, assert_drawn};
use spinodal::{
    evaluation::report::is_of_a_report,
    metrics::exponent::fit_power_law,
    network::{CrnnConfig, Model, Output},
};
use std::{collections::HashMap, fs, path::Path};

/// A report small enough for a test, with all its parts.
const TINY_REPORT: &str = "evaluate --quick --grid 16 --runs 2 --frames 12 --large-grid 20 --large-frames 3 --shape-grid 16 \
    --shape-frames 3 --led-grid 16 --led-frames 10 --long-grid 16 --long-runs 2 --long-frames 30 --exponent-grid 16 --exponent-runs 2 \
    --exponent-window 2..6 --cost-grids 12,16 --cost-frames 2 --front-grid 16 --front-frames 2,4 --engine cpu";

/// Columns of a CSV file by name, as text.
fn columns(path: &Path) -> HashMap<String, Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut table: HashMap<_, Vec<_>> = names.iter().map(|name| (name.clone(), Vec::new())).collect();
    for row in reader.records() {
        for (name, value) in names.iter().zip(&row.unwrap()) {
            table.get_mut(name).unwrap().push(value.to_owned());
        }
    }
    table
}

#[test]
fn a_report_knows_any_seed_of_the_training_data() {
    let shop = Workshop::new();
    let seed = u64::MAX;
    shop.succeed(&format!("dataset --out data --sequences 4 --frames 4 --grids 12 --late-share 0 --seed {seed}"));
    shop.succeed("train --data data --steps 1 --layers 1 --channels 2 --length 2 --unroll 2 --engine cpu --out run");
    let model = "evaluate --model run/last.safetensors --parts boxes --grid 12 --runs 1 --frames 1 --engine cpu";
    shop.succeed(&format!("{model} --seed {seed} --out report"));
    let report = fs::read_to_string(shop.path("report/report.md")).unwrap();
    assert!(report.contains("which is also a seed of the model's training data"), "{report}");
}

#[test]
fn a_report_has_all_its_parts_and_its_tables_agree() {
    let shop = Workshop::new();
    let mut leaky = Model::random(CrnnConfig { output: Output::NonConservative, ..CrnnConfig::default() }, 3);
    leaky.card.training_data = "nothing".into();
    leaky.save(shop.path("leaky.safetensors")).unwrap();
    shop.succeed(&format!("{TINY_REPORT} --ablation leaky.safetensors --out report --record measured.safetensors"));

    for name in shop.names_in("report") {
        assert!(name == ".lock" || is_of_a_report(&name), "--force would leave {name}");
    }
    for name in ["bunny_photo.png", "long_march.csv", "long_end_.png", "long_end_a.png", "costs.csv", "boxes_rmse.csv"]
    {
        assert!(!is_of_a_report(name), "--force would remove {name}");
    }
    let report = fs::read_to_string(shop.path("report/report.md")).unwrap();
    let titles: Vec<_> = report.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let expected = [
        "Targets",
        "Boxes of 16³",
        "Boxes of 20³",
        "Shapes",
        "Led networks",
        "Long runs",
        "Exponent",
        "Cost",
        "What is measured",
        "Settings",
        "Model: built-in",
        "Ablation: leaky",
    ];
    assert_eq!(titles, expected);
    for words in [
        "spinodal evaluate --quick --grid 16",
        "271828",
        "CPU; ",
        env!("CARGO_PKG_VERSION"),
        "### The ablation",
        "### The solver",
        "| field | alone from the start | led for 3 | led for 5 | led for 8 |",
        "### Error against cost",
    ] {
        assert!(report.contains(words), "{words}: {report}");
    }
    assert!(!report.contains("NaN") && !report.contains("diverged"), "{report}");
    for image in report.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert_drawn(&shop.path("report").join(image));
    }

    let numbers = |values: &[String]| values.iter().map(|value| value.parse::<f64>().unwrap()).collect::<Vec<_>>();
    let (frames, summary) = (columns(&shop.path("report/boxes.csv")), columns(&shop.path("report/boxes_summary.csv")));
    assert_eq!((frames["run"].len(), summary["frame"].len()), (2 * 5 * 12, 5 * 12));
    for (found, quantity) in [("rmse", "rmse"), ("displacement", "displacement"), ("energy_error", "energy_error")] {
        let values = numbers(&frames[quantity]);
        let [means, worsts] = ["mean", "worst"].map(|which| numbers(&summary[&format!("{found}_{which}")]));
        for row in 0..summary["frame"].len() {
            let same = |i: &usize| ["candidate", "frame"].iter().all(|&key| frames[key][*i] == summary[key][row]);
            let runs: Vec<_> = (0..values.len()).filter(same).map(|i| values[i]).collect();
            assert_eq!(runs.len(), 2);
            assert!((means[row] - (runs[0] + runs[1]) / 2.0).abs() <= 1e-12 * means[row]);
            assert_eq!(worsts[row], runs[0].max(runs[1]));
        }
    }
    // The leaky network does not keep the mean, the other one does.
    let drift = |stem: &str| numbers(&columns(&shop.path(&format!("report/{stem}.csv")))["mean_drift"]);
    assert!(drift("long").iter().all(|drift| *drift < 1e-6));
    assert!(drift("long_ablation").iter().any(|drift| *drift > 1e-3));
    // The exponent is that of the energies beside it.
    let decay = columns(&shop.path("report/exponent.csv"));
    let (time, energy) = (numbers(&decay["time"]), numbers(&decay["energy"]));
    assert_eq!(time[..6], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let expected = fit_power_law(&time[..6], &energy[..6], 2.0..=6.0).unwrap().exponent;
    assert!((numbers(&decay["exponent"])[0] - expected).abs() < 1e-12);

    let card = Model::load(shop.path("measured.safetensors")).unwrap().card;
    let network =
        (0..frames["run"].len()).filter(|&i| frames["candidate"][i] == "network" && frames["frame"][i] == "10");
    let rmse = network.map(|i| numbers(&frames["rmse"])[i]).sum::<f64>() / 2.0;
    assert!((card.errors["rmse_10"] - rmse).abs() < 1e-12);

    // The card has the front of the report, relative to the network; a table of an earlier report gives the same.
    let (front, table) = (card.front.unwrap(), columns(&shop.path("report/cost_front.csv")));
    assert_eq!(front.points.len(), table["frame"].len());
    let (frame, cost) = (numbers(&table["frame"]), numbers(&table["milliseconds_per_frame"]));
    for (row, point) in front.points.iter().enumerate() {
        let same = |other: &usize| table["evolution"][*other] == "network" && frame[*other] == frame[row];
        let network = (0..frame.len()).find(same).unwrap();
        assert_eq!(point.evolution, table["evolution"][row]);
        assert_eq!(point.frame as f64, frame[row]);
        let expected = [numbers(&table["rmse"])[row], cost[row] / cost[network]];
        // JSON may lose the last digit.
        for (found, expected) in [point.rmse, point.cost].into_iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-14 * expected, "{point:?}: {expected}");
        }
    }
    shop.succeed("evaluate --front report/cost_front.csv --record again.safetensors");
    let again = Model::load(shop.path("again.safetensors")).unwrap();
    let again_front = again.card.front.unwrap();
    for (found, expected) in again_front.points.iter().zip(&front.points) {
        assert_eq!((&found.evolution, found.frame), (&expected.evolution, expected.frame));
        assert!((found.cost - expected.cost).abs() <= 1e-14 * expected.cost, "{found:?}: {expected:?}");
    }
    assert_eq!(again_front.points.len(), front.points.len());
    assert_eq!(again.weights, Model::builtin().unwrap().weights);
    let printed = shop.succeed("info again.safetensors");
    let network = printed.lines().find(|line| line.trim_start().starts_with("network ")).unwrap();
    assert_eq!(network.matches("(1.00)").count(), 2, "{network}");
    // However long, a table is read at once, and a card is told in a few lines.
    let rows: String = (0..200_000).map(|row| format!("16,e{row},{row},1.0,0.1\n16,network,{row},1.0,0.1\n")).collect();
    shop.file("long.csv", format!("grid,evolution,frame,milliseconds_per_frame,rmse\n{rows}"));
    shop.succeed("evaluate --front long.csv --record long.safetensors");
    assert!(shop.succeed("info long.safetensors").contains("400000 points, too many for a table"));
    shop.refuse("evaluate --front report/cost.csv --record no.safetensors", "several sizes");
    shop.refuse("evaluate --front report/boxes.csv --record no.safetensors", "boxes.csv");
}

#[test]
fn parts_of_a_report_can_be_chosen_and_damaged_models_are_refused() {
    let shop = Workshop::new();
    shop.file("text.safetensors", "nonsense");
    shop.refuse("evaluate --model text.safetensors --out report", "text.safetensors");
    shop.refuse("evaluate --model missing.safetensors --out report", "missing.safetensors");
    shop.refuse("evaluate --ablation text.safetensors --out report", "text.safetensors");
    shop.refuse("evaluate --grid 15 --out report", "multiples of the coarsening");
    shop.refuse("evaluate --exponent-window 9..3 --out report", "exponent-window must end");
    shop.refuse("evaluate --out text.safetensors/report", "cannot write");

    let printed = shop.succeed(&format!("{TINY_REPORT} --parts cost,boxes --out report"));
    assert!(printed.contains("2 boxes of 16³, network on 8³") && printed.contains("report.md"), "{printed}");
    let report = fs::read_to_string(shop.path("report/report.md")).unwrap();
    let (boxes, cost) = (report.find("## Boxes of 16³").unwrap(), report.find("## Cost").unwrap());
    assert!(boxes < cost && !report.contains("## Shapes") && !report.contains("## Long runs"));
    shop.refuse(&format!("{TINY_REPORT} --out report"), "is not empty");

    shop.file("report/notes.md", "mine");
    shop.file("report/boxes of mine.csv", "mine");
    shop.succeed(&format!("{TINY_REPORT} --parts exponent --out report --force"));
    let mut left: Vec<_> = fs::read_dir(shop.path("report")).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    let expected = [
        ".lock",
        "boxes of mine.csv",
        "exponent.csv",
        "exponent.png",
        "initial_fields.csv",
        "notes.md",
        "plan.toml",
        "report.md",
    ];
    assert_eq!(left, expected, "the new report, and what is no report's");

    let printed = shop.succeed("evaluate --grid 16 --runs 1 --frames 2 --long-grid 16 --long-runs 1 --long-frames 12");
    assert!(printed.contains("frozen-coarse") && printed.contains("network alone, run 1: 12 frames"), "{printed}");
    let printed = shop.succeed(&format!("{TINY_REPORT} --parts large,shapes,led,exponent,cost"));
    for words in [
        "boxes of 20³, network on 10³",
        #[cfg(feature = "bunny")]
        "bunny on 16³",
        "slice on 16³",
        "white-noise on 16³",
        "F ~ t^n of the network",
        "12³ explicit",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
}

#[test]
fn whatever_the_program_writes_it_can_tell_of() {
    let shop = Workshop::new();
    shop.succeed("simulate --init sphere --grid 16 --frames 2 --engine cpu --out field.npy");
    shop.succeed("export field.npy --out field.vti");
    shop.succeed("compare --init sphere --grid 16 --frames 2 --engine cpu --candidate frozen --out run");
    shop.succeed("dataset --sequences 5 --validation-share 0.4 --frames 4 --grids 16 --out data");
    shop.succeed("train --data data --preset small --steps 2 --length 2 --unroll 2 --engine cpu --out trained");
    for (path, part) in [
        ("field.npy", "16³"),
        ("field.vti", "16³"),
        ("run", "frozen"),
        ("data", "5 of 5"),
        ("data/manifest.json", "5 of 5"),
        ("trained", "2 of 2"),
        ("trained/last.safetensors", "face"),
    ] {
        let told = shop.succeed(&format!("info {path}"));
        assert!(told.contains(part), "{path}: {told}");
    }
    for path in ["run/surfaces", "data/sequences"] {
        shop.refuse(&format!("info {path}"), "is neither a model, nor a field");
    }
}
