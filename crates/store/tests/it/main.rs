//! The store from outside. `contract` holds what must be true over any database.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod claim;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod judged;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod postgresql;
#[cfg(test)]
mod pushes;
#[cfg(test)]
mod random;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upkeep;
