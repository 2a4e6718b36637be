//! The crate's tests from outside: every figure against a naive evaluation, minute by minute.

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod properties;
