//! Activation functions that vectorise.

/// tanh in f32 as the quotient of an odd polynomial of degree 13 and an even one of degree 6, the
/// minimax fit that Eigen uses (`generic_fast_tanh_float`); beyond ±7.905 it is ±1 to rounding.
#[inline(always)]
pub fn tanh_f32<const FUSED: bool>(x: f32) -> f32 {
    const LIMIT: f32 = 7.905_311;
    const ODD: [f32; 7] =
        [-2.760_768_5e-16, 2.000_188e-13, -8.604_672e-11, 5.122_297e-8, 1.485_722_3e-5, 6.372_619e-4, 4.893_524_6e-3];
    const EVEN: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];
    let x = x.clamp(-LIMIT, LIMIT);
    let square = x * x;
    x * horner::<FUSED, 7>(square, ODD) / horner::<FUSED, 4>(square, EVEN)
}

/// The polynomial with these coefficients, highest power first.
#[inline(always)]
fn horner<const FUSED: bool, const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut sum = coefficients[0];
    for coefficient in &coefficients[1..] {
        sum = if FUSED { sum.mul_add(x, *coefficient) } else { sum * x + coefficient };
    }
    sum
}
