//! The pages, drawn from their samples; and the server, as browsers and programs meet it.

#[cfg(test)]
mod pages;
#[cfg(test)]
mod site;
#[cfg(test)]
mod texts;
