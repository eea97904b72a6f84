//! Windows and macOS have no private screens: the story plays on this desktop, whose keyboard a scripted person uses.
//! For a computer that nobody sits at, as in `.github/workflows/test.yml`.

use super::programs::Programs;
use super::story::Story;
use crate::Arguments;
use rolecall_demo::entra::Page;
use rolecall_demo::rig::home::{Home, entra_keys};
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::{Done, Trouble, wait};
use rolecall_demo::world::PASSWORD;
use rolecall_demo::{Kind, Seen, Server};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// The first start of a web engine on a machine reads hundreds of megabytes.
const SOON: Duration = Duration::from_secs(90);
const BOB: &str = "bob@example.org";

struct Scene<'a> {
    home: Home,
    server: &'a Server,
    programs: &'a Programs,
}

pub(crate) async fn play(server: &Server, programs: &Programs, _: &Arguments, story: &mut Story) -> Done<()> {
    let home = Home::new()?;
    home.write_demo_profiles(server)?;
    let config = std::fs::read_to_string(home.config_file()).map_err(Trouble::at("the profiles"))?;
    let sealed = format!(
        "\n[profile sealed]\nregion = eu-central-1\nazure_default_username = {BOB}\nazure_credentials = process\n{}",
        entra_keys(server)
    );
    home.write_config(&format!("{config}{sealed}"))?;
    let scene = Scene { home, server, programs };
    scene.tell(story).await.map_err(|Trouble(what)| Trouble::new(format!("{what}\n{}", scene.logs())))
}

impl Scene<'_> {
    async fn tell(&self, story: &mut Story) -> Done<()> {
        let mut tray = self.tray().await?;
        story.step("a terminal: rolecall sign-in demo-bob");
        let mark = self.server.mark();
        let mut client = self.command(&self.programs.client);
        let mut client =
            Program::start(client.args(["sign-in", "demo-bob"]), Some(&self.home.log("client")))?;
        self.person(mark, story).await?;
        let status = client.end(SOON).await?;
        if !status.success() {
            return Err(Trouble::new(format!("rolecall sign-in ended with {status}")));
        }
        story.step("the credentials are written");
        story.note(&self.home.masked_credentials().ok_or_else(|| Trouble::new("there are none"))?);

        story.step("again, for a profile whose credentials are sealed: no page asks for anything");
        let mark = self.server.mark();
        self.said(&["sign-in", "sealed"])?;
        let asks = |page: Page| page != Page::Working;
        let log = self.server.log();
        let asked = log.iter().skip(mark).find_map(|seen| match seen.kind {
            Kind::Page(page) if asks(page) => Some(page),
            _ => None,
        });
        if let Some(page) = asked {
            return Err(Trouble::new(format!("it was not silent: Entra showed {page:?}")));
        }

        story.step("the service ends and begins anew: the keychain still has the key of what was sealed");
        self.said(&["quit"])?;
        tray.end(SOON).await?;
        let mut tray = self.tray().await?;
        if !self.said(&["credential-process", "sealed"])?.contains("\"AccessKeyId\"") {
            return Err(Trouble::new("credential-process printed no keys"));
        }

        story.step("what the doctor says of this computer");
        let doctor = self.rolecall(&["doctor"])?;
        story.note(&String::from_utf8_lossy(&doctor.stdout));
        story.step("the notification platform took each notification");
        let logs = self.logs();
        if !logs.contains("told: Signed in as Developer") || logs.contains("notification was not shown") {
            return Err(Trouble::new("it did not"));
        }
        self.said(&["quit"])?;
        let status = tray.end(SOON).await?;
        if !status.success() || self.server.acs_posts() > 0 {
            return Err(Trouble::new(format!(
                "the service ended with {status}, or an assertion left the window"
            )));
        }
        story.step("done: everything is cleaned up");
        Ok(())
    }

    async fn tray(&self) -> Done<Program> {
        let mut command = self.command(&self.programs.tray);
        let tray = Program::start(command.arg("--quiet"), Some(&self.home.log("tray")))?;
        let answers = || self.rolecall(&["status"]).is_ok_and(|output| output.status.success());
        wait::until("an answer of the service", SOON, async || answers().then_some(())).await?;
        Ok(tray)
    }

    /// Answers Entra's pages as they come, each as soon as it has the keyboard, until the one that posts the response.
    async fn person(&self, mut mark: usize, story: &mut Story) -> Done<()> {
        loop {
            let asks = |seen: &Seen| matches!(seen.kind, Kind::Visible(_) | Kind::Page(Page::Working));
            let next = wait::until("Entra's next page on the screen", SOON, async || {
                self.server.log().into_iter().enumerate().skip(mark).find(|(_, seen)| asks(seen))
            });
            let (place, seen) = next.await?;
            let Kind::Visible(page) = seen.kind else { return Ok(()) };
            if self.server.seen_from(mark, &Kind::Focused(page), SOON).await.is_none() {
                return Err(Trouble::new(format!("{page:?} is on the screen and does not get the keyboard")));
            }
            story.step(&format!("Entra's page has the keyboard: {page:?}"));
            match page {
                Page::UserName => keyboard(BOB)?,
                Page::Password => keyboard(PASSWORD)?,
                Page::Number => {
                    let number = self.server.number_for(BOB);
                    keyboard(&number.ok_or_else(|| Trouble::new("no number is shown"))?)?;
                }
                // Yes has the keyboard.
                _ => keyboard("")?,
            }
            mark = place + 1;
            if self.server.seen_from(mark, &Kind::Form(page), SOON).await.is_none() {
                return Err(Trouble::new(format!("{page:?} was not sent")));
            }
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.home.apply(&mut command);
        self.home.apply_aws(&mut command, self.server);
        command
    }

    fn rolecall(&self, arguments: &[&str]) -> Done<Output> {
        self.command(&self.programs.client).args(arguments).output().map_err(Trouble::at("rolecall"))
    }

    fn said(&self, arguments: &[&str]) -> Done<String> {
        let output = self.rolecall(arguments)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Trouble::new(format!("rolecall {} ended with {}: {said}", arguments.join(" "), output.status)))
    }

    /// What every program wrote into its log, wherever in the home that is. No log holds a secret.
    fn logs(&self) -> String {
        let mut folders = vec![self.home.path().to_owned()];
        let mut text = String::new();
        while let Some(folder) = folders.pop() {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let (below, files): (Vec<PathBuf>, Vec<PathBuf>) =
                entries.map(|entry| entry.path()).partition(|path| path.is_dir());
            folders.extend(below);
            for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "log")) {
                text += &std::fs::read_to_string(file).unwrap_or_default();
            }
        }
        text
    }
}

/// Types into whatever has the keyboard, then Enter.
fn keyboard(text: &str) -> Done<()> {
    let output = typed(text).output().map_err(Trouble::at("the keyboard"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Trouble::new(format!("the keyboard: {}", String::from_utf8_lossy(&output.stderr).trim())))
}

#[cfg(windows)]
fn typed(text: &str) -> Command {
    let keys: String = text.chars().map(send_keys).collect();
    let mut command = Command::new("powershell.exe");
    command.args(["-NoProfile", "-NonInteractive", "-Command"]);
    command.arg("(New-Object -ComObject WScript.Shell).SendKeys($env:ROLECALL_KEYS + '~')");
    command.env("ROLECALL_KEYS", keys);
    command
}

/// SendKeys has signs of its own.
#[cfg(windows)]
fn send_keys(character: char) -> String {
    if "+^%~(){}[]".contains(character) { format!("{{{character}}}") } else { character.to_string() }
}

/// Needs the right to control this computer, which the runners' shells have.
#[cfg(not(windows))]
fn typed(text: &str) -> Command {
    let mut command = Command::new("osascript");
    for line in [
        "on run argv",
        "tell application \"System Events\" to keystroke (item 1 of argv)",
        "tell application \"System Events\" to key code 36",
        "end run",
    ] {
        command.args(["-e", line]);
    }
    command.arg(text);
    command
}

#[cfg(all(test, windows))]
mod tests {
    #[test]
    fn a_password_of_any_signs_is_typed_as_it_is() {
        let keys: String = "a+b {c}~".chars().map(super::send_keys).collect();
        assert_eq!(keys, "a{+}b {{}c{}}{~}");
    }
}
