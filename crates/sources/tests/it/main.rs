//! The client and the reader against servers that do what real ones cannot be made to do.

#[cfg(test)]
mod support;
mod trust;

#[cfg(test)]
mod access;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod evaluating;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod reading;
