//! The φ = 0 surface: extraction and measures.
