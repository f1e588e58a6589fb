//! Reference solvers of the Cahn–Hilliard equation.
