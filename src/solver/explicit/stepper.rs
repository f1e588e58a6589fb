//! Forward Euler of φ in a periodic box, many steps to a pass over memory, on several threads:
//!
//! ```text
//! μ = well (φ³ − φ) − gradient ∇²φ        φ ← φ + rate ∇²μ  or  φ ← φ − rate μ
//! ```
//!
//! *Memory.* The box is cut along its longest axis into one slab of planes per thread. A step needs μ of three planes
//! only, so that μ is never stored as a whole: a ring of three planes of μ moves through the slab, and φ is updated
//! in place behind it.
//!
//! *Blocking in time.* As soon as a step has moved on by two planes, the next one follows in its wake, with a ring of
//! its own: a wavefront of several steps ("levels"), each of which finds in the cache what the one before it has just
//! written (Wellein et al., COMPSAC 2009, 579). A plane's step depends on two planes on either side, so that a slab by
//! itself advances as a trapezoid, two planes less at either end with every level. Once all slabs have (`.`), the gaps
//! over their seams are filled (`s`), as trapezoids that stand on their heads (split tiling, Grosser et al., GPGPU-6,
//! 24, 2013):
//!
//! ```text
//!          |         one slab        |
//! level 1  | s s s s . . . . . s s s s |
//! level 0  | s s . . . . . . . . . s s |
//! ```
//!
//! All that the filling needs from beneath the slopes is two planes of μ per level and slope, which the first pass
//! leaves there. So nothing is computed twice, and every value comes from the same operations in the same order,
//! whatever the number of threads and levels. The threads start once per call and meet twice per pass.

use super::{
    barrier::{Barrier, Party},
    layout::{Layout, Planes},
    sweep::{self, Coefficients, Potential, Update},
};
use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

/// Levels of a wavefront at most: with more, memory is no longer what takes the time.
const MAX_LEVELS: usize = 8;

/// Bytes that a wavefront may occupy: a core's share of the cache that the cores have in common.
const CACHE: usize = 6 << 20;

/// Planes that each level keeps in the cache: two of φ, two of what it has lost, three of μ.
const PLANES_PER_LEVEL: usize = 7;

/// Planes of the narrowest slab: one whose trapezoid has a level.
const MIN_WIDTH: usize = 5;

/// Values of the smallest slab that is worth a thread of its own: a step of it takes longer than to meet.
const MIN_VALUES: usize = 1 << 13;

/// How a box is stepped: μ = `well` (φ³ − φ) − `gradient` ∇²φ, with the 7-point Laplacian of a periodic box of spacing
/// 1. Along an axis of one node the neighbours are the node itself, so that it drops out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scheme {
    /// The factor of the double well's derivative, 18/ε for [`Parameters`](crate::equation::Parameters).
    pub well: f64,
    /// The factor of −∇²φ, ε for these.
    pub gradient: f64,
    /// The time step times the mobility.
    pub rate: f64,
    /// Whether φ moves by `rate` ∇²μ (Cahn and Hilliard) or else by −`rate` μ (Allen and Cahn).
    pub conserved: bool,
}

impl Scheme {
    fn coefficients(self) -> Coefficients {
        Coefficients {
            cubic: self.well as f32,
            linear: (6.0 * self.gradient - self.well) as f32,
            neighbours: -self.gradient as f32,
            rate: if self.conserved { self.rate } else { -self.rate } as f32,
            conserved: self.conserved,
        }
    }
}

/// φ in a periodic box, in f32 and compensated for rounding.
pub struct Stepper {
    layout: Layout,
    coefficients: Coefficients,
    /// Steps in one pass.
    levels: usize,
    slabs: Vec<Slab>,
}

/// The planes of one thread. The locks are never waited for: they tell the compiler what the barrier sees to.
struct Slab {
    /// The two planes per level at either end, which the seams there share, and those between.
    head: Mutex<Part>,
    core: Mutex<Part>,
    tail: Mutex<Part>,
    /// μ before, at and after the plane that is updated, for each level.
    rings: Mutex<Vec<[Planes; 3]>>,
}

/// Consecutive planes.
struct Part {
    /// The number of the first in the box.
    start: usize,
    phi: Planes,
    /// What the additions so far have lost: φ is `phi` + `lost`.
    lost: Planes,
    /// The two planes of μ where each level of a slab begins (in its head) or ends (in its tail).
    mu: Vec<[Planes; 2]>,
}

impl Part {
    fn new(layout: Layout, start: usize, end: usize, levels: usize) -> Mutex<Self> {
        let planes = |count| Planes::new(layout.plane, count);
        let mu = (0..levels).map(|_| [planes(1), planes(1)]).collect();
        Mutex::new(Self { start, phi: planes(end - start), lost: planes(end - start), mu })
    }
}

impl Slab {
    fn new(layout: Layout, start: usize, end: usize, levels: usize) -> Self {
        let plane = || Planes::new(layout.plane, 1);
        let width = 2 * levels;
        Self {
            head: Part::new(layout, start, start + width, levels),
            core: Part::new(layout, start + width, end - width, 0),
            tail: Part::new(layout, end - width, end, levels),
            rings: Mutex::new((0..levels).map(|_| [plane(), plane(), plane()]).collect()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic under the lock has already reached the caller of `advance`.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stepper {
    /// A box of zeros with `shape` nodes, on up to `threads` threads. The longest side has at least five nodes, any
    /// other one or more.
    pub fn new(shape: [usize; 3], scheme: Scheme, threads: usize) -> Self {
        let layout = Layout::new(shape);
        let values = layout.plane.values();
        let slabs = threads.min(layout.count / MIN_WIDTH).min(layout.count * values / MIN_VALUES).max(1);
        let narrowest = layout.count / slabs;
        let cached = CACHE / (PLANES_PER_LEVEL * values * size_of::<f32>());
        let levels = cached.min(MAX_LEVELS).min((narrowest - 1) / 4).max(1);
        let start = |slab: usize| slab * layout.count / slabs;
        let slabs = (0..slabs).map(|i| Slab::new(layout, start(i), start(i + 1), levels)).collect();
        Self { layout, coefficients: scheme.coefficients(), levels, slabs }
    }

    /// Steps in one pass over memory: fewer in a call take as long.
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// Starts from `phi`, and from `lost`, what earlier steps have lost to rounding; both in C order.
    pub fn load(&mut self, phi: &[f32], lost: &[f32]) {
        for part in self.parts() {
            let Part { start, phi: own_phi, lost: own_lost, .. } = &mut *lock(part);
            for (planes, values) in [(own_phi, phi), (own_lost, lost)] {
                planes.iter_mut().zip(*start..).for_each(|(plane, x)| self.layout.load(x, plane, values));
            }
        }
    }

    /// φ, and what its steps have lost to rounding and still hold; both in C order.
    pub fn unload(&self) -> (Vec<f32>, Vec<f32>) {
        let (mut phi, mut lost) = (vec![0.0; self.layout.nodes()], vec![0.0; self.layout.nodes()]);
        for part in self.parts() {
            let part = lock(part);
            for (planes, values) in [(&part.phi, &mut phi), (&part.lost, &mut lost)] {
                planes.iter().zip(part.start..).for_each(|(plane, x)| self.layout.unload(x, plane, values));
            }
        }
        (phi, lost)
    }

    fn parts(&self) -> impl Iterator<Item = &Mutex<Part>> {
        self.slabs.iter().flat_map(|slab| [&slab.head, &slab.core, &slab.tail])
    }

    /// Takes `steps` steps. The caller's thread is one of those that work; the others end with the call, and have its
    /// priority where the system hands that down. If no more can be started, there are fewer.
    pub fn advance(&mut self, steps: usize) {
        let (stepper, barrier) = (&*self, &Barrier::default());
        thread::scope(|scope| {
            let work = |worker| move || stepper.work(worker, steps, barrier);
            let starts = |&worker: &usize| thread::Builder::new().spawn_scoped(scope, work(worker)).is_ok();
            barrier.open(1 + (1..stepper.slabs.len()).take_while(starts).count());
            work(0)();
        });
    }

    /// Takes all steps of every slab and seam that falls to this worker.
    fn work(&self, worker: usize, steps: usize, barrier: &Barrier) {
        let _party = Party(barrier);
        let own = || (worker..self.slabs.len()).step_by(barrier.parties());
        let mut left = steps;
        while left > 0 {
            let levels = left.min(self.levels);
            own().for_each(|slab| self.advance_slab(slab, levels));
            barrier.wait();
            own().for_each(|slab| self.advance_seam(slab, levels));
            barrier.wait();
            left -= levels;
        }
    }

    /// Takes a slab's planes forward, level l (from 0) all but 2(l + 1) planes at either end.
    fn advance_slab(&self, slab: usize, levels: usize) {
        let Slab { head, core, tail, rings } = &self.slabs[slab];
        let (mut head, mut core, mut tail, mut rings) = (lock(head), lock(core), lock(tail), lock(rings));
        let (head, core, tail) = (&mut *head, &mut *core, &mut *tail);
        let mut phi: Vec<_> = head.phi.iter_mut().chain(core.phi.iter_mut()).chain(tail.phi.iter_mut()).collect();
        let mut lost: Vec<_> = head.lost.iter_mut().chain(core.lost.iter_mut()).chain(tail.lost.iter_mut()).collect();
        let width = phi.len();
        for front in 2..width - 2 {
            for (level, ring) in rings[..levels.min((front + 2) / 4)].iter_mut().enumerate() {
                // The plane to update, and how many this level has behind it.
                let (x, done) = (front - 2 * level, front - 4 * level - 2);
                if done == 0 {
                    self.potential(&mut ring[0], &phi[x - 2..]);
                    self.potential(&mut ring[1], &phi[x - 1..]);
                } else {
                    ring.rotate_left(1);
                }
                self.potential(&mut ring[2], &phi[x..]);
                self.update(phi[x], lost[x], ring);
                if done < 2 {
                    mem::swap(&mut ring[0], &mut head.mu[level][done]);
                }
            }
        }
        for (level, [_, last, beyond]) in rings[..levels].iter_mut().enumerate() {
            if width == 4 * level + 5 {
                // This level has updated one plane: μ there is needed at both ends.
                head.mu[level][1].values_mut().copy_from_slice(last.values());
            }
            mem::swap(last, &mut tail.mu[level][0]);
            mem::swap(beyond, &mut tail.mu[level][1]);
        }
    }

    /// Takes the planes about the end of a slab forward, level l those that [`Self::advance_slab`] left: 2(l + 1) on
    /// either side.
    fn advance_seam(&self, slab: usize, levels: usize) {
        let (left, right) = (&self.slabs[slab], &self.slabs[(slab + 1) % self.slabs.len()]);
        let (mut before, mut after, mut rings) = (lock(&left.tail), lock(&right.head), lock(&left.rings));
        let (before, after) = (&mut *before, &mut *after);
        let mut phi: Vec<_> = before.phi.iter_mut().chain(after.phi.iter_mut()).collect();
        let mut lost: Vec<_> = before.lost.iter_mut().chain(after.lost.iter_mut()).collect();
        for done in 0..4 * levels {
            // Level l has 4(l + 1) planes to update; those that have are through.
            for (level, ring) in rings[..levels].iter_mut().enumerate().skip(done / 4) {
                let x = 2 * (self.levels - level - 1) + done;
                if done == 0 {
                    mem::swap(&mut ring[0], &mut before.mu[level][0]);
                    mem::swap(&mut ring[1], &mut before.mu[level][1]);
                } else {
                    ring.rotate_left(1);
                }
                match (done + 2).checked_sub(4 * (level + 1)) {
                    Some(known) => mem::swap(&mut ring[2], &mut after.mu[level][known]),
                    None => self.potential(&mut ring[2], &phi[x..]),
                }
                self.update(phi[x], lost[x], ring);
            }
        }
    }

    /// Sets μ at the second of the planes `phi`.
    fn potential(&self, mu: &mut Planes, phi: &[&mut [f32]]) {
        let sweep = Potential { mu: mu.values_mut(), phi: [&*phi[0], &*phi[1], &*phi[2]] };
        sweep::run(sweep, self.layout.plane, self.coefficients);
    }

    /// Moves a plane by one step.
    fn update(&self, phi: &mut [f32], lost: &mut [f32], [before, here, after]: &[Planes; 3]) {
        let sweep = Update { phi, lost, mu: [before.values(), here.values(), after.values()] };
        sweep::run(sweep, self.layout.plane, self.coefficients);
    }
}
