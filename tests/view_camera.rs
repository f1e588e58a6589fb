//! Where the camera stands, and what the window draws beside its picture.

use bevy::math::Vec3;
use spinodal::{grid::Grid, view::Camera};

#[test]
fn the_camera_stays_out_of_the_box_at_any_zoom() {
    let mut camera = Camera::framing(Vec3::ONE);
    let far = camera.visible();
    for _ in 0..40 {
        camera.zoom(0.8);
        assert!((camera.eye() - Vec3::splat(0.5)).length() > 0.866, "{camera:?}");
    }
    assert!(camera.visible() < 0.05 * far);
    for step in 0..30 {
        camera.orbit(0.3, 0.1 * (step % 5) as f32 - 0.2);
        camera.pan([0.8, 0.5].into());
        assert!((camera.eye() - Vec3::splat(0.5)).length() > 0.866, "{camera:?}");
    }
    let mut camera = Camera::framing(Vec3::ONE);
    (0..20).for_each(|_| camera.zoom(0.8));
    (0..20).for_each(|_| camera.zoom(1.25));
    assert!((camera.visible() / far - 1.0).abs() < 0.01 && (camera.fov.to_degrees() - 24.0).abs() < 0.01);
}

#[test]
fn the_triad_and_the_scale_bar_agree_with_the_projection() {
    let camera = Camera { yaw: 0.7, pitch: 0.4, ..Camera::framing(Vec3::ONE) };
    let grid = Grid { shape: [64; 3], spacing: 1.0 };
    // Also straight from above, where the direction up is not that of an axis.
    for camera in [camera, Camera::facing(Vec3::ONE, 2), Camera::facing(Vec3::ONE, 0)] {
        // So small a step that perspective does not matter.
        let seen = |at: Vec3| camera.view_projection(1.0).project_point3(at).truncate() * 300.0;
        for (axis, direction) in camera.triad().into_iter().enumerate() {
            let moved = seen(camera.target + 0.001 * Vec3::AXES[axis]) - seen(camera.target);
            let expected = direction.truncate() * camera.points_per_unit(600.0, &grid) * 64.0 * 0.001;
            assert!(
                (moved - expected).length() < 0.02 * expected.length().max(0.02),
                "{axis}: {moved}, not {expected}"
            );
        }
    }
    let bar = camera.scale_bar(600.0, &grid, 150.0);
    assert!(bar.points <= 150.0 && bar.points > 150.0 / 2.6, "{bar:?}");
    assert!([1.0, 2.0, 5.0, 10.0, 20.0, 50.0].contains(&bar.units), "{bar:?}");
    assert!((bar.points / bar.units / camera.points_per_unit(600.0, &grid) - 1.0).abs() < 1e-4);
}
