//! `assume`: a role that has no profile yet, taken with a profile's credentials; printed, used, or written as one.

use crate::arguments::Assume;
use crate::credentials::{self, Given};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use crate::status::unexpected;
use crate::{env, environment, exec, show};
use jiff::Timestamp;
use rolecall_core::chain;
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::{Problem, Report};
use rolecall_core::profile::ProfileName;

pub(crate) fn run(options: Assume) -> Result<Exit, Said> {
    let runs = !options.command.is_empty();
    match (assumed(&options), runs) {
        (Err(problem), true) => Ok(exec::failed(&problem.0, Exit::ExecFailed)),
        (Err(problem), false) => Err(problem),
        (Ok(Reply::Assumed { profile, role, until, remarks }), _) => {
            say::remarks(&remarks);
            say::words(&show::assumed(&profile, &role, until, &options.profile, Timestamp::now()));
            Ok(Exit::Done)
        }
        (Ok(reply), true) => Ok(exec::with(&Given::of(reply)?, &options.command)),
        (Ok(reply), false) => {
            env::print(&Given::of(reply)?, options.shell);
            Ok(Exit::Done)
        }
    }
}

fn assumed(options: &Assume) -> Result<Reply, Said> {
    let profile = ProfileName::new(&options.profile);
    let request = |may_ask| Request::Assume {
        context: environment::context(Some(&profile)),
        profile: Some(profile.clone()),
        role: options.role.clone(),
        save_as: options.save_as.as_ref().map(ProfileName::new),
        external_id: options.external_id.clone(),
        session_name: options.session_name.clone(),
        duration: options.duration.map(|seconds| possible(options, seconds)),
        may_ask,
    };
    let mut progress = Progress::new();
    let reply = credentials::settle(options.asking.may_ask(), request, |profile, stage| {
        progress.show(profile, stage);
    });
    drop(progress);
    match reply? {
        reply @ (Reply::Credentials { .. } | Reply::Assumed { .. }) => Ok(reply),
        other => Err(unexpected(other)),
    }
}

/// An hour at most; says so to whoever asks for more.
fn possible(options: &Assume, seconds: u32) -> u32 {
    let longest = u32::try_from(chain::LONGEST.as_secs()).unwrap_or(u32::MAX);
    if seconds > longest {
        let profile = options.save_as.clone().unwrap_or_else(|| options.role.name().to_owned());
        let renewed = if options.save_as.is_some() {
            "An hour is taken; Rolecall renews it for as long as its source lives."
        } else {
            "An hour is taken; with --as Rolecall keeps it as a profile, and renews it for as long as its source lives."
        };
        let report = Problem::ChainOneHour { profile, seconds }.report();
        say::remarks(&[Report { help: renewed.to_owned(), ..report }]);
    }
    seconds.min(longest)
}
