//! The front of error against cost: what is superior to all else, and what a model's card keeps.

use super::Cost;
use crate::network::{Front, FrontPoint};
use std::collections::HashMap;

/// The costs that no other one beats in both time and error, from the cheapest to the most expensive. Those that
/// diverged are left out, and so is the reference, whose error is zero.
pub fn undominated<'a>(costs: impl IntoIterator<Item = &'a Cost>) -> Vec<&'a Cost> {
    let counts = |cost: &&Cost| cost.milliseconds.is_finite() && cost.rmse.is_finite() && cost.rmse > 0.0;
    let mut costs: Vec<_> = costs.into_iter().filter(counts).collect();
    costs.sort_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds).then(a.rmse.total_cmp(&b.rmse)));
    let mut least = f64::INFINITY;
    costs.retain(|cost| {
        let better = cost.rmse < least;
        least = least.min(cost.rmse);
        better
    });
    costs
}

/// Costs in one box as a model's card keeps them: relative to the network's at the same frame, so that they mean
/// something on other machines, too. `None` where the network was not timed.
pub fn relative(costs: &[Cost]) -> Option<Front> {
    let is_network = |cost: &&Cost| cost.is_network && cost.milliseconds > 0.0;
    // The first at each frame.
    let of_network = costs.iter().rev().filter(is_network).map(|cost| (cost.frame, cost.milliseconds));
    let of_network: HashMap<_, _> = of_network.collect();
    let point = |cost: &Cost| {
        let Cost { ref name, frame, milliseconds, rmse, .. } = *cost;
        let cost = milliseconds / of_network.get(&frame)?;
        (cost.is_finite() && rmse.is_finite()).then(|| FrontPoint { evolution: name.clone(), frame, cost, rmse })
    };
    let points: Vec<_> = costs.iter().filter_map(point).collect();
    let grid = costs.first()?.grid;
    (!points.is_empty()).then_some(Front { grid, points })
}
