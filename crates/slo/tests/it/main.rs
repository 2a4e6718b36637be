//! The crate's tests from outside: every figure against a naive evaluation, minute by minute, and
//! examples worked out by hand.

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod calendars;
#[cfg(test)]
mod concepts;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod slices;
