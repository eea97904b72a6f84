//! Elsewhere the allocator is left alone.

pub(super) fn share() {}

pub(super) fn give_back() {}
