//! What several tests share.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::field::Field;

/// A field of independent values, uniform in `mean` ± `amplitude`: always the same one.
pub fn random_field(size: usize, mean: f64, amplitude: f64) -> Field {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    Field::from_fn(size, |_, _, _| mean + random.random_range(-amplitude..amplitude)).unwrap()
}
