//! The whole, as it is run: every operation as everybody, statements on both databases, kills, the command line, the edge.

mod commands;
mod edge;
mod graph;
mod kills;
mod statements;
mod sweep;
