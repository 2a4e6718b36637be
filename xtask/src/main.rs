#![doc = include_str!("../README.md")]

mod bench;
mod check;
mod demo;
mod habits;
mod lab;
mod needs;
mod programs;
mod rules;
mod steps;
mod test;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    habits::run(&arguments)
}
