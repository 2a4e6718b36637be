#![doc = include_str!("../README.md")]

mod catch_up;
mod pace;
mod progress;
mod step;

pub use catch_up::chunks;
pub use pace::{Pace, Phase};
pub use step::{Effect, Engine, Input, Keep, Read};
