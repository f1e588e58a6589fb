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

/// The coefficients of a step with the 7-point Laplacian of spacing 1: μ = well (φ³ − φ) − gradient ∇²φ, and then
/// φ ← φ + rate ∇²μ if φ is conserved, otherwise φ ← φ − rate μ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scheme {
    pub well: f64,
    pub gradient: f64,
    pub rate: f64,
    pub conserved: bool,
}

/// Grids below this size are left to one thread: a step is over before a second one has woken up.
const PARALLEL_SIZE: usize = 40;

/// φ on its way, in the layout of [`Layout`].
pub struct Stepper {
    layout: Layout,
    scheme: Step,
    phi: Vec<f32>,
    /// What the additions so far have lost: φ is `phi` + `lost`.
    lost: Vec<f32>,
    slabs: Vec<Slab>,
}

impl Stepper {
    /// Steps of `scheme` in a box of `shape` nodes, on so many threads.
    pub fn new(shape: [usize; 3], scheme: Scheme, threads: usize) -> Self {
        let layout = Layout::new(shape);
        let nx = shape[0];
        let alone = threads == 1 || shape.iter().product::<usize>() < PARALLEL_SIZE.pow(3);
        let width = if alone { nx } else { nx.div_ceil(threads) };
        let stored = layout.plane() * nx;
        Self {
            layout,
            scheme: Step::new(&scheme),
            lost: vec![0.0; stored],
            phi: vec![0.0; stored],
            slabs: (0..nx).step_by(width).map(|start| Slab::new(layout, start, width)).collect(),
        }
    }

    /// Takes over φ and what its additions have lost, in C order.
    pub fn load(&mut self, phi: &[f32], lost: &[f32]) {
        self.phi = self.layout.load(phi);
        self.lost = self.layout.load(lost);
    }

    /// φ and what its additions have lost, in C order.
    pub fn unload(&self) -> (Vec<f32>, Vec<f32>) {
        (self.layout.unload(&self.phi), self.layout.unload(&self.lost))
    }

    /// So many steps.
    pub fn advance(&mut self, steps: usize) {
        (0..steps).for_each(|_| self.step());
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
        Self { start, width: width.min(layout.planes() - start), beyond, mu: [plane(), plane(), plane()] }
    }

    /// Copies the planes beyond the slab from the whole field.
    fn look_beyond(&mut self, layout: Layout, phi: &[f32]) {
        let first = [self.start + 2 * layout.planes() - 2, self.start + self.width];
        for (planes, first) in self.beyond.iter_mut().zip(first) {
            for (i, plane) in planes.iter_mut().enumerate() {
                plane.copy_from_slice(&phi[(first + i) % layout.planes() * layout.plane()..][..layout.plane()]);
            }
        }
    }
}

/// The coefficients of one step, in the form in which they are applied.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// 18/ε, of φ³.
    cubic: f32,
    /// 6ε − 18/ε, of φ: the potential's share and the centre of −ε∇².
    linear: f32,
    /// −ε, of the sum of the six neighbours of φ.
    neighbours: f32,
    /// Δt M.
    rate: f32,
    conserved: bool,
}

impl Step {
    fn new(scheme: &Scheme) -> Self {
        let Scheme { well, gradient, rate, conserved } = *scheme;
        Self {
            cubic: well as f32,
            linear: (6.0 * gradient - well) as f32,
            neighbours: -gradient as f32,
            rate: rate as f32,
            conserved,
        }
    }

    /// Advances `phi` and `lost`, the slab's own planes, with the widest instructions the processor has.
    fn advance(self, layout: Layout, slab: &mut Slab, phi: &mut [f32], lost: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,fma")]
            fn avx512(scheme: Step, layout: Layout, slab: &mut Slab, phi: &mut [f32], lost: &mut [f32]) {
                scheme.sweep(layout, slab, phi, lost, f32::mul_add);
            }
            #[target_feature(enable = "avx2,fma")]
            fn avx2(scheme: Step, layout: Layout, slab: &mut Slab, phi: &mut [f32], lost: &mut [f32]) {
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
            if self.conserved {
                layout.sweep(lost, [before, here, after], |lost, mu, sum| fused(self.rate, fused(-6.0, mu, sum), lost));
            } else {
                layout.sweep(lost, [before, here, after], |lost, mu, _| fused(-self.rate, mu, lost));
            }
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
