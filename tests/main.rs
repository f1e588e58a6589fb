//! Every test of Spinodal, one file per part, in one binary: the library is linked once.

mod gpu_device;
