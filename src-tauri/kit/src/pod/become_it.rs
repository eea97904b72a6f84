//! The last step: the resident process takes the role with the token, and keeps it as a profile.

use rolecall_client::{self as tray, trouble};
use rolecall_core::message::{Reply, Request};
use rolecall_core::pod::{Became, Pod};
use rolecall_core::problem::Report;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;

pub(super) fn become_it(
    pod: Pod,
    role: RoleArn,
    token: Secret,
    region: Option<String>,
    save_as: Option<ProfileName>,
) -> Result<Became, Report> {
    let mut conversation = tray::ask(Request::AssumePod { pod, role, token, region, save_as })?;
    loop {
        match conversation.next_reply()? {
            Reply::Progress { .. } => {}
            Reply::Became { became } => return Ok(became),
            Reply::Problem { problem, .. } => return Err(problem),
            _ => return Err(trouble::junk()),
        }
    }
}
