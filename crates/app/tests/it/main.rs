//! The use cases, against real folders and a real Prometheus.

#[cfg(test)]
mod detail;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod live;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod pushing;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod register;
#[cfg(test)]
mod support;
