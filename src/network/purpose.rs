//! What a network is trained for: it knows nothing else.

use crate::equation::Equation;

/// The equation, the frames and the nodes that a network is trained for, or that a run asks of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purpose {
    /// What is solved.
    pub equation: Equation,
    /// Time units per frame.
    pub frame_time: f64,
    /// Spacing of the network's nodes in grid units.
    pub coarsening: usize,
}

impl Purpose {
    /// What is unlike in another purpose, such as “ε 3, not 2”; numbers that differ by rounding are alike.
    pub fn unlike(&self, other: &Self) -> Vec<String> {
        let [own, asked] = [self, other].map(|purpose| purpose.equation.kinetics);
        let unlike = || format!("the {} equation, not the {} equation", own.name(), asked.name());
        let kinetics = (own != asked).then(unlike);
        let pairs = self.numbers().into_iter().zip(other.numbers());
        let unlike = pairs.filter(|((_, own), (_, asked))| (own / asked - 1.0).abs() > 1e-6);
        let numbers = unlike.map(|((what, own), (_, asked))| format!("{what} {own}, not {asked}"));
        kinetics.into_iter().chain(numbers).collect()
    }

    fn numbers(&self) -> [(&'static str, f64); 4] {
        [
            ("ε", self.equation.epsilon),
            ("a mobility of", self.equation.mobility),
            ("a time per frame of", self.frame_time),
            ("a coarsening of", self.coarsening as f64),
        ]
    }
}
