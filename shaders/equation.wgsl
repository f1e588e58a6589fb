// The equation of src/equation.rs, whose numbers it is given; lengths in units of the distance of nodes.

struct Equation {
    reaction: f32, // of φ³ − φ in μ
    stiffness: f32, // of −∇²φ in μ
    well: f32, // of (1 − φ²)² in the energy density
    gradient: f32, // of |∇φ|² in the energy density
}

fn chemical_potential(equation: Equation, phi: f32, laplacian: f32) -> f32 {
    return equation.reaction * (phi * phi * phi - phi) - equation.stiffness * laplacian;
}

fn energy_density(equation: Equation, phi: f32, slope2: f32) -> f32 {
    let depth = 1.0 - phi * phi;
    return equation.gradient * slope2 + equation.well * depth * depth;
}
