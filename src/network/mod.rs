//! The convolutional recurrent network that stands in for the solver.
