//! The engine against a source that is only a list of facts.

mod catching_up;
mod life_of_a_minute;
mod support;
