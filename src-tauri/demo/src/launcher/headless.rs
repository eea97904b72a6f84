//! Without a desktop: the whole story on a private screen, played by a scripted person.

use super::programs::Programs;
use super::story::Story;
use super::{SHORT_SETTINGS, identity};
use crate::Arguments;
use rolecall_demo::entra::Page;
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::dunst::{self, Dunst};
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::panel::Panel;
use rolecall_demo::rig::person::{Login, Person};
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::tray_host::{Item, TrayHost};
use rolecall_demo::rig::{Done, Trouble, screen, wait};
use rolecall_demo::world::PASSWORD;
use rolecall_demo::{Kind, Server};
use std::path::Path;
use std::time::Duration;

/// Anything that a program does by itself.
const SOON: Duration = Duration::from_secs(20);
const PROFILE: &str = "demo";
const WINDOW: &str = "sign in for demo";
const ADA: Login<'_> = Login { user: "ada@example.org", password: PASSWORD, stay: true };

/// Everything on the private screen; programs end before the screen does.
struct Scene<'a> {
    tray: Program,
    item: Item,
    person: Person,
    // Exactly one of each pair, kept alive.
    panel: Option<Panel>,
    _host: Option<TrayHost>,
    dunst: Option<Dunst>,
    _recorder: Option<Notifications>,
    client: &'a Path,
    desktop: Desktop,
    server: &'a Server,
    pictures: &'a Path,
}

pub(crate) async fn play(
    server: &Server,
    programs: &Programs,
    arguments: &Arguments,
    story: &mut Story,
) -> Done<()> {
    story.step("a private screen, session bus and home; a make-believe Entra and AWS on loopback");
    let desktop = Desktop::start()?;
    screen::backdrop(&desktop.display, "#3d6b74");
    desktop.home.write_demo_profiles(server)?;
    if arguments.short_sessions {
        desktop.home.write_settings(SHORT_SETTINGS)?;
    }
    let logs = desktop.home.path().to_owned();
    let mut scene = match start(desktop, server, programs, &arguments.screenshots, story).await {
        Ok(scene) => scene,
        Err((trouble, desktop)) => return Err(with_logs(trouble, desktop.home.path())),
    };
    let told = tokio::select! {
        told = tell(&mut scene, arguments.short_sessions, story) => told,
        _ = tokio::signal::ctrl_c() => Err(Trouble::new("stopped before its end; everything is cleaned up")),
    };
    told.map_err(|trouble| with_logs(trouble, &logs))
}

/// The tray and what surrounds it; with the trouble comes the desktop, whose home holds the logs.
async fn start<'a>(
    desktop: Desktop,
    server: &'a Server,
    programs: &'a Programs,
    pictures: &'a Path,
    story: &mut Story,
) -> Result<Scene<'a>, (Trouble, Desktop)> {
    let started = async {
        let (panel, host) = if Panel::is_there() {
            (Some(Panel::start(&desktop).await?), None)
        } else {
            (None, Some(TrayHost::start(&desktop.bus).await?))
        };
        let (dunst, recorder) = if Dunst::is_there() {
            (Some(Dunst::start(&desktop).await?), None)
        } else {
            (None, Some(Notifications::start(&desktop.bus).await?))
        };
        story.step("the tray starts, and its icon appears");
        let mut command = desktop.command(&programs.tray);
        desktop.home.apply_aws(&mut command, server);
        let mut tray = desktop.run(&mut command, "tray")?;
        let connection = desktop.bus.connect().await?;
        let item = tokio::select! {
            item = Item::find(&connection, SOON) => item?,
            Ok(status) = tray.end(2 * SOON) => {
                return Err(Trouble::new(format!("the tray ended with {status} before its icon appeared")));
            }
        };
        Ok((panel, host, dunst, recorder, tray, item))
    };
    match started.await {
        Ok((panel, _host, dunst, _recorder, tray, item)) => {
            let person = Person::new(&desktop.display);
            let client = &programs.client;
            Ok(Scene {
                tray,
                item,
                person,
                panel,
                _host,
                dunst,
                _recorder,
                client,
                desktop,
                server,
                pictures,
            })
        }
        Err(trouble) => Err((trouble, desktop)),
    }
}

async fn tell(scene: &mut Scene<'_>, short: bool, story: &mut Story) -> Done<()> {
    sign_in(scene, story).await?;
    choose(scene, story).await?;
    switch(scene, story).await?;
    chain(scene, story).await?;
    if short {
        warn(scene, story).await?;
    }
    quit(scene, story).await
}

async fn sign_in(scene: &mut Scene<'_>, story: &mut Story) -> Done<()> {
    let menu = scene.item.menu().await?;
    story.note(&menu.outline());
    picture_of_menu(scene, story, "1-menu.png", &[]).await?;
    story.step("click: Sign in to demo");
    scene.item.press(&["Sign in to demo"], SOON).await?;
    let window = scene.person.window(WINDOW, SOON).await?;
    story.note(&format!("the window's title: {}", scene.person.title(&window)?));
    let mut mark = 0;
    for page in [Page::UserName, Page::Password, Page::Number, Page::StaySignedIn] {
        story.step(match page {
            Page::UserName => "the sign-in page asks for the user name: ada@example.org",
            Page::Password => "the password",
            Page::Number => "the number, typed into the make-believe phone",
            _ => "Stay signed in? Yes",
        });
        scene.person.attend(scene.server, mark, page, &window, SOON).await?;
        if page == Page::UserName || page == Page::Number {
            let name = if page == Page::UserName { "2-sign-in.png" } else { "3-number.png" };
            picture(scene, story, name).await?;
        }
        let before = scene.server.mark();
        scene.person.answer(scene.server, page, &ADA)?;
        let sent = scene.server.seen_from(before, &Kind::Form(page), SOON).await;
        sent.ok_or_else(|| Trouble::new(format!("the answer to {page:?} never reached Entra")))?;
        mark = before;
    }
    story.step("the window takes the assertion and closes");
    scene.person.window_gone(WINDOW, SOON).await
}

async fn choose(scene: &mut Scene<'_>, story: &mut Story) -> Done<()> {
    let what = "the menu's roles";
    let path = ["Choose a role for demo", "111111111111", "Developer"];
    let menu = scene.item.menu_when(what, SOON, |menu| menu.find(&path).is_some()).await?;
    story.step("the menu lists the roles");
    story.note(&menu.outline());
    picture_of_menu(scene, story, "4-roles.png", &["Down", "Right", "Right"]).await?;
    story.step("click: Choose a role for demo ▸ 111111111111 ▸ Developer");
    scene.item.press(&path, SOON).await?;
    written(scene, None).await?;
    scene.item.menu_when("the active role", SOON, |menu| menu.find(&["demo — Developer"]).is_some()).await?;
    story.step("the credentials are written");
    show_credentials(scene, story, "Developer")?;
    if scene.dunst.is_some() {
        let shown = || (!scene.person.visible_of_class(dunst::CLASS).is_empty()).then_some(());
        wait::until("a notification", SOON, async || shown()).await?;
        picture(scene, story, "5-notification.png").await?;
    }
    Ok(())
}

async fn switch(scene: &mut Scene<'_>, story: &mut Story) -> Done<()> {
    story.step("click: demo ▸ Switch role ▸ 222222222222 ▸ DataEngineer. Nothing is asked");
    let mark = scene.server.mark();
    let before = scene.desktop.home.credential(PROFILE, "aws_access_key_id");
    scene.item.press(&["demo — ", "Switch role", "222222222222", "DataEngineer"], SOON).await?;
    written(scene, before).await?;
    scene.item.menu_when("the new role", SOON, |menu| menu.find(&["demo — DataEngineer"]).is_some()).await?;
    let asked = scene.server.log().into_iter().skip(mark).find_map(|seen| match seen.kind {
        Kind::Page(page) if page != Page::Working => Some(page),
        _ => None,
    });
    if let Some(page) = asked {
        return Err(Trouble::new(format!("switching was not silent: Entra showed {page:?}")));
    }
    show_credentials(scene, story, "DataEngineer")?;
    status(scene, story)?;
    picture_of_menu(scene, story, "6-active.png", &["Down", "Right", "Right", "Right"]).await
}

async fn chain(scene: &mut Scene<'_>, story: &mut Story) -> Done<()> {
    story.step("click: demo ▸ Chained roles ▸ demo-logs: assumed by way of demo-auditor");
    scene.item.press(&["demo — ", "Chained roles", "↳ demo-logs — LogReader"], SOON).await?;
    let active = ["demo — ", "Chained roles", "↳ demo-logs — LogReader", "Open AWS console"];
    scene.item.menu_when("the chained role", SOON, |menu| menu.find(&active).is_some()).await?;
    status(scene, story)
}

/// With sessions of two minutes: the first warning, a minute before the end.
async fn warn(scene: &mut Scene<'_>, story: &mut Story) -> Done<()> {
    const MOST_OF_IT: Duration = Duration::from_secs(100);
    story.step("the session is short: waiting for the warning, a minute before the end");
    if scene.dunst.is_none() {
        story.note("no dunst, no picture of it");
        return Ok(());
    }
    let shown = || !scene.person.visible_of_class(dunst::CLASS).is_empty();
    wait::until("the earlier notifications to go", MOST_OF_IT, async || (!shown()).then_some(())).await?;
    wait::until("the warning", MOST_OF_IT, async || shown().then_some(())).await?;
    picture(scene, story, "7-warning.png").await
}

/// What the command line says.
fn status(scene: &Scene<'_>, story: &Story) -> Done<()> {
    let mut command = scene.desktop.command(scene.client);
    let output = command.arg("status").output().map_err(Trouble::at("rolecall status"))?;
    story.note("$ rolecall status");
    story.note(&String::from_utf8_lossy(&output.stdout));
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Trouble::new(format!("rolecall status ended with {}: {said}", output.status)))
}

async fn quit(scene: &mut Scene<'_>, story: &mut Story) -> Done<()> {
    story.step("click: Quit Rolecall");
    scene.item.press(&["Quit Rolecall"], SOON).await?;
    let status = scene.tray.end(SOON).await?;
    if !status.success() {
        return Err(Trouble::new(format!("the tray ended with {status}")));
    }
    let posts = scene.server.acs_posts();
    if posts > 0 {
        return Err(Trouble::new(format!("{posts} assertions were posted to AWS's sign-in page")));
    }
    story.step("done: no assertion left the window, everything is cleaned up");
    Ok(())
}

/// Waits until the credentials file holds other keys than `before`.
async fn written(scene: &Scene<'_>, before: Option<String>) -> Done<()> {
    let home = &scene.desktop.home;
    let new = || home.credential(PROFILE, "aws_access_key_id").filter(|id| Some(id) != before.as_ref());
    wait::until("new keys in ~/.aws/credentials", SOON, async || new().map(drop)).await
}

fn show_credentials(scene: &Scene<'_>, story: &Story, role: &str) -> Done<()> {
    let home = &scene.desktop.home;
    story.note(&home.masked_credentials().unwrap_or_default());
    let identity = identity::ask(scene.server, home, PROFILE)?;
    story.note(&format!("get-caller-identity, asked by {}: {}", identity.asked_by, identity.arn));
    if identity.arn.contains(&format!("assumed-role/{role}/")) {
        return Ok(());
    }
    Err(Trouble::new(format!("the keys in the file are not those of {role}")))
}

async fn picture(scene: &Scene<'_>, story: &Story, name: &str) -> Done<()> {
    let file = scene.pictures.join(name);
    screen::still(&scene.desktop.display, &file).await?;
    story.note(&format!("picture: {}", file.display()));
    Ok(())
}

/// The menu as the panel draws it; `keys` unfold it. Without a panel there is none to draw.
async fn picture_of_menu(scene: &Scene<'_>, story: &Story, name: &str, keys: &[&str]) -> Done<()> {
    let Some(panel) = &scene.panel else { return Ok(()) };
    panel.open_menu(&scene.person).await?;
    for key in keys {
        scene.person.press(key)?;
    }
    picture(scene, story, name).await?;
    for _ in 0..=keys.len() {
        scene.person.press("Escape")?;
    }
    // Off the icon, so that its tooltip does not cover the next picture.
    let (width, height) = scene.desktop.display.size();
    scene.person.move_to(width / 8, height - 8)
}

/// What the programs said, before the home goes.
fn with_logs(Trouble(what): Trouble, home: &Path) -> Trouble {
    let mut text = what;
    for folder in [home.join("logs"), home.join(".local/state/rolecall")] {
        for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(said) = std::fs::read_to_string(file.path()) else { continue };
            let lines: Vec<_> = said.lines().collect();
            let last = &lines[lines.len().saturating_sub(12)..];
            if !last.is_empty() {
                text += &format!("\n    {}:\n      {}", file.path().display(), last.join("\n      "));
            }
        }
    }
    Trouble(text)
}
