//! The pictures that `icons/render.sh` drew, as pixels.

use super::FRAMES;
use rolecall_core::view::IconState;

/// A square picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) size: u32,
    /// Red, green, blue, alpha; row by row from the top.
    pub(super) rgba: Vec<u8>,
}

macro_rules! files {
    ($name:literal: $($size:literal)*) => {
        [$(include_bytes!(concat!("../../../../icons/tray/", $name, "-", $size, ".png")).as_slice()),*]
    };
}

/// What panels ask for, and twice that.
#[cfg(not(windows))]
macro_rules! drawn {
    ($name:literal) => {
        files!($name: "16" "22" "32" "44" "64")
    };
}

/// The taskbar's own sizes, from 100 to 400 %: a picture of another size is blurred.
#[cfg(windows)]
macro_rules! drawn {
    ($name:literal) => {
        files!($name: "16" "20" "24" "32" "40" "48" "64")
    };
}

const WORKING: [&[&[u8]]; FRAMES] = [
    &drawn!("working-0"),
    &drawn!("working-1"),
    &drawn!("working-2"),
    &drawn!("working-3"),
    &drawn!("working-4"),
    &drawn!("working-5"),
    &drawn!("working-6"),
    &drawn!("working-7"),
];

/// The state's picture in every size, smallest first.
pub(super) fn pictures(state: IconState, frame: usize) -> Vec<Picture> {
    let files: &[&[u8]] = match state {
        IconState::SignedOut => &drawn!("signed-out"),
        IconState::Active => &drawn!("active"),
        IconState::EndingSoon => &drawn!("ending-soon"),
        IconState::Expired => &drawn!("expired"),
        IconState::Working => WORKING[frame % FRAMES],
    };
    files.iter().filter_map(|file| decode(file)).collect()
}

fn decode(file: &[u8]) -> Option<Picture> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut rgba).ok()?;
    rgba.truncate(info.buffer_size());
    (info.color_type == png::ColorType::Rgba).then_some(Picture { size: info.width, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_state_has_its_sizes_and_looks_different_without_colour() {
        let mut shapes = HashSet::new();
        for (state, frame) in [
            (IconState::SignedOut, 0),
            (IconState::Active, 0),
            (IconState::EndingSoon, 0),
            (IconState::Expired, 0),
            (IconState::Working, 0),
            (IconState::Working, 3),
        ] {
            let pictures = pictures(state, frame);
            let sizes: Vec<_> = pictures.iter().map(|p| p.size).collect();
            assert!(sizes.is_sorted() && sizes.len() >= 5 && sizes[0] == 16, "{state:?}: {sizes:?}");
            assert!(pictures.iter().all(|p| p.rgba.len() == (p.size * p.size * 4) as usize));
            // The alpha channel alone tells them apart.
            shapes.insert(pictures[1].rgba.chunks(4).map(|pixel| pixel[3] / 64).collect::<Vec<_>>());
        }
        assert_eq!(shapes.len(), 6);
    }
}
