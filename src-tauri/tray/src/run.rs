//! The loop: inputs go to the controller one after the other, its commands to the edges, its view to the icon.

use crate::alarm::Alarm;
use crate::broker;
use crate::clipboard::Copied;
use crate::console;
use crate::controller::{Arrangement, ClientId, Command, Controller, Input};
use crate::doctor::Doctor;
use crate::files::Disk;
use crate::footprint;
use crate::icon::{FRAMES, Icon, Shown};
use crate::kit;
use crate::main_window;
use crate::menu;
use crate::names;
use crate::notice;
use crate::notify::Notifier;
use crate::power::Happening;
use crate::proxy;
use crate::sign_in::{self, Order};
use crate::socket::FromSocket;
use crate::sts::Sts;
use crate::update;
use crate::vault::{Vault, VaultTo};
use crate::watch::Watch;
use crate::web;
use crate::wsl::{Wsl, WslTo};
use crate::zone;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::client_environment;
use rolecall_core::launch_environment;
use rolecall_core::message::Reply;
use rolecall_core::message::window::Told;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::profile::CredentialsKept;
use rolecall_core::secret::Secret;
use rolecall_core::session::Attempt;
use rolecall_core::update::Running;
use rolecall_core::view::IconState;
use std::collections::HashMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The real parts, chosen in `compose`.
pub(crate) struct Parts {
    pub(crate) controller: Controller,
    pub(crate) disk: Disk,
    /// For the doctor.
    pub(crate) running: Running,
    pub(crate) wsl: Option<Arc<dyn Wsl>>,
    pub(crate) sts: Rc<Sts>,
    /// For the doctor.
    pub(crate) sts_url: Option<String>,
    pub(crate) clock: fn() -> Timestamp,
    pub(crate) window_program: PathBuf,
    pub(crate) run_folder: PathBuf,
    /// The one before ended without a word.
    pub(crate) after_a_crash: bool,
    pub(crate) vault: Vault,
    /// `AZURE_AUTHORITY_HOST`, for the doctor.
    pub(crate) authority_default: Option<String>,
    pub(crate) socket: UnboundedReceiver<FromSocket>,
    /// Rings when a file may have changed.
    pub(crate) changed: UnboundedReceiver<()>,
    pub(crate) watch: Watch,
    pub(crate) happenings: UnboundedReceiver<Happening>,
    pub(crate) start: Start,
}

/// How the process was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// By a person, who wants to see something of it.
    Seen,
    /// By another program: nothing but the icon.
    Quiet,
    /// With the desktop session: as quiet, and signing in where that is wanted.
    Login,
    /// By Windows, because a notification was pressed: as quiet, and doing what was pressed.
    Toast,
}

/// How fast the icon turns while something is under way.
const FRAME: Duration = Duration::from_millis(120);
/// How long a desktop may take to show the icon.
const ICON_TIME: Duration = Duration::from_secs(3);
/// Text that is no secret stays in the clipboard for about as long as anybody would want to paste it.
const PLAIN_TEXT_STAYS: Duration = Duration::from_secs(60 * 60);
/// A wall clock may jump and a machine may sleep: no wait is longer.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);

/// Runs until somebody quits, or `ended` comes true.
pub(crate) async fn run(parts: Parts, ended: impl Future<Output = ()>) {
    let Parts { mut socket, mut changed, mut happenings, .. } = parts;
    let (pressed, mut presses) = unbounded_channel();
    let (inputs_to, mut inputs) = unbounded_channel();
    let mut edges = Edges {
        controller: parts.controller,
        disk: parts.disk,
        running: parts.running,
        wsl: WslTo::new(parts.wsl),
        watch: parts.watch,
        sts: parts.sts,
        sts_url: parts.sts_url,
        clock: parts.clock,
        window_program: parts.window_program,
        run_folder: parts.run_folder,
        vault: VaultTo::start(parts.vault),
        authority_default: parts.authority_default,
        copied: Arc::default(),
        inputs: inputs_to,
        notifier: Notifier::new(pressed.clone()),
        windows: HashMap::new(),
        clients: HashMap::new(),
        quitting: false,
    };
    edges.read_files().await;
    if parts.after_a_crash {
        edges.notifier.show(notice::restarted());
    }
    if parts.start == Start::Login {
        edges.handle(Input::LoggedIn).await;
    }
    let (seen_to, mut seen) = unbounded_channel();
    let mut frame = 0;
    let mut shown = edges.shown(frame);
    let icon = Icon::new(shown.clone(), pressed, seen_to).await;
    // Who starts us from a menu looks for something.
    let mut nothing_to_see = (parts.start == Start::Seen).then(|| Box::pin(tokio::time::sleep(ICON_TIME)));
    let mut icon_shown = false;
    // What the start took is not needed until something happens.
    let mut settled = Some(Box::pin(tokio::time::sleep(ICON_TIME)));
    let mut ended = std::pin::pin!(ended);
    let alarm = Alarm::new();
    while !edges.quitting {
        let working = shown.state == IconState::Working;
        tokio::select! {
            () = &mut ended => break,
            Some(action) = presses.recv() => edges.fresh(Input::Person(action)).await,
            Some(from) = socket.recv() => match from {
                FromSocket::Asked(client, ask, replies) => {
                    edges.clients.insert(client, replies);
                    let (config, credentials) = (&edges.disk.config, &edges.disk.credentials);
                    let files = client_environment::check_files(&ask.environment, config, credentials);
                    let environment = Box::new(ask.environment);
                    let request = Box::new(ask.request);
                    let input = Input::Client { client, request, environment, files };
                    edges.fresh(input).await;
                }
                FromSocket::Gone(client) => {
                    edges.clients.remove(&client);
                    edges.handle(Input::ClientGone(client)).await;
                }
                FromSocket::Moved(run) => edges.run_folder = run,
                FromSocket::Replaced => {
                    tracing::warn!("another background service runs for this home: this one ends");
                    break;
                }
            },
            Some(input) = inputs.recv() => edges.handle(input).await,
            Some(shown) = seen.recv() => {
                icon_shown = shown;
                edges.handle(Input::IconShown(shown)).await;
            }
            () = expired(&mut nothing_to_see) => {
                nothing_to_see = None;
                if !icon_shown {
                    edges.handle(Input::NothingToSee).await;
                }
            }
            Some(happening) = happenings.recv() => {
                if matches!(happening, Happening::Woke | Happening::NetworkChanged) {
                    proxy::forget();
                }
                edges.look_at_zone().await;
                edges.fresh(Input::Happened(happening)).await;
            }
            () = expired(&mut settled) => {
                settled = None;
                footprint::give_back();
            }
            Some(()) = changed.recv() => {
                edges.look_at_zone().await;
                while changed.try_recv().is_ok() {}
                // A folder may have appeared, and no file in it yet.
                edges.watch.follow();
                edges.read_files().await;
            }
            () = alarm.after(edges.until_change()) => edges.handle(Input::Clock).await,
            () = tokio::time::sleep(FRAME), if working => {
                frame = (frame + 1) % FRAMES;
                shown.frame = frame;
                icon.show(shown.clone()).await;
                continue;
            }
        }
        let now_shown = edges.shown(frame);
        if working && now_shown.state != IconState::Working {
            // What a sign-in took is not needed until the next one.
            footprint::give_back();
        }
        if now_shown != shown {
            shown = now_shown;
            icon.show(shown.clone()).await;
        }
    }
    icon.remove().await;
    edges.notifier.finish().await;
    // What was to be sealed or forgotten just now is.
    edges.vault.settled().await;
    // The last replies are on their way to their clients.
    drop(edges);
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
}

/// When that time is over; never where there is none.
async fn expired(time: &mut Option<Pin<Box<tokio::time::Sleep>>>) {
    match time {
        Some(time) => time.await,
        None => std::future::pending().await,
    }
}

/// The commands' performers, and what they need.
struct Edges {
    controller: Controller,
    disk: Disk,
    running: Running,
    wsl: WslTo,
    watch: Watch,
    sts: Rc<Sts>,
    sts_url: Option<String>,
    clock: fn() -> Timestamp,
    window_program: PathBuf,
    run_folder: PathBuf,
    vault: VaultTo,
    authority_default: Option<String>,
    copied: Arc<Mutex<Copied>>,
    inputs: UnboundedSender<Input>,
    notifier: Notifier,
    windows: HashMap<Attempt, UnboundedSender<Order>>,
    clients: HashMap<ClientId, UnboundedSender<Reply>>,
    quitting: bool,
}

impl Edges {
    fn shown(&self, frame: usize) -> Shown {
        let now = (self.clock)();
        let view = self.controller.view(now);
        let state = view.icon();
        let frame = if state == IconState::Working { frame } else { 0 };
        Shown {
            state,
            frame,
            tooltip: menu::tooltip(&view, now, self.controller.zone()),
            menu: menu::menu(&view, now),
        }
    }

    fn until_change(&self) -> Option<Duration> {
        let now = (self.clock)();
        let left = self.controller.next_change(now)?.duration_since(now).min(LONGEST_WAIT);
        Some(Duration::try_from(left).unwrap_or_default())
    }

    /// The person may have travelled.
    async fn look_at_zone(&mut self) {
        let zone = zone::now();
        if zone != *self.controller.zone() {
            self.handle(Input::Zone(zone)).await;
        }
    }

    /// Somebody asks for something: what they changed in their files a moment ago counts.
    async fn fresh(&mut self, input: Input) {
        self.read_files().await;
        self.handle(input).await;
    }

    async fn read_files(&mut self) {
        if !self.disk.changed() {
            return;
        }
        self.watch.follow();
        let mut disk = self.disk.clone();
        let read = tokio::task::spawn_blocking(move || (disk.read(), disk)).await;
        if let Ok((files, disk)) = read {
            self.disk = disk;
            self.handle(Input::FilesRead(Box::new(files))).await;
        }
    }

    async fn handle(&mut self, input: Input) {
        for command in self.controller.handle(input, (self.clock)()) {
            self.perform(command).await;
        }
    }

    async fn perform(&mut self, command: Command) {
        let inputs = self.inputs.clone();
        match command {
            Command::OpenWindow { attempt, request, broker, display } => {
                let (orders_to, orders) = unbounded_channel();
                self.windows.retain(|_, orders| !orders.is_closed());
                self.windows.insert(attempt, orders_to);
                let (program, run) = (self.window_program.clone(), self.run_folder.clone());
                tracing::info!("sign-in {} for {} begins", attempt.0, request.profile);
                tokio::task::spawn_local(async move {
                    let outcome = sign_in::run(&program, &run, request, broker, &display, orders).await;
                    let _ = inputs.send(Input::WindowEnded { attempt, outcome });
                });
            }
            Command::ShowWindow { attempt } => self.order(attempt, Order::Show),
            Command::CloseWindow { attempt } => self.order(attempt, Order::Close),
            Command::Assume { attempt, profile, ask } => {
                let sts = Rc::clone(&self.sts);
                tokio::task::spawn_local(async move {
                    let result = sts.assume(&ask).await;
                    let _ = inputs.send(Input::Granted { attempt, profile, result });
                });
            }
            Command::Write { attempt, profile, kept, credentials } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = match kept {
                        CredentialsKept::File => disk.write(&profile, &credentials),
                        CredentialsKept::Process => disk.arrange(&profile, &Arrangement::Move),
                    };
                    let _ = inputs.send(Input::Written { attempt, profile, result });
                });
            }
            Command::Take { attempt, profile, take } => {
                let (sts, now) = (Rc::clone(&self.sts), (self.clock)());
                tokio::task::spawn_local(async move {
                    let result = sts.take(&take, now).await;
                    let _ = inputs.send(Input::Taken { attempt, profile, result });
                });
            }
            Command::WriteRole { attempt, profile, section, kept, credentials } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.write_role(&profile, section.as_ref(), kept, &credentials);
                    let _ = inputs.send(Input::RoleWritten { attempt, profile, result });
                });
            }
            Command::RunKit { client, arguments } => {
                let program = self.window_program.with_file_name(kit::NAME);
                let files = self.disk.variables();
                tokio::task::spawn_local(async move {
                    let result = kit::ask(&program, &arguments, &files).await;
                    let _ = inputs.send(Input::KitSaid { client, result });
                });
            }
            Command::Forget { profile } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.forget(&profile);
                    let _ = inputs.send(Input::Forgotten { profile, result });
                });
            }
            Command::Arrange { profile, arrangement } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.arrange(&profile, &arrangement);
                    let _ = inputs.send(Input::Arranged { profile, result });
                });
            }
            Command::ReadFiles => {
                let mut disk = self.disk.clone();
                tokio::task::spawn_blocking(move || _ = inputs.send(Input::FilesRead(Box::new(disk.read()))));
            }
            Command::ReadVault => {
                let vault = self.vault.clone();
                tokio::task::spawn_local(async move {
                    let _ = inputs.send(Input::VaultRead(vault.read().await));
                });
            }
            Command::Seal { item } => {
                let (vault, label) = (self.vault.clone(), item.0.clone());
                // Sent at once: what is sealed later, or discarded, comes after it.
                let sealing = vault.seal(item);
                tokio::task::spawn_local(async move {
                    let _ = inputs.send(Input::Sealed { label, result: sealing.await });
                });
            }
            Command::Discard { label } => self.vault.discard(label),
            Command::Visit { client, profile, visit } => {
                tokio::task::spawn_local(async move {
                    let result = console::visit(visit).await;
                    let _ = inputs.send(Input::Visited { client, profile, result });
                });
            }
            Command::Copy { client, profile, shell, text, time } => {
                let copied = Arc::clone(&self.copied);
                let time = Duration::try_from(time).unwrap_or_default();
                tokio::task::spawn_blocking(move || {
                    let mut copied = copied.lock().unwrap_or_else(PoisonError::into_inner);
                    let result = copied.copy(text, time);
                    let _ = inputs.send(Input::Copied { client, profile, shell, result });
                });
            }
            Command::Examine { client, display, wsl } => {
                let doctor = Doctor {
                    disk: self.disk.clone(),
                    running: self.running.words(),
                    wsl: self.wsl.system(),
                    wsl_wanted: wsl,
                    authority_default: self.authority_default.clone(),
                    sts_url: self.sts_url.clone(),
                    window_program: self.window_program.clone(),
                    run_folder: self.run_folder.clone(),
                    vault: self.vault.clone(),
                    display,
                };
                tokio::task::spawn_local(async move {
                    let variables = launch_environment::set(&|name| std::env::var_os(name));
                    let findings = doctor.examine().await;
                    let _ = inputs.send(Input::Examined { client, findings, variables });
                });
            }
            Command::OpenMainWindow { display } => {
                let (program, run) = (self.window_program.clone(), self.run_folder.clone());
                let files = self.disk.variables();
                tokio::task::spawn_local(async move {
                    let ended = main_window::run(&program, &run, &display, &files).await;
                    let _ = inputs.send(Input::MainWindowEnded(ended));
                });
            }
            Command::Edit { client, profile, edit, sign_in } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.edit_profile(&profile, &edit);
                    let _ = inputs.send(Input::Edited { client, profile, sign_in, result });
                });
            }
            Command::Settle { client, choices } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let _ = inputs.send(Input::Settled { client, result: disk.settle(&choices) });
                });
            }
            Command::FindImports { client, mut offered } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    offered.extend(disk.imports());
                    let result = Ok(Told::Imports { imports: offered });
                    let _ = inputs.send(Input::Served { client, result });
                });
            }
            Command::StartAtLogin { client, on } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let _ = inputs.send(Input::Settled { client, result: disk.start_at_login(on) });
                });
            }
            Command::Record(entry) => {
                let disk = self.disk.clone();
                let _ = tokio::task::spawn_blocking(move || disk.record(&entry)).await;
            }
            Command::ReadRecords { client, skip, limit } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.records(skip, limit);
                    let result = result.map(|(entries, more)| Told::Activity { entries, more });
                    let _ = inputs.send(Input::Served { client, result });
                });
            }
            Command::ExportRecords { client } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.export_records();
                    let result = result.map(|path| Told::Exported { path: path.display().to_string() });
                    let _ = inputs.send(Input::Served { client, result });
                });
            }
            Command::ReadOffer { client, url } => {
                tokio::task::spawn_local(async move {
                    let unreadable = |reason| Problem::OfferUnreadable { origin: foreign(&url), reason };
                    let result = web::text(&url).await.map_err(unreadable);
                    let _ = inputs.send(Input::OfferRead { client, origin: url, result });
                });
            }
            Command::AcceptOffer { client, offer } => {
                let disk = self.disk.clone();
                tokio::task::spawn_blocking(move || {
                    let result = disk.accept(&offer);
                    let _ = inputs.send(Input::Accepted { client, result });
                });
            }
            Command::LookForUpdate { client, lookup } => {
                tokio::task::spawn_local(async move {
                    let result = update::look(*lookup).await.map(Box::new);
                    let _ = inputs.send(Input::UpdateFound { client, result });
                });
            }
            Command::WriteWsl { client, profile, distributions, credentials } => {
                let wsl = self.wsl.clone();
                tokio::task::spawn_local(async move {
                    let outcomes = wsl.write(profile.clone(), distributions, credentials).await;
                    let _ = inputs.send(Input::WslWritten { client, profile, outcomes });
                });
            }
            Command::ListWsl { client } => {
                let wsl = self.wsl.clone();
                tokio::task::spawn_local(async move {
                    let _ = inputs.send(Input::WslListed { client, result: wsl.distributions().await });
                });
            }
            Command::CopyText { client, text } => {
                let copied = Arc::clone(&self.copied);
                tokio::task::spawn_blocking(move || {
                    let mut copied = copied.lock().unwrap_or_else(PoisonError::into_inner);
                    let result = copied.copy(Secret::new(text), PLAIN_TEXT_STAYS).map(|()| Told::Done);
                    let _ = inputs.send(Input::Served { client, result });
                });
            }
            Command::FindNames { url, assertion } => {
                tokio::task::spawn_local(async move {
                    let names = names::find(url, assertion).await;
                    if !names.is_empty() {
                        let _ = inputs.send(Input::NamesFound(names));
                    }
                });
            }
            Command::Notify(notification) => {
                tracing::info!("told: {}", notification.title);
                self.notifier.show(notification);
            }
            Command::Silence { about } => self.notifier.silence(about),
            Command::Reply { client, reply, last } => {
                if let Some(replies) = self.clients.get(&client) {
                    let _ = replies.send(reply);
                }
                if last {
                    self.clients.remove(&client);
                }
            }
            Command::SaveMemory(memory) => {
                let disk = self.disk.clone();
                let _ = tokio::task::spawn_blocking(move || disk.save_memory(&memory)).await;
            }
            Command::LookForBroker { display } => {
                tokio::task::spawn_local(async move {
                    let found = broker::is_there(sign_in::bus_of(&display)).await;
                    let _ = inputs.send(Input::BrokerLookedFor(found));
                });
            }
            Command::ReplaceVaultKey => {
                let replacing = self.vault.replace_key();
                tokio::task::spawn_local(async move {
                    let _ = inputs.send(Input::VaultKeyReplaced(replacing.await));
                });
            }
            Command::Quit => self.quitting = true,
        }
    }

    fn order(&self, attempt: Attempt, order: Order) {
        if let Some(orders) = self.windows.get(&attempt) {
            let _ = orders.send(order);
        }
    }
}
