//! Forward Euler with the 7-point Laplacian applied twice, on the CPU, in f32: the reference solver.
//!
//! ```text
//! μ = 18/ε (φ³ − φ) − ε ∇²φ        φ ← φ + Δt M ∇²μ
//! ```
//!
//! Each thread owns a slab of planes of constant x and carries three planes of μ through it, so that μ is
//! never stored as a whole: one pass over memory per step.

use super::stencil::Layout;
use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
};

/// How many threads a solver uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threads {
    /// All of rayon's pool.
    #[default]
    All,
    /// The caller's alone: for many solvers side by side.
    One,
}

/// Grids below this size are left to one thread: a step is over before a second one has woken up.
const PARALLEL_SIZE: usize = 40;

/// Forward Euler on a periodic cube, spacing 1.
pub struct ExplicitSolver {
    layout: Layout,
    parameters: Parameters,
    scheme: Scheme,
    frame: usize,
    phi: Vec<f32>,
    next: Vec<f32>,
    /// Planes per slab; the last slab may have fewer.
    width: usize,
    /// Per slab, the planes of μ before, at and after the plane being updated.
    potentials: Vec<[Vec<f32>; 3]>,
}

impl ExplicitSolver {
    /// Starts from `field` at frame 0, on all threads.
    ///
    /// # Errors
    /// When the parameters are not valid, or the time step not below the stability limit.
    pub fn new(field: &Field, parameters: Parameters) -> Result<Self, EvolutionError> {
        Self::with_threads(field, parameters, Threads::All)
    }

    /// As [`ExplicitSolver::new`], on as many threads as `threads` says. The result is the same to the bit.
    ///
    /// # Errors
    /// As [`ExplicitSolver::new`].
    pub fn with_threads(field: &Field, parameters: Parameters, threads: Threads) -> Result<Self, EvolutionError> {
        parameters.validate_explicit()?;
        let layout = Layout::new(field.size());
        let alone = threads == Threads::One || layout.size() < PARALLEL_SIZE;
        let width = if alone { layout.size() } else { layout.size().div_ceil(rayon::current_num_threads()) };
        let planes = || [(); 3].map(|()| vec![0.0; layout.plane()]);
        let phi = layout.load(field.values());
        Ok(Self {
            layout,
            parameters,
            scheme: Scheme::new(&parameters),
            frame: 0,
            next: phi.clone(),
            phi,
            width,
            potentials: (0..layout.size().div_ceil(width)).map(|_| planes()).collect(),
        })
    }

    /// One time step.
    fn step(&mut self) {
        let (layout, scheme, width, phi) = (self.layout, self.scheme, self.width, &self.phi[..]);
        let slabs = self.next.chunks_mut(width * layout.plane()).zip(&mut self.potentials).enumerate();
        if slabs.len() == 1 {
            slabs.for_each(|(i, (next, mu))| scheme.advance_slab(layout, i * width, phi, next, mu));
        } else {
            rayon::scope(|scope| {
                for (i, (next, mu)) in slabs {
                    scope.spawn(move |_| scheme.advance_slab(layout, i * width, phi, next, mu));
                }
            });
        }
        std::mem::swap(&mut self.phi, &mut self.next);
    }
}

impl Evolution for ExplicitSolver {
    fn size(&self) -> usize {
        self.layout.size()
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        if field.size() != self.size() {
            return Err(EvolutionError::WrongSize { expected: self.size(), found: field.size() });
        }
        self.phi = self.layout.load(field.values());
        self.frame = 0;
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        for _ in 0..self.parameters.steps_per_frame {
            self.step();
        }
        self.frame += 1;
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        Field::from_values(self.size(), self.layout.unload(&self.phi))
            .map_err(|_| EvolutionError::NotFinite { frame: self.frame })
    }
}

/// The coefficients of one step, in the form in which they are applied.
#[derive(Debug, Clone, Copy)]
struct Scheme {
    /// 18/ε, of φ³.
    cubic: f32,
    /// 6ε − 18/ε, of φ: the potential's share and the centre of −ε∇².
    linear: f32,
    /// −ε, of the sum of the six neighbours of φ.
    neighbours: f32,
    /// Δt M.
    rate: f32,
}

impl Scheme {
    fn new(parameters: &Parameters) -> Self {
        let epsilon = parameters.epsilon;
        Self {
            cubic: (18.0 / epsilon) as f32,
            linear: (6.0 * epsilon - 18.0 / epsilon) as f32,
            neighbours: -epsilon as f32,
            rate: (parameters.time_step * parameters.mobility) as f32,
        }
    }

    /// Writes the planes `start..` of the next φ to `next`, with the widest instructions the processor has.
    fn advance_slab(self, layout: Layout, start: usize, phi: &[f32], next: &mut [f32], mu: &mut [Vec<f32>; 3]) {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,fma")]
            fn avx512(s: Scheme, layout: Layout, start: usize, phi: &[f32], next: &mut [f32], mu: &mut [Vec<f32>; 3]) {
                s.sweep_slab(layout, start, phi, next, mu, f32::mul_add);
            }
            #[target_feature(enable = "avx2,fma")]
            fn avx2(s: Scheme, layout: Layout, start: usize, phi: &[f32], next: &mut [f32], mu: &mut [Vec<f32>; 3]) {
                s.sweep_slab(layout, start, phi, next, mu, f32::mul_add);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma") {
                // SAFETY: the processor has the features the function was compiled for.
                return unsafe { avx512(self, layout, start, phi, next, mu) };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                // SAFETY: as above.
                return unsafe { avx2(self, layout, start, phi, next, mu) };
            }
        }
        self.sweep_slab(layout, start, phi, next, mu, |a, b, c| a * b + c);
    }

    /// `fused(a, b, c)` is a·b + c, with one rounding where the processor can.
    #[inline(always)]
    fn sweep_slab(
        self,
        layout: Layout,
        start: usize,
        phi: &[f32],
        next: &mut [f32],
        mu: &mut [Vec<f32>; 3],
        fused: impl Fn(f32, f32, f32) -> f32,
    ) {
        let n = layout.size();
        let plane = |x: usize| &phi[x % n * layout.plane()..][..layout.plane()];
        let mut update = next.chunks_exact_mut(layout.plane());
        // μ is one plane ahead of the update, and starts one plane before the slab.
        for (computed, x) in (start + n - 1..=start + n + update.len()).enumerate() {
            mu.rotate_left(1);
            let [before, here, after] = mu;
            layout.sweep(after, [plane(x - 1), plane(x), plane(x + 1)], plane(x), |phi, sum, _| {
                fused(phi, fused(phi * phi, self.cubic, self.linear), self.neighbours * sum)
            });
            if computed < 2 {
                continue;
            }
            if let Some(next) = update.next() {
                layout.sweep(next, [before, here, after], plane(x - 1), |mu, sum, phi| {
                    fused(self.rate, fused(-6.0, mu, sum), phi)
                });
            }
        }
    }
}
