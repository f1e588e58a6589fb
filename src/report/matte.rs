//! Other grounds than the renderer's dark one, put behind what it has drawn.

use image::{Rgba, RgbaImage};

/// Takes from a picture what looks as in `backdrop`, which shows the ground alone, reduces it to half its width and height,
/// and lays it over `ground`, or over nothing. Four pixels that are drawn or not make a smooth edge.
pub(super) fn cut_out(picture: &RgbaImage, backdrop: &RgbaImage, ground: Option<[u8; 3]>) -> RgbaImage {
    RgbaImage::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let corners = [[0, 0], [1, 0], [0, 1], [1, 1]].map(|[i, j]| [2 * x + i, 2 * y + j]);
        let drawn = corners.map(|[x, y]| *picture.get_pixel(x, y)).into_iter().zip(corners);
        let drawn = drawn.filter(|(pixel, [x, y])| pixel != backdrop.get_pixel(*x, *y));
        let (mut sum, mut count) = ([0_u32; 3], 0);
        for (Rgba([red, green, blue, _]), _) in drawn {
            count += 1;
            sum = [sum[0] + u32::from(red), sum[1] + u32::from(green), sum[2] + u32::from(blue)];
        }
        match ground {
            Some(ground) => {
                let [red, green, blue] = [0, 1, 2].map(|i| ((sum[i] + (4 - count) * u32::from(ground[i])) / 4) as u8);
                Rgba([red, green, blue, 255])
            }
            None => {
                let [red, green, blue] = sum.map(|sum| (sum / count.max(1)) as u8);
                Rgba([red, green, blue, (255 * count / 4) as u8])
            }
        }
    })
}
