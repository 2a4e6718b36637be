//! The reader held against the simulator's proof, through real servers.

#[cfg(test)]
mod support;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod estimated;
#[cfg(test)]
mod exact;
#[cfg(test)]
mod live;
#[cfg(test)]
mod ordinary;
#[cfg(test)]
mod packing;
#[cfg(test)]
mod processes;
