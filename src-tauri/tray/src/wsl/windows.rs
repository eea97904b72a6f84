//! Windows: `wsl.exe` says what there is, its share (`\\wsl.localhost`) leads to the files.

use super::Wsl;
use crate::child;
use rolecall_client::child_environment::Purpose;
use rolecall_core::problem::foreign;
use rolecall_core::wsl::{self, Distribution, Trouble};
use std::io::Read as _;
use std::os::windows::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

/// The service behind it may be starting.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);

/// Names of distributions, or one path.
const LONGEST: u64 = 64 * 1024;

/// The share's name since Windows 11, and before.
const SHARES: [&str; 2] = [r"\\wsl.localhost", r"\\wsl$"];

/// Where AWS tools look for it, past all links: a file that is not there yet has none. No quotes and no variables:
/// `wsl.exe` and each shell have their own opinion of those.
const WHERE: &str = "readlink -f ~/.aws/credentials || echo ~/.aws/credentials";
const PRIVATE: &str = "chmod 600 ~/.aws/credentials";

struct System {
    program: PathBuf,
}

pub(crate) fn system() -> Option<Arc<dyn Wsl>> {
    // By its path: a program of that name that lies elsewhere is not asked.
    let root = std::env::var_os("SystemRoot").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
    Some(Arc::new(System { program: root.join(r"System32\wsl.exe") }))
}

impl Wsl for System {
    fn distributions(&self) -> Result<Vec<(Distribution, bool)>, Trouble> {
        let unavailable = |reason| Trouble::Unavailable { reason };
        if !self.program.is_file() {
            return Err(unavailable("it is not installed".to_owned()));
        }
        let all = Distribution::listed(&self.run(&["--list", "--quiet"]).map_err(unavailable)?);
        // Where none runs, a sentence says so, and the exit code is that of a failure.
        let running = self.run(&["--list", "--running", "--quiet"]).unwrap_or_default();
        let running = Distribution::listed(&running);
        let runs = |name: &Distribution| running.iter().any(|one| one.is(name));
        Ok(all.into_iter().map(|name| (name.clone(), runs(&name))).collect())
    }

    fn credentials(&self, of: &Distribution) -> Result<Option<PathBuf>, Trouble> {
        let unknown = |reason: String| Trouble::Home { distribution: of.clone(), reason };
        let said = self.shell(of, WHERE).map_err(unknown)?;
        let said = String::from_utf8(said).map_err(|_| unknown("its path is not UTF-8".into()))?;
        let path = said.trim_end_matches(['\r', '\n']);
        if wsl::is_on_windows_drive(path) {
            return Ok(None);
        }
        let inside = wsl::in_share(path).ok_or_else(|| unknown(format!("it is at '{}'", foreign(path))))?;
        let roots = SHARES.map(|share| PathBuf::from(format!(r"{share}\{of}\")));
        let root = roots.iter().find(|root| root.exists());
        let root = root.ok_or_else(|| unknown(format!(r"{}\{of} cannot be opened", SHARES[0])))?;
        Ok(Some(root.join(inside)))
    }

    fn make_private(&self, of: &Distribution) -> Result<(), String> {
        self.shell(of, PRIVATE).map(|_| ())
    }
}

impl System {
    /// Runs a line in a distribution, as its default user.
    fn shell(&self, of: &Distribution, line: &str) -> Result<Vec<u8>, String> {
        self.run(&["--distribution", of.as_str(), "--exec", "sh", "-c", line])
    }

    /// What it prints.
    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(child::environment(Purpose::Unseen));
        command.args(arguments).env("WSL_UTF8", "1").creation_flags(CREATE_NO_WINDOW);
        // Its own folder may be one that WSL cannot mount.
        command.current_dir(self.program.parent().unwrap_or(Path::new(r"C:\")));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| foreign(&error.to_string()))?;
        let said = child.stdout.take().map(|said| {
            std::thread::spawn(move || {
                let mut bytes = vec![];
                said.take(LONGEST).read_to_end(&mut bytes).map(|_| bytes)
            })
        });
        let succeeded = ended(&mut child)?;
        let said = said.and_then(|said| said.join().ok()).and_then(Result::ok).unwrap_or_default();
        if succeeded {
            return Ok(said);
        }
        // It says what is wrong where others print data.
        let words = wsl::said(&said);
        let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("wsl.exe failed");
        Err(foreign(line.trim_end_matches('.')))
    }
}

/// Whether it ended well; one that hangs is ended.
fn ended(child: &mut Child) -> Result<bool, String> {
    let until = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < until => std::thread::sleep(POLL),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("wsl.exe does not answer".to_owned());
            }
            Err(error) => return Err(foreign(&error.to_string())),
        }
    }
}
