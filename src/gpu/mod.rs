//! The one graphics device that solver, network, surfaces and window share.
