//! Where a run starts: noise, shapes, meshes and field files.
