//! The server, as a browser and a program meet it.

mod api;
mod away;
mod counts;
mod crowds;
mod documents;
mod edges;
mod groups;
mod heart;
mod hostile;
mod openapi;
mod pages;
mod rig;
mod schema;
mod sockets;
