//! The policies that let somebody assume a role: the trust of the role, and the permission of the caller.
