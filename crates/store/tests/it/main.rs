//! The store from outside. `contract` holds what must be true over any database.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod random;
#[cfg(test)]
mod support;
