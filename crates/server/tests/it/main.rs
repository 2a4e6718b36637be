//! The pages, drawn from their samples.

#[cfg(test)]
mod pages;
#[cfg(test)]
mod texts;
