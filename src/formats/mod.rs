//! Reading and writing files: strict on bad input, one clear sentence when something is wrong.
