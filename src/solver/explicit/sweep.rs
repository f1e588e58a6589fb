//! The two stencils of a step, over one plane:
//!
//! ```text
//! μ = well (φ³ − φ) − gradient ∇²φ        φ ← φ + rate ∇²μ  or  φ ← φ − rate μ
//! ```
//!
//! What the addition loses to rounding is kept, and added to the next step (Kahan, Commun. ACM 8, 40, 1965): near rest
//! a step is smaller than the last digit of φ in the phases, not at the interfaces, and would be lost in the one and
//! not in the other.

use super::{layout::Plane, vector::Vector};

/// The coefficients of a step, in the form in which they are applied.
#[derive(Debug, Clone, Copy)]
pub struct Coefficients {
    /// `well`, of φ³.
    pub cubic: f32,
    /// 6 `gradient` − `well`, of φ: the well's share and the centre of −∇².
    pub linear: f32,
    /// −`gradient`, of the sum of the six neighbours of φ.
    pub neighbours: f32,
    /// `rate`, of ∇²μ, or −`rate`, of μ.
    pub rate: f32,
    /// Whether φ is conserved, so that ∇²μ moves it.
    pub conserved: bool,
}

/// Work on a plane, in vectors of `L` values.
pub trait Sweep {
    /// Implementations are `#[inline(always)]`, or they miss the instruction set that [`run`] chooses.
    fn run<const L: usize, V: Vector<L>>(self, plane: Plane, coefficients: Coefficients);
}

/// Runs `sweep` with the widest instructions the processor has.
pub fn run<S: Sweep>(sweep: S, plane: Plane, coefficients: Coefficients) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{__m256, __m512};

        #[target_feature(enable = "avx512f,fma")]
        fn avx512<S: Sweep>(sweep: S, plane: Plane, coefficients: Coefficients) {
            sweep.run::<16, __m512>(plane, coefficients);
        }
        #[target_feature(enable = "avx2,fma")]
        fn avx2<S: Sweep>(sweep: S, plane: Plane, coefficients: Coefficients) {
            sweep.run::<8, __m256>(plane, coefficients);
        }
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has the features the function was compiled for.
            return unsafe { avx512(sweep, plane, coefficients) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: as above.
            return unsafe { avx2(sweep, plane, coefficients) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    sweep.run::<4, std::arch::aarch64::float32x4_t>(plane, coefficients);
    #[cfg(not(target_arch = "aarch64"))]
    sweep.run::<4, [f32; 4]>(plane, coefficients);
}

/// A row in the vectors that hold its nodes.
type Row<'a, const L: usize> = &'a [[f32; L]];

impl Plane {
    #[inline(always)]
    fn row<const L: usize>(self, values: &[f32], y: usize) -> Row<'_, L> {
        &values[y * self.stride..][..self.stride].as_chunks().0[..self.nodes.div_ceil(L)]
    }

    #[inline(always)]
    fn row_mut<const L: usize>(self, values: &mut [f32], y: usize) -> &mut [[f32; L]] {
        &mut values[y * self.stride..][..self.stride].as_chunks_mut().0[..self.nodes.div_ceil(L)]
    }

    /// Row `y` between the one before it and the one after it.
    #[inline(always)]
    fn rows<const L: usize>(self, values: &[f32], y: usize) -> [Row<'_, L>; 3] {
        let before = if y == 0 { self.rows - 1 } else { y - 1 };
        let after = if y + 1 == self.rows { 0 } else { y + 1 };
        [self.row(values, before), self.row(values, y), self.row(values, after)]
    }
}

/// A walk along a row, vector by vector, which keeps what it has read for the neighbour's sake.
struct Walk<'a, const L: usize, V> {
    below: Row<'a, L>,
    row: Row<'a, L>,
    above: Row<'a, L>,
    /// The vector before the one reached; at the start, of the row's last node.
    before: V,
    here: V,
    /// The row's first node, which follows its last one.
    first: V,
    /// The lane of the last node in the last vector.
    end: usize,
}

impl<'a, const L: usize, V: Vector<L>> Walk<'a, L, V> {
    /// Along the second of `rows`, which has `nodes` nodes in `length` vectors.
    #[inline(always)]
    fn new([below, row, above]: [Row<'a, L>; 3], nodes: usize, length: usize) -> Self {
        let (below, row, above, end) = (&below[..length], &row[..length], &above[..length], (nodes - 1) % L);
        let (first, last) = (V::splat(row[0][0]), V::splat(row[length - 1][end]));
        Self { below, row, above, before: last, here: V::load(&row[0]), first, end }
    }

    /// The values of vector `k`, which is the next and, if `LAST`, the last, and the sums of their six neighbours,
    /// those in the planes on either side being `a` and `b`. A row that is `ALONE` in its plane is its own neighbour on
    /// either side and need not be read again.
    #[inline(always)]
    fn step<const ALONE: bool, const LAST: bool>(&mut self, k: usize, a: &[f32; L], b: &[f32; L]) -> (V, V) {
        let here = self.here;
        let after = if LAST { self.first } else { V::load(&self.row[k + 1]) };
        let right = if LAST { here.right(after).with(self.end, self.first) } else { here.right(after) };
        let planes = V::load(a).plus(V::load(b));
        let rows = if ALONE { here.plus(here) } else { V::load(&self.below[k]).plus(V::load(&self.above[k])) };
        let sum = planes.plus(rows).plus(here.left(self.before).plus(right));
        (self.before, self.here) = (here, after);
        (here, sum)
    }
}

/// Sets `mu` from φ of the plane before it, of itself and of the plane after it.
pub struct Potential<'a> {
    pub mu: &'a mut [f32],
    pub phi: [&'a [f32]; 3],
}

impl Sweep for Potential<'_> {
    #[inline(always)]
    fn run<const L: usize, V: Vector<L>>(self, plane: Plane, coefficients: Coefficients) {
        match plane.rows {
            1 => self.rows::<L, V, true>(plane, coefficients),
            _ => self.rows::<L, V, false>(plane, coefficients),
        }
    }
}

impl Potential<'_> {
    #[inline(always)]
    fn rows<const L: usize, V: Vector<L>, const ALONE: bool>(self, plane: Plane, coefficients: Coefficients) {
        let Coefficients { cubic, linear, neighbours, .. } = coefficients;
        let (cubic, linear, neighbours) = (V::splat(cubic), V::splat(linear), V::splat(neighbours));
        let [before, here, after] = self.phi;
        for y in 0..plane.rows {
            let (mu, before, after) = (plane.row_mut(self.mu, y), plane.row(before, y), plane.row(after, y));
            potential_row::<L, V, ALONE>(mu, before, plane.rows(here, y), after, plane.nodes, |(phi, sum)| {
                phi.fused(phi.times(phi).fused(cubic, linear), neighbours.times(sum))
            });
        }
    }
}

/// The rows are arguments of their own, here and below, so that the compiler knows that none overlaps what is written.
#[inline(always)]
fn potential_row<const L: usize, V: Vector<L>, const ALONE: bool>(
    mu: &mut [[f32; L]],
    before: Row<L>,
    here: [Row<L>; 3],
    after: Row<L>,
    nodes: usize,
    potential: impl Fn((V, V)) -> V,
) {
    let last = mu.len() - 1;
    let (before, after) = (&before[..=last], &after[..=last]);
    let mut phi = Walk::<L, V>::new(here, nodes, last + 1);
    for k in 0..last {
        potential(phi.step::<ALONE, false>(k, &before[k], &after[k])).store(&mut mu[k]);
    }
    potential(phi.step::<ALONE, true>(last, &before[last], &after[last])).store(&mut mu[last]);
}

/// Moves `phi` and `lost` by one step, from μ of the plane before it, of itself and of the plane after it.
pub struct Update<'a> {
    pub phi: &'a mut [f32],
    pub lost: &'a mut [f32],
    pub mu: [&'a [f32]; 3],
}

impl Sweep for Update<'_> {
    #[inline(always)]
    fn run<const L: usize, V: Vector<L>>(self, plane: Plane, coefficients: Coefficients) {
        match plane.rows {
            1 => self.rows::<L, V, true>(plane, coefficients),
            _ => self.rows::<L, V, false>(plane, coefficients),
        }
    }
}

impl Update<'_> {
    #[inline(always)]
    fn rows<const L: usize, V: Vector<L>, const ALONE: bool>(self, plane: Plane, coefficients: Coefficients) {
        let (rate, centre) = (V::splat(coefficients.rate), V::splat(-6.0));
        let [before, here, after] = self.mu;
        for y in 0..plane.rows {
            let (phi, lost) = (plane.row_mut(self.phi, y), plane.row_mut(self.lost, y));
            if coefficients.conserved {
                let (before, after) = (plane.row(before, y), plane.row(after, y));
                diffusion_row::<L, V, ALONE>(
                    phi,
                    lost,
                    before,
                    plane.rows(here, y),
                    after,
                    plane.nodes,
                    |(mu, sum), lost| rate.fused(centre.fused(mu, sum), lost),
                );
            } else {
                for ((phi, lost), mu) in phi.iter_mut().zip(lost).zip(plane.row(here, y)) {
                    add(phi, lost, rate.fused(V::load(mu), V::load(lost)));
                }
            }
        }
    }
}

#[inline(always)]
fn diffusion_row<const L: usize, V: Vector<L>, const ALONE: bool>(
    phi: &mut [[f32; L]],
    lost: &mut [[f32; L]],
    before: Row<L>,
    here: [Row<L>; 3],
    after: Row<L>,
    nodes: usize,
    change: impl Fn((V, V), V) -> V,
) {
    let last = phi.len() - 1;
    let (lost, before, after) = (&mut lost[..=last], &before[..=last], &after[..=last]);
    let mut mu = Walk::<L, V>::new(here, nodes, last + 1);
    for k in 0..last {
        let change = change(mu.step::<ALONE, false>(k, &before[k], &after[k]), V::load(&lost[k]));
        add(&mut phi[k], &mut lost[k], change);
    }
    let change = change(mu.step::<ALONE, true>(last, &before[last], &after[last]), V::load(&lost[last]));
    add(&mut phi[last], &mut lost[last], change);
}

/// Adds `change` to `phi`, rounded, and sets `lost` to what the rounding lost.
#[inline(always)]
fn add<const L: usize, V: Vector<L>>(phi: &mut [f32; L], lost: &mut [f32; L], change: V) {
    let old = V::load(phi);
    let sum = old.plus(change);
    change.minus(sum.minus(old)).store(lost);
    sum.store(phi);
}
