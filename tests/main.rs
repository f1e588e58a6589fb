//! Every test of Spinodal, one file per part, in one binary: the library is linked once.

mod convolution;
mod field;
mod formats;
mod gpu_device;
mod initial;
mod surface;
mod training;
