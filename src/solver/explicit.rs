//! Forward Euler with the 7-point Laplacian applied twice, on the CPU, in f32: the reference solver.
//!
//! ```text
//! μ = 18/ε (φ³ − φ) − ε ∇²φ        φ ← φ + Δt M ∇²μ
//! ```
//!
//! Each thread owns a slab of planes of constant x and carries three planes of μ through it, so that μ is
//! never stored as a whole, and updates φ in place behind them: one pass over memory per step.
//!
//! Near rest a step is smaller than the last digit of φ in the phases, not at the interfaces, and would be
//! lost in the one and not in the other. What each addition lost is therefore kept, and added to the next
//! step (Kahan, Commun. ACM 8, 40, 1965).

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
    /// What the additions so far have lost: φ is `phi` + `lost`.
    lost: Vec<f32>,
    slabs: Vec<Slab>,
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
        let phi = layout.load(field.values());
        Ok(Self {
            layout,
            parameters,
            scheme: Scheme::new(&parameters),
            frame: 0,
            lost: vec![0.0; phi.len()],
            phi,
            slabs: (0..layout.size()).step_by(width).map(|start| Slab::new(layout, start, width)).collect(),
        })
    }

    /// One time step.
    fn step(&mut self) {
        let (layout, scheme) = (self.layout, self.scheme);
        self.slabs.iter_mut().for_each(|slab| slab.look_beyond(layout, &self.phi));
        // No slab is wider than the first.
        let chunk = self.slabs[0].width * layout.plane();
        let work = self.slabs.iter_mut().zip(self.phi.chunks_mut(chunk)).zip(self.lost.chunks_mut(chunk));
        if work.len() == 1 {
            work.for_each(|((slab, phi), lost)| scheme.advance(layout, slab, phi, lost));
        } else {
            rayon::scope(|scope| {
                work.for_each(|((slab, phi), lost)| scope.spawn(move |_| scheme.advance(layout, slab, phi, lost)));
            });
        }
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
        self.lost.fill(0.0);
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

/// Consecutive planes of constant x that one thread updates.
struct Slab {
    /// The first of them.
    start: usize,
    width: usize,
    /// The two planes of φ before the slab and the two after it, as they were before the step.
    beyond: [[Vec<f32>; 2]; 2],
    /// The planes of μ before, at and after the plane being updated.
    mu: [Vec<f32>; 3],
}

impl Slab {
    /// The slab of at most `width` planes from `start`.
    fn new(layout: Layout, start: usize, width: usize) -> Self {
        let plane = || vec![0.0; layout.plane()];
        let beyond = [(); 2].map(|()| [plane(), plane()]);
        Self { start, width: width.min(layout.size() - start), beyond, mu: [plane(), plane(), plane()] }
    }

    /// Copies the planes beyond the slab from the whole field.
    fn look_beyond(&mut self, layout: Layout, phi: &[f32]) {
        let first = [self.start + 2 * layout.size() - 2, self.start + self.width];
        for (planes, first) in self.beyond.iter_mut().zip(first) {
            for (i, plane) in planes.iter_mut().enumerate() {
                plane.copy_from_slice(&phi[(first + i) % layout.size() * layout.plane()..][..layout.plane()]);
            }
        }
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

    /// Advances `phi` and `lost`, the slab's own planes, with the widest instructions the processor has.
    fn advance(self, layout: Layout, slab: &mut Slab, phi: &mut [f32], lost: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,fma")]
            fn avx512(scheme: Scheme, layout: Layout, slab: &mut Slab, phi: &mut [f32], lost: &mut [f32]) {
                scheme.sweep(layout, slab, phi, lost, f32::mul_add);
            }
            #[target_feature(enable = "avx2,fma")]
            fn avx2(scheme: Scheme, layout: Layout, slab: &mut Slab, phi: &mut [f32], lost: &mut [f32]) {
                scheme.sweep(layout, slab, phi, lost, f32::mul_add);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma") {
                // SAFETY: the processor has the features the function was compiled for.
                return unsafe { avx512(self, layout, slab, phi, lost) };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                // SAFETY: as above.
                return unsafe { avx2(self, layout, slab, phi, lost) };
            }
        }
        self.sweep(layout, slab, phi, lost, |a, b, c| a * b + c);
    }

    /// `fused(a, b, c)` is a·b + c, with one rounding where the processor can.
    #[inline(always)]
    fn sweep(
        self,
        layout: Layout,
        slab: &mut Slab,
        phi: &mut [f32],
        lost: &mut [f32],
        fused: impl Fn(f32, f32, f32) -> f32,
    ) {
        let Slab { width, beyond: [below, above], mu, .. } = slab;
        let width = *width;
        let within = |x: usize| x * layout.plane()..(x + 1) * layout.plane();
        // Planes are counted from two before the slab, the first of those φ is read from. μ starts one plane before the
        // slab, and is one ahead of the update.
        for i in 1..width + 3 {
            mu.rotate_left(1);
            let [before, here, after] = mu;
            let plane = |i: usize| match i {
                0 | 1 => &below[i][..],
                i if i < width + 2 => &phi[within(i - 2)],
                i => &above[i - width - 2],
            };
            layout.sweep(after, [plane(i - 1), plane(i), plane(i + 1)], |_, phi, sum| {
                fused(phi, fused(phi * phi, self.cubic, self.linear), self.neighbours * sum)
            });
            if i < 3 {
                continue;
            }
            let (phi, lost) = (&mut phi[within(i - 3)], &mut lost[within(i - 3)]);
            layout.sweep(lost, [before, here, after], |lost, mu, sum| fused(self.rate, fused(-6.0, mu, sum), lost));
            add(phi, lost);
        }
    }
}

/// Adds `step` to `phi`, rounded, and sets it to what the rounding lost.
#[inline(always)]
fn add(phi: &mut [f32], step: &mut [f32]) {
    for (phi, step) in phi.iter_mut().zip(step) {
        let sum = *phi + *step;
        *step -= sum - *phi;
        *phi = sum;
    }
}
