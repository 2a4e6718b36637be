//! The real binary: what it prints, with which exit code, against real servers.

#[cfg(test)]
mod alerting;
#[cfg(test)]
mod client;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod container;
#[cfg(test)]
mod convert;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod help;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hook;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod pushed;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod run;
#[cfg(test)]
mod self_watch;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod status;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod validate;
