// Between the sRGB encoding of colours and light, for values from 0 to 1 (IEC 61966-2-1).
//
// Powers are slow on a processor. The curves are fitted by a polynomial and by roots instead, with a largest error of a
// tenth of a step of the 256 that a screen shows.

fn light_of_srgb(srgb: vec3<f32>) -> vec3<f32> {
    var curve = 0.526515964 - 0.116790655 * srgb;
    curve = 0.560366406 + curve * srgb;
    curve = 0.0284057229 + curve * srgb;
    curve = 0.00104620395 + curve * srgb;
    return select(curve, srgb / 12.92, srgb <= vec3(0.04045));
}

fn srgb_of_light(light: vec3<f32>) -> vec3<f32> {
    let root = sqrt(light);
    let curve = 0.833759835 * root + 0.298100403 * sqrt(root) - 0.055317373 * light - 0.0769015272;
    return select(curve, light * 12.92, light <= vec3(0.0031308));
}
