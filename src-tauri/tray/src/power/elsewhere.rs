//! Elsewhere: nothing yet.

use super::Happening;
use tokio::sync::mpsc::UnboundedSender;

pub(super) fn listen(_to: UnboundedSender<Happening>) {}
