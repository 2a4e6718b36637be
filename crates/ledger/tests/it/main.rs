//! The ledger from outside: blocks, series and spans, held against the naive way.

#[cfg(test)]
mod block;
#[cfg(test)]
mod series;
#[cfg(test)]
mod spans;
#[cfg(test)]
mod support;
#[cfg(test)]
#[path = "../../benches/traffic/mod.rs"]
mod traffic;
