//! Nothing of its own: the tests stand in the folders beside this one.
