//! The pages, drawn from their samples and from an organisation that lives; and the server, as browsers
//! and programs meet it.

#[cfg(test)]
mod pages;
#[cfg(test)]
mod present;
#[cfg(test)]
mod site;
#[cfg(test)]
mod texts;
