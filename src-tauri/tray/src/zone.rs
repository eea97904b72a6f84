//! The person's time zone, as the system says it now.

use jiff::tz::{self, TimeZone};

/// What changes when somebody travels, where that is a file.
pub(crate) const FILE: Option<&str> = if cfg!(windows) { None } else { Some("/etc/localtime") };

/// Read anew: jiff would go on for five minutes with what it read before.
pub(crate) fn now() -> TimeZone {
    tz::reset_system_time_zone_cache();
    TimeZone::system()
}
