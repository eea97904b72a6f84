//! The real program against a make-believe API server, and a make-believe resident process on a socket.

#![cfg(unix)]

mod between;
mod contexts;
mod eks_kubeconfig;
mod encrypted;
mod plugin;
mod pod;
mod scene;
mod trouble;
