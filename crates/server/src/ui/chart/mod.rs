//! Pictures, from points to SVG.
//!
//! Every picture is a pure function. It is drawn twice where its text would become unreadable on a
//! small screen, and the style shows one of the two ([`Size`]). What is unknown is a gap in the
//! line, never a zero; what is partial is drawn differently from what is whole. Colours come from
//! classes, never alone: a shape, a hatch or a word says the same.

pub mod budget_bar;
pub mod burn_down;
pub mod burn_rates;
pub mod days;
mod frame;
pub mod grid;
pub mod icon;
pub mod lanes;
pub mod level;
mod path;
pub mod scale;
pub mod spark;
pub mod states;

pub use frame::Size;

#[cfg(test)]
mod tests;
