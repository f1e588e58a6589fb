//! What is measured on one field, and between two.
