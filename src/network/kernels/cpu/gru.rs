//! The pointwise part of a gated recurrent unit, and its gradients. With memory H, gates r and u, and candidate n:
//!
//! ```text
//! r = σ(a_r + h_r)   u = σ(a_u + h_u)   q = r ⊙ H
//! n = tanh(a_n + c)  H' = n + u ⊙ (H − n)
//! ```
//!
//! where c comes of q. Tensors are `[batch, channel, node]`: `a` holds the channels of r, u, n, while `h` and `gates`
//! hold those of r, u.

use rayon::prelude::*;

use super::simd::{Kernel, Real};

/// Numbers that a thread takes at a time.
const CHUNK: usize = 4096;

/// `[r, u]` and q, of `batch` boxes.
pub fn gates<T: Real>(batch: usize, a: &[T], h: &[T], memory: &[T]) -> (Vec<T>, Vec<T>) {
    let part = memory.len() / batch.max(1);
    let mut gates = vec![T::default(); 2 * memory.len()];
    let mut q = vec![T::default(); memory.len()];
    let results = gates.chunks_exact_mut(2 * part.max(1)).zip(q.chunks_exact_mut(part.max(1)));
    for (sample, (gates, q)) in results.enumerate() {
        let [a_r, a_u, _] = parts(a, sample, part);
        let [h_r, h_u] = parts(h, sample, part);
        let [memory] = parts(memory, sample, part);
        let (r, u) = gates.split_at_mut(part);
        let results = (r.par_chunks_mut(CHUNK), u.par_chunks_mut(CHUNK), q.par_chunks_mut(CHUNK));
        let inputs = [a_r, h_r, a_u, h_u, memory].map(|part| part.par_chunks(CHUNK));
        let [a_r, h_r, a_u, h_u, memory] = inputs;
        results.into_par_iter().zip((a_r, h_r, a_u, h_u, memory)).for_each(|((r, u, q), inputs)| {
            T::dispatch(Gates { inputs: inputs.into(), r, u, q });
        });
    }
    (gates, q)
}

struct Gates<'a, T> {
    /// `a_r`, `h_r`, `a_u`, `h_u`, H.
    inputs: [&'a [T]; 5],
    r: &'a mut [T],
    u: &'a mut [T],
    q: &'a mut [T],
}

impl<T: Real> Kernel<T> for Gates<'_, T> {
    #[inline(always)]
    fn run<const L: usize, const FUSED: bool>(self) {
        let length = self.r.len();
        let [a_r, h_r, a_u, h_u, memory] = self.inputs.map(|input| &input[..length]);
        let (r, u, q) = (self.r, &mut self.u[..length], &mut self.q[..length]);
        for i in 0..length {
            r[i] = (a_r[i] + h_r[i]).logistic::<FUSED>();
            u[i] = (a_u[i] + h_u[i]).logistic::<FUSED>();
            q[i] = r[i] * memory[i];
        }
    }
}

/// n and H'.
pub fn update<T: Real>(batch: usize, a: &[T], c: &[T], gates: &[T], memory: &[T]) -> (Vec<T>, Vec<T>) {
    let part = memory.len() / batch.max(1);
    let mut n = vec![T::default(); memory.len()];
    let mut next = vec![T::default(); memory.len()];
    let results = n.chunks_exact_mut(part.max(1)).zip(next.chunks_exact_mut(part.max(1)));
    for (sample, (n, next)) in results.enumerate() {
        let [_, _, a_n] = parts(a, sample, part);
        let [_, u] = parts(gates, sample, part);
        let [c] = parts(c, sample, part);
        let [memory] = parts(memory, sample, part);
        let [a_n, c, u, memory] = [a_n, c, u, memory].map(|part| part.par_chunks(CHUNK));
        let results = (n.par_chunks_mut(CHUNK), next.par_chunks_mut(CHUNK));
        results.into_par_iter().zip((a_n, c, u, memory)).for_each(|((n, next), inputs)| {
            T::dispatch(Update { inputs: inputs.into(), n, next });
        });
    }
    (n, next)
}

struct Update<'a, T> {
    /// `a_n`, c, u, H.
    inputs: [&'a [T]; 4],
    n: &'a mut [T],
    next: &'a mut [T],
}

impl<T: Real> Kernel<T> for Update<'_, T> {
    #[inline(always)]
    fn run<const L: usize, const FUSED: bool>(self) {
        let length = self.n.len();
        let [a_n, c, u, memory] = self.inputs.map(|input| &input[..length]);
        let (n, next) = (self.n, &mut self.next[..length]);
        for i in 0..length {
            n[i] = (a_n[i] + c[i]).tanh::<FUSED>();
            next[i] = u[i].multiply_add::<FUSED>(memory[i] - n[i], n[i]);
        }
    }
}

/// The gradient with respect to c, and to `a_n`, from that of H', `g`: `g ⊙ (1 − u) ⊙ (1 − n²)`.
pub fn candidate_gradient<T: Real>(batch: usize, gates: &[T], n: &[T], g: &[T]) -> Vec<T> {
    let part = n.len() / batch.max(1);
    let mut result = vec![T::default(); n.len()];
    for (sample, result) in result.chunks_exact_mut(part.max(1)).enumerate() {
        let [_, u] = parts(gates, sample, part);
        let [n] = parts(n, sample, part);
        let [g] = parts(g, sample, part);
        let [u, n, g] = [u, n, g].map(|part| part.par_chunks(CHUNK));
        result.par_chunks_mut(CHUNK).zip((u, n, g)).for_each(|(result, inputs)| {
            T::dispatch(CandidateGradient { inputs: inputs.into(), result });
        });
    }
    result
}

struct CandidateGradient<'a, T> {
    /// u, n, g.
    inputs: [&'a [T]; 3],
    result: &'a mut [T],
}

impl<T: Real> Kernel<T> for CandidateGradient<'_, T> {
    #[inline(always)]
    fn run<const L: usize, const FUSED: bool>(self) {
        let length = self.result.len();
        let [u, n, g] = self.inputs.map(|input| &input[..length]);
        for i in 0..length {
            self.result[i] = g[i] * (T::ONE - u[i]) * (T::ONE - n[i] * n[i]);
        }
    }
}

/// What the backward pass of the gates needs: the gates, n and H of the forward pass, the gradients `g` of H' and `g_q`
/// of q, and what [`candidate_gradient`] gave.
pub struct GateGradients<'a, T> {
    pub gates: &'a [T],
    pub n: &'a [T],
    pub memory: &'a [T],
    pub g: &'a [T],
    pub g_q: &'a [T],
    pub g_n: &'a [T],
}

impl<T: Real> GateGradients<'_, T> {
    /// The gradients with respect to `a`, `h` and H (where H enters directly, not through h), of `batch` boxes.
    pub fn compute(&self, batch: usize) -> (Vec<T>, Vec<T>, Vec<T>) {
        let part = self.memory.len() / batch.max(1);
        let mut g_a = vec![T::default(); 3 * self.memory.len()];
        let mut g_h = vec![T::default(); 2 * self.memory.len()];
        let mut g_memory = vec![T::default(); self.memory.len()];
        let samples = g_a.chunks_exact_mut(3 * part.max(1)).zip(g_h.chunks_exact_mut(2 * part.max(1)));
        for (sample, ((g_a, g_h), g_memory)) in samples.zip(g_memory.chunks_exact_mut(part.max(1))).enumerate() {
            let [r, u] = parts(self.gates, sample, part);
            let [[n], [memory], [g], [g_q], [g_n]] =
                [self.n, self.memory, self.g, self.g_q, self.g_n].map(|tensor| parts(tensor, sample, part));
            let (a_r, rest) = g_a.split_at_mut(part);
            let (a_u, a_n) = rest.split_at_mut(part);
            let (h_r, h_u) = g_h.split_at_mut(part);
            a_n.copy_from_slice(g_n);
            let [r, u, n, memory, g, g_q] = [r, u, n, memory, g, g_q].map(|part| part.par_chunks(CHUNK));
            let [a_r, a_u, h_r, h_u, g_memory] = [a_r, a_u, h_r, h_u, g_memory].map(|part| part.par_chunks_mut(CHUNK));
            (a_r, a_u, h_r, h_u, g_memory).into_par_iter().zip((r, u, n, memory, g, g_q)).for_each(
                |(results, inputs)| T::dispatch(GateGradientsChunk { inputs: inputs.into(), results: results.into() }),
            );
        }
        (g_a, g_h, g_memory)
    }
}

struct GateGradientsChunk<'a, T> {
    /// r, u, n, H, g, `g_q`.
    inputs: [&'a [T]; 6],
    /// Gradients of `a_r`, `a_u`, `h_r`, `h_u`, H.
    results: [&'a mut [T]; 5],
}

impl<T: Real> Kernel<T> for GateGradientsChunk<'_, T> {
    #[inline(always)]
    fn run<const L: usize, const FUSED: bool>(self) {
        let length = self.inputs[0].len();
        let [r, u, n, memory, g, g_q] = self.inputs.map(|input| &input[..length]);
        let [a_r, a_u, h_r, h_u, g_memory] = self.results.map(|result| &mut result[..length]);
        for i in 0..length {
            let g_r = g_q[i] * memory[i] * r[i] * (T::ONE - r[i]);
            let g_u = g[i] * (memory[i] - n[i]) * u[i] * (T::ONE - u[i]);
            (a_r[i], h_r[i]) = (g_r, g_r);
            (a_u[i], h_u[i]) = (g_u, g_u);
            g_memory[i] = g[i].multiply_add::<FUSED>(u[i], g_q[i] * r[i]);
        }
    }
}

/// The `N` groups of channels, of `part` numbers each, of one sample.
fn parts<T, const N: usize>(tensor: &[T], sample: usize, part: usize) -> [&[T]; N] {
    std::array::from_fn(|i| &tensor[(sample * N + i) * part..][..part])
}
