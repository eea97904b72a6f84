//! The resident process: how soon its icon is there, what it weighs when idle, and a silent sign-in from end to end.

use rolecall_demo::entra::Page;
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::person::{Login, Person};
use rolecall_demo::rig::tray_host::{Item, TrayHost};
use rolecall_demo::rig::{Done, home, wait};
use rolecall_demo::world::PASSWORD;
use rolecall_demo::{Kind, Options, Server};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);
const RUNS: usize = 7;

pub(crate) fn print() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if let Err(trouble) = runtime.block_on(measure()) {
        println!("| the resident process | not measured: {} | |", trouble.0);
    }
}

async fn measure() -> Done<()> {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start()?;
    let keys = home::entra_keys(&server);
    let bob = "azure_default_username = bob@example.org\nazure_default_duration_hours = 8\n";
    desktop.home.write_config(&format!("[profile demo]\n{keys}{bob}"))?;
    let host = TrayHost::start(&desktop.bus).await?;
    let _notifications = Notifications::start(&desktop.bus).await?;

    let mut registered = vec![];
    for _ in 0..RUNS {
        let start = Instant::now();
        let mut tray = desktop.run(&mut tray(&desktop, &server), "tray")?;
        host.item(SOON).await?;
        registered.push(start.elapsed());
        desktop.command(program("rolecall")).arg("quit").output().expect("rolecall runs");
        tray.end(SOON).await?;
    }
    row("exec to tray icon registered", &ms(median(registered)), "≤ 60 ms");

    let mut command = tray(&desktop, &server);
    let tray = desktop.run(&mut command, "tray")?;
    let item = host.item(SOON).await?;
    let status = || desktop.command(program("rolecall")).arg("status").output().expect("rolecall runs");
    let (asked, nothing) = in_turns(status, || Command::new("/bin/true").output().expect("true runs"));
    let ratio = asked.as_secs_f64() / nothing.as_secs_f64();
    row("`rolecall status`, whole process", &format!("{}, {ratio:.1} × `/bin/true`", ms(asked)), "");
    let woken = woken_in_a_minute(tray.id()).await;
    let idle = pss(&[tray.id()]);
    row("idle, nobody signed in", &format!("{} PSS, woken {woken} times in 60 s", mib(idle)), "≤ 12 MB, ≤ 2");

    silent(&desktop, &server, &item, tray.id()).await?;
    let woken = woken_in_a_minute(tray.id()).await;
    let held = pss(&[tray.id()]);
    row("idle, signed in", &format!("{} PSS, woken {woken} times in 60 s", mib(held)), "≤ 12 MB, ≤ 2");
    let size: u64 =
        ["rolecall", "rolecall-tray", "rolecall-window"].map(|name| size(&program(name))).iter().sum();
    row("the three programs on disk", &mib(size / 1024), "≤ 42 MB");
    Ok(())
}

/// A first sign-in by a person, then silent ones: click to credentials on disk, and the peak of all processes.
async fn silent(desktop: &Desktop, server: &Server, item: &Item, tray: u32) -> Done<()> {
    let person = Person::new(&desktop.display);
    let login = Login { user: "bob@example.org", password: PASSWORD, stay: true };
    let mark = server.mark();
    item.press(&["Sign in"], SOON).await?;
    let window = person.window("sign in for demo", SOON).await?;
    person.sign_in(server, mark, &window, &login, SOON).await?;
    let mut id = new_keys(desktop, None).await?;
    let (mut times, mut peaks) = (vec![], vec![]);
    for _ in 0..RUNS {
        // Signing out forgets the assertion, not the cookies: the page opens again, hidden.
        item.press(&["demo — ", "Sign out"], SOON).await?;
        wait::until("the keys to go", SOON, async || key(desktop).is_none().then_some(())).await?;
        item.menu_when("signed out", SOON, |menu| menu.find(&["Sign in"]).is_some()).await?;
        let mark = server.mark();
        let start = Instant::now();
        item.press(&["Sign in"], SOON).await?;
        let mut peak = 0;
        let end = start + SOON;
        let new = loop {
            peak = peak.max(pss(&tree(tray)));
            match key(desktop).filter(|new| *new != id) {
                Some(new) => break new,
                None if Instant::now() > end => return Err(rolecall_demo::rig::Trouble::new("no new keys")),
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        };
        times.push(start.elapsed());
        peaks.push(peak);
        id = new;
        let asked =
            |seen: &rolecall_demo::Seen| matches!(seen.kind, Kind::Page(page) if page != Page::Working);
        assert!(!server.log().iter().skip(mark).any(asked), "a page asked something");
    }
    row("silent sign-in, click to credentials on disk", &ms(median(times)), "≤ 0.35 × aws-azure-login");
    peaks.sort_unstable();
    row(
        "peak of all processes meanwhile",
        &format!("{} PSS", mib(peaks[RUNS / 2])),
        "≤ 0.5 × aws-azure-login",
    );
    let engines = |id: &u32| name(*id).starts_with("WebKit") || name(*id).contains("bwrap");
    wait::until("the web engine to be gone", SOON, async || (!tree(tray).iter().any(engines)).then_some(()))
        .await
}

async fn new_keys(desktop: &Desktop, before: Option<String>) -> Done<String> {
    let new = async || key(desktop).filter(|id| Some(id) != before.as_ref());
    wait::until("new keys", SOON, new).await
}

fn key(desktop: &Desktop) -> Option<String> {
    desktop.home.credential("demo", "aws_access_key_id")
}

fn tray(desktop: &Desktop, server: &Server) -> Command {
    let mut command = desktop.command(program("rolecall-tray"));
    desktop.home.apply_aws(&mut command, server);
    command
}

/// The programs stand two folders above this benchmark.
fn program(name: &str) -> PathBuf {
    let bench = std::env::current_exe().expect("this benchmark's own path");
    bench.ancestors().nth(2).expect("the folder of the build").join(name)
}

/// Medians of two things done in turns.
fn in_turns<A, B>(first: impl Fn() -> A, second: impl Fn() -> B) -> (Duration, Duration) {
    let (mut firsts, mut seconds) = (vec![], vec![]);
    for _ in 0..40 {
        let start = Instant::now();
        first();
        firsts.push(start.elapsed());
        let start = Instant::now();
        second();
        seconds.push(start.elapsed());
    }
    (median(firsts), median(seconds))
}

/// How often the process is woken in a minute, once the threads that its last work needed have gone.
async fn woken_in_a_minute(id: u32) -> u64 {
    tokio::time::sleep(Duration::from_secs(15)).await;
    let before = switches(id);
    tokio::time::sleep(Duration::from_secs(60)).await;
    switches(id).saturating_sub(before)
}

/// Context switches of the whole process so far: each is a waking.
fn switches(id: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let status = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok());
    let count = |text: String| {
        let line =
            text.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:").map(str::to_owned));
        line.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    status.map(count).sum()
}

/// Proportional set size of these processes, in KiB.
fn pss(ids: &[u32]) -> u64 {
    let one = |id: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:").map(str::to_owned));
        line.and_then(|text| text.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0)
    };
    ids.iter().map(one).sum()
}

/// A process and everything below it.
fn tree(id: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let below = children.split_whitespace().filter_map(|id| id.parse().ok()).flat_map(tree);
    std::iter::once(id).chain(below).collect()
}

fn name(id: u32) -> String {
    std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default()
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn mib(kib: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for a person's eye")]
    let mib = kib as f64 / 1024.0;
    format!("{mib:.1} MiB")
}

fn row(what: &str, measured: &str, bound: &str) {
    println!("| {what} | {measured} | {bound} |");
}
