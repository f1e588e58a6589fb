// tanh accurate to 2 units in the last place, and σ by it: tanh|x| = −m/(m + 2) with m = e^(−2|x|) − 1, as on the
// processor. With −2|x| = n·ln 2 + r, m = 2ⁿ·(eʳ − 1) + (2ⁿ − 1), whose Taylor series in r, |r| ≤ ½ ln 2, loses
// nothing for small x, where n = 0. Built-in tanh functions are not that close to each other.
fn accurate_tanh(x: f32) -> f32 {
    let size = abs(x);
    // From 9.1 on, tanh is 1 to rounding.
    let y = -2.0 * select(size, 9.1, size > 9.1);
    let n = round(y * 1.44269504);
    let r = fma(n, -0.69314718, y);
    let power = bitcast<f32>((i32(n) + 127) << 23u);
    var series = fma(r, 1.0 / 5040.0, 1.0 / 720.0);
    series = fma(series, r, 1.0 / 120.0);
    series = fma(series, r, 1.0 / 24.0);
    series = fma(series, r, 1.0 / 6.0);
    series = fma(series, r, 0.5);
    series = r * fma(series, r, 1.0);
    let m = fma(power, series, power - 1.0);
    let positive = -m / (m + 2.0);
    return select(positive, -positive, x < 0.0);
}

fn logistic(x: f32) -> f32 {
    return fma(0.5, accurate_tanh(0.5 * x), 0.5);
}
