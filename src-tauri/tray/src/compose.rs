//! The only place that chooses real parts.

use crate::controller::{Controller, Fixed};
use crate::environment::Environment;
use crate::files::Disk;
pub use crate::run::Start;
use crate::run::{self, Parts};
use crate::single_instance::{InstanceError, SingleInstance};
use crate::sts::Sts;
use crate::vault::{self, Vault};
use crate::watch::Watch;
use crate::{log, power, private_files, registry, sign_in, socket, update, wsl, zone};
use jiff::Timestamp;
use rolecall_core::client_environment::EndpointChoice;
use rolecall_core::update::Running;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use tokio::sync::mpsc::unbounded_channel;

/// Why the process does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Instance(#[from] InstanceError),
}

/// Whether it could run: its folders and its socket can be made. For a client that cannot tell why it does not.
///
/// # Errors
/// As [`run`].
pub fn check(environment: &Environment) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| InstanceError::Io { what: "the system".into(), error })?;
    let _inside = runtime.enter();
    Ok(SingleInstance::check(&environment.folders)?)
}

/// Runs the resident process until it is quit or `ended`. Where a person started it and the desktop shows no
/// icon, the main window opens.
///
/// # Errors
/// Where another one runs, or the run folder or the socket cannot be made.
pub async fn run(
    environment: Environment,
    start: Start,
    ended: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let folders = &environment.folders;
    let mut instance = SingleInstance::acquire(folders)?;
    sign_in::sweep(instance.run_folder());
    log::start(&folders.state, std::env::var("RUST_LOG").ok().as_deref());
    private_files::tighten(&folders.state);
    private_files::tighten(&folders.data);
    let listener = instance.listen()?;
    let run_folder = instance.run_folder().to_owned();
    let after_a_crash = instance.earlier_one_crashed();
    if after_a_crash {
        tracing::warn!("the background service before this one ended unexpectedly");
    }
    let instance = Rc::new(RefCell::new(instance));
    let (from_socket, socket) = unbounded_channel();
    tokio::task::spawn_local(socket::serve(listener, Rc::clone(&instance), from_socket));

    let program = rolecall_client::beside("rolecall");
    let running = Running::here(env!("CARGO_PKG_VERSION"), update::installed(&program));
    let wsl = wsl::system();
    let disk = Disk::new(&environment, program.clone());
    let (changed_to, changed) = unbounded_channel();
    let mut watched = disk.watched();
    watched.extend(zone::FILE.map(PathBuf::from));
    registry::listen(changed_to.clone());
    let watch = Watch::new(watched, move || _ = changed_to.send(()));
    let (happenings_to, happenings) = unbounded_channel();
    power::listen(happenings_to);
    let fixed = Fixed {
        authority_default: environment.authority_default.clone(),
        network: environment.network.clone(),
        sign_in_url: environment.sign_in_url.clone(),
        program,
        running: running.clone(),
        wsl: wsl.is_some(),
        zone: zone::now(),
        new_request_id: Box::new(|| format!("id{}", uuid::Uuid::new_v4())),
    };
    let parts = Parts {
        controller: Controller::new(fixed, disk.load_memory()),
        disk,
        running,
        wsl,
        sts: Rc::new(Sts::new()),
        sts_url: environment.network.as_ref().ok().and_then(|network| match &network.sts {
            EndpointChoice::Url(url) => Some(url.to_string()),
            EndpointChoice::Unsaid | EndpointChoice::AwsOwn => None,
        }),
        clock: Timestamp::now,
        window_program: rolecall_client::beside("rolecall-window"),
        vault: Vault::new(folders.data.join("vault"), vault::system_keychain()),
        authority_default: environment.authority_default.clone(),
        run_folder,
        after_a_crash,
        socket,
        changed,
        watch,
        happenings,
        start,
    };
    run::run(parts, ended).await;
    instance.borrow().finish();
    Ok(())
}
