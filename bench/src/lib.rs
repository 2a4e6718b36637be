#![doc = include_str!("../README.md")]

pub mod cpu;
pub mod documents;
pub mod formats;
pub mod load;
pub mod memory;
pub mod plot;
pub mod programs;
pub mod results;
pub mod server;
pub mod services;
pub mod sloth;
pub mod year;
