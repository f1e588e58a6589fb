//! The convolutional recurrent network that stands in for the solver: one of its steps goes as far
//! as 400 steps of explicit Euler (Lanzoni et al. 2024, DOI 10.1088/2632-2153/ad8532).

pub mod convolution;
