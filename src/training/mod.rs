//! Data for the network, and its training.
