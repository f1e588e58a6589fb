//! The vector units of the processor, chosen when the program runs.
//!
//! A [`Kernel`] is written once, on arrays of `L` lanes whose loops the compiler turns into vector
//! instructions, and compiled for each instruction set; [`Real::dispatch`] picks the widest at hand.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// Work on numbers of type `T` that gains from wide vectors.
pub trait Kernel<T> {
    /// Does the work with vectors of `L` lanes. `FUSED` says that multiply-adds are one instruction.
    /// Implementations are `#[inline(always)]`, or they miss the instruction set they are compiled for.
    fn run<const L: usize, const FUSED: bool>(self);
}

/// The floating-point types that the kernels are compiled for: f32 to work with, f64 to check against.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 1.
    const ONE: Self;

    /// ½.
    const HALF: Self;

    /// `self · factor + summand`, rounded once: one instruction where `FUSED` holds, a slow call elsewhere.
    fn fused_multiply_add(self, factor: Self, summand: Self) -> Self;

    /// The hyperbolic tangent, in a form that vectorises where the type's accuracy allows it.
    fn tanh<const FUSED: bool>(self) -> Self;

    /// Runs a kernel with the widest vectors of this processor.
    fn dispatch<K: Kernel<Self>>(kernel: K);

    /// `self · factor + summand`, the quickest way.
    #[inline(always)]
    fn multiply_add<const FUSED: bool>(self, factor: Self, summand: Self) -> Self {
        if FUSED { self.fused_multiply_add(factor, summand) } else { self * factor + summand }
    }

    /// The logistic function `σ(x) = 1/(1 + e⁻ˣ) = ½ + ½ tanh(x/2)`.
    #[inline(always)]
    fn logistic<const FUSED: bool>(self) -> Self {
        (Self::HALF * self).tanh::<FUSED>().multiply_add::<FUSED>(Self::HALF, Self::HALF)
    }
}

macro_rules! real {
    ($type:ty, lanes: $wide:literal, $middle:literal, $narrow:literal, tanh: $tanh:path) => {
        impl Real for $type {
            const ONE: Self = 1.0;
            const HALF: Self = 0.5;

            #[inline(always)]
            fn fused_multiply_add(self, factor: Self, summand: Self) -> Self {
                self.mul_add(factor, summand)
            }

            #[inline(always)]
            fn tanh<const FUSED: bool>(self) -> Self {
                $tanh(self)
            }

            fn dispatch<K: Kernel<Self>>(kernel: K) {
                #[cfg(target_arch = "x86_64")]
                {
                    if is_x86_feature_detected!("avx512f") {
                        // SAFETY: the processor has just said that it knows these instructions.
                        return unsafe { avx512::<Self, K, $wide>(kernel) };
                    }
                    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                        // SAFETY: as above.
                        return unsafe { avx2::<Self, K, $middle>(kernel) };
                    }
                }
                kernel.run::<$narrow, { cfg!(target_arch = "aarch64") }>();
            }
        }
    };
}

real!(f32, lanes: 16, 8, 4, tanh: super::activation::tanh_f32::<FUSED>);
real!(f64, lanes: 8, 4, 2, tanh: f64::tanh);

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn avx512<T, K: Kernel<T>, const L: usize>(kernel: K) {
    kernel.run::<L, true>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T, K: Kernel<T>, const L: usize>(kernel: K) {
    kernel.run::<L, true>();
}

/// The first `L` numbers of a slice that holds at least as many.
#[inline(always)]
pub fn load<T: Real, const L: usize>(slice: &[T]) -> [T; L] {
    let mut lanes = [T::default(); L];
    lanes.copy_from_slice(&slice[..L]);
    lanes
}
