//! The scenes that come with the program.

/// Their names and texts: experiments on networks first, then textbook ones.
pub const LIBRARY: &[(&str, &str)] = &[
    ("noise", include_str!("../../assets/scenes/noise.toml")),
    #[cfg(feature = "bunny")]
    ("bunny", include_str!("../../assets/scenes/bunny.toml")),
    ("central-slice", include_str!("../../assets/scenes/central-slice.toml")),
    ("double-box", include_str!("../../assets/scenes/double-box.toml")),
    ("long-run", include_str!("../../assets/scenes/long-run.toml")),
    ("quench", include_str!("../../assets/scenes/quench.toml")),
    ("slab", include_str!("../../assets/scenes/slab.toml")),
    ("lamella", include_str!("../../assets/scenes/lamella.toml")),
    ("gyroid", include_str!("../../assets/scenes/gyroid.toml")),
    ("droplets", include_str!("../../assets/scenes/droplets.toml")),
    ("plateau-rayleigh", include_str!("../../assets/scenes/plateau-rayleigh.toml")),
    ("pfhub-1a", include_str!("../../assets/scenes/pfhub-1a.toml")),
    ("shrinking-sphere", include_str!("../../assets/scenes/shrinking-sphere.toml")),
];

/// The names.
pub fn names() -> impl Iterator<Item = &'static str> {
    LIBRARY.iter().map(|(name, _)| *name)
}
