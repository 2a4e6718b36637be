#![doc = include_str!("../README.md")]

pub mod cpu;
pub mod documents;
pub mod programs;
pub mod results;
pub mod services;
pub mod sloth;
