//! Vectors of f32 in the instruction sets that a stencil gains from.
//!
//! The compiler makes vector instructions of sums and products by itself, but not of the shifts by one lane that give
//! a node's neighbours along its row; hence the intrinsics.

/// `L` values worked on at once.
///
/// Implementations belong to one instruction set each, and their methods may only run on a processor that has it: no
/// one but [`run`](super::sweep::run) names them. The methods are inlined, or they miss the instruction set of their
/// caller.
pub trait Vector<const L: usize>: Copy {
    fn splat(value: f32) -> Self;
    fn load(from: &[f32; L]) -> Self;
    fn store(self, to: &mut [f32; L]);
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// `self` · `factor` + `summand`, rounded once where the processor can.
    fn fused(self, factor: Self, summand: Self) -> Self;
    /// The left neighbour of every lane, that of the first being the last lane of `before`.
    fn left(self, before: Self) -> Self;
    /// The right neighbour of every lane, that of the last being the first lane of `after`.
    fn right(self, after: Self) -> Self;
    /// `self` with lane `lane` of `other`.
    fn with(self, lane: usize, other: Self) -> Self;
}

/// For processors without one of the instruction sets below.
impl Vector<4> for [f32; 4] {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        [value; 4]
    }

    #[inline(always)]
    fn load(from: &[f32; 4]) -> Self {
        *from
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; 4]) {
        *to = self;
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        [self[0] + other[0], self[1] + other[1], self[2] + other[2], self[3] + other[3]]
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        [self[0] - other[0], self[1] - other[1], self[2] - other[2], self[3] - other[3]]
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        [self[0] * other[0], self[1] * other[1], self[2] * other[2], self[3] * other[3]]
    }

    #[inline(always)]
    fn fused(self, factor: Self, summand: Self) -> Self {
        self.times(factor).plus(summand)
    }

    #[inline(always)]
    fn left(self, before: Self) -> Self {
        [before[3], self[0], self[1], self[2]]
    }

    #[inline(always)]
    fn right(self, after: Self) -> Self {
        [self[1], self[2], self[3], after[0]]
    }

    #[inline(always)]
    fn with(mut self, lane: usize, other: Self) -> Self {
        self[lane] = other[lane];
        self
    }
}

/// Implements [`Vector`] for a register by intrinsics.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! vector {
    ($type:ty, $lanes:literal,
     splat: $splat:ident, load: $load:ident, store: $store:ident, plus: $plus:ident, minus: $minus:ident,
     times: $times:ident, fused: |$a:ident, $b:ident, $c:ident| $fused:expr,
     left: |$here:ident, $before:ident| $left:expr, right: |$at:ident, $after:ident| $right:expr,
     with: |$old:ident, $lane:ident, $new:ident| $with:expr) => {
        #[allow(unused_unsafe, reason = "instructions that every processor of an architecture has are safe to call")]
        impl super::Vector<$lanes> for $type {
            #[inline(always)]
            fn splat(value: f32) -> Self {
                // SAFETY: the processor has the instruction, as the trait demands.
                unsafe { $splat(value) }
            }

            #[inline(always)]
            fn load(from: &[f32; $lanes]) -> Self {
                // SAFETY: as there; the values of an array that has just as many are read.
                unsafe { $load(from.as_ptr()) }
            }

            #[inline(always)]
            fn store(self, to: &mut [f32; $lanes]) {
                // SAFETY: as there; the values of an array that has just as many are written.
                unsafe { $store(to.as_mut_ptr(), self) }
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                // SAFETY: the processor has the instruction, as the trait demands.
                unsafe { $plus(self, other) }
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                // SAFETY: the processor has the instruction, as the trait demands.
                unsafe { $minus(self, other) }
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                // SAFETY: the processor has the instruction, as the trait demands.
                unsafe { $times(self, other) }
            }

            #[inline(always)]
            fn fused(self, $b: Self, $c: Self) -> Self {
                let $a = self;
                // SAFETY: the processor has the instruction, as the trait demands.
                unsafe { $fused }
            }

            #[inline(always)]
            fn left(self, $before: Self) -> Self {
                let $here = self;
                // SAFETY: the processor has the instructions, as the trait demands.
                unsafe { $left }
            }

            #[inline(always)]
            fn right(self, $after: Self) -> Self {
                let $at = self;
                // SAFETY: the processor has the instructions, as the trait demands.
                unsafe { $right }
            }

            #[inline(always)]
            fn with(self, $lane: usize, $new: Self) -> Self {
                let $old = self;
                // SAFETY: the processor has the instructions, as the trait demands.
                unsafe { $with }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::*;

    vector!(
        __m512, 16,
        splat: _mm512_set1_ps, load: _mm512_loadu_ps, store: _mm512_storeu_ps,
        plus: _mm512_add_ps, minus: _mm512_sub_ps, times: _mm512_mul_ps,
        fused: |a, b, c| _mm512_fmadd_ps(a, b, c),
        left: |here, before| {
            let (here, before) = (_mm512_castps_si512(here), _mm512_castps_si512(before));
            _mm512_castsi512_ps(_mm512_alignr_epi32::<15>(here, before))
        },
        right: |here, after| {
            let (here, after) = (_mm512_castps_si512(here), _mm512_castps_si512(after));
            _mm512_castsi512_ps(_mm512_alignr_epi32::<1>(after, here))
        },
        with: |old, lane, new| _mm512_mask_blend_ps(1 << lane, old, new)
    );

    vector!(
        __m256, 8,
        splat: _mm256_set1_ps, load: _mm256_loadu_ps, store: _mm256_storeu_ps,
        plus: _mm256_add_ps, minus: _mm256_sub_ps, times: _mm256_mul_ps,
        fused: |a, b, c| _mm256_fmadd_ps(a, b, c),
        left: |here, before| {
            // The shift works on halves: the upper half of what is before each half comes from the half before it.
            let halves = _mm256_castps_si256(_mm256_permute2f128_ps::<0x21>(before, here));
            _mm256_castsi256_ps(_mm256_alignr_epi8::<12>(_mm256_castps_si256(here), halves))
        },
        right: |here, after| {
            let halves = _mm256_castps_si256(_mm256_permute2f128_ps::<0x21>(here, after));
            _mm256_castsi256_ps(_mm256_alignr_epi8::<4>(halves, _mm256_castps_si256(here)))
        },
        with: |old, lane, new| {
            let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            let chosen = _mm256_cmpeq_epi32(lanes, _mm256_set1_epi32(lane as i32));
            _mm256_blendv_ps(old, new, _mm256_castsi256_ps(chosen))
        }
    );
}

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    use std::arch::aarch64::*;

    vector!(
        float32x4_t, 4,
        splat: vdupq_n_f32, load: vld1q_f32, store: vst1q_f32,
        plus: vaddq_f32, minus: vsubq_f32, times: vmulq_f32,
        fused: |a, b, c| vfmaq_f32(c, a, b),
        left: |here, before| vextq_f32::<3>(before, here),
        right: |here, after| vextq_f32::<1>(here, after),
        with: |old, lane, new| {
            let chosen = vceqq_u32(vld1q_u32([0, 1, 2, 3].as_ptr()), vdupq_n_u32(lane as u32));
            vbslq_f32(chosen, new, old)
        }
    );
}
