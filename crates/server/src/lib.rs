#![doc = include_str!("../README.md")]

pub mod api;
pub mod http;
pub mod present;
pub mod site;
pub mod ui;
