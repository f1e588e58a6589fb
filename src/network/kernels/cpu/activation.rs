//! Activation functions that vectorise.

use std::f32::consts::{LN_2, LOG2_E};

/// tanh in f32, accurate to 2 units in the last place: `tanh|x| = −m/(m + 2)` with `m = e^(−2|x|) − 1`.
///
/// With `−2|x| = n·ln 2 + r`, `m = 2ⁿ·(eʳ − 1) + (2ⁿ − 1)`, whose Taylor series in r, |r| ≤ ½ ln 2, loses nothing for
/// small x, where n = 0.
#[inline(always)]
pub fn tanh_f32<const FUSED: bool>(x: f32) -> f32 {
    /// Here tanh is 1 to rounding.
    const LIMIT: f32 = 9.1;
    /// 1.5·2²³: a small number that is added to it is rounded to an integer, which stands in the last bits.
    const SHIFT: f32 = 12_582_912.0;
    const ONE: u32 = 1.0_f32.to_bits();
    const MANTISSA: u32 = f32::MANTISSA_DIGITS - 1;

    let size = x.abs();
    // Not `min`, which would turn NaN into a number.
    let y = -2.0 * if size > LIMIT { LIMIT } else { size };
    let shifted = multiply_add::<FUSED>(y, LOG2_E, SHIFT);
    let r = multiply_add::<FUSED>(shifted - SHIFT, -LN_2, y);
    let power = f32::from_bits((shifted.to_bits() << MANTISSA).wrapping_add(ONE));
    let series = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
    let series = r * series.into_iter().fold(0.0, |sum, term| multiply_add::<FUSED>(sum, r, term));
    let m = multiply_add::<FUSED>(power, series, power - 1.0);
    (-m / (m + 2.0)).copysign(x)
}

#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}
