//! The morning click, and a role switched with no question asked.

use crate::proxy::Proxy;
use crate::scene::{ADA, SOON, Scene, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::{Kind, Options, Server};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

/// Somebody's credentials file: comments, odd blanks, CRLF, a nested block, another tool's section.
const OTHERS: &str = "# my keys\r\n[lab]\r\naws_access_key_id=AKIAEXAMPLELAB\r\naws_secret_access_key = kept # by me\r\ns3 =\r\n  max = 1\r\n\r\n[demo]\r\n; ours from here\r\nregion = eu-west-1\r\noutput=json\r\n\r\n[last]\r\naws_access_key_id = AKIAEXAMPLELAST";

#[tokio::test]
async fn from_the_click_to_working_credentials_and_another_role_without_a_question() {
    let scene = Scene::start().await;
    let file = scene.desktop.home.credentials_file();
    std::fs::write(&file, OTHERS).expect("a credentials file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("its mode");

    let face = scene.item.face().await.expect("the icon's face");
    assert_eq!((face.title.as_str(), face.tooltip_text.as_str()), ("Rolecall", "demo — signed out"));
    let entries = ["Sign in", "Open Rolecall", "Settings…", "Quit Rolecall"];
    assert_eq!(scene.item.menu().await.expect("a menu").labels(), entries);

    // The page asks: the window shows itself, its title names the host.
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    let window = scene.person.window("sign in for demo", SOON).await.expect("the window");
    let title = scene.person.title(&window).expect("its title");
    let host = scene.server.entra_url().trim_start_matches("http://");
    assert_eq!(title, format!("{host} — sign in for demo"));
    scene.person.sign_in(&scene.server, mark, &window, &ADA, SOON).await.expect("signed in");
    scene.person.window_gone("sign in for demo", SOON).await.expect("the window closes");

    // Several roles: said once, listed by account.
    let told =
        scene.notifications.wait("to choose", 0, SOON, |n| n.summary.contains("choose")).await.expect("told");
    assert_eq!(told.summary, "9 roles in 3 accounts: choose one");
    let path = ["Choose a role for demo", "111111111111", "Developer"];
    scene.item.press(&path, SOON).await.expect("a role");
    let first = scene.new_keys(None).await;
    scene.active("Developer").await;
    let told =
        scene.notifications.wait("signed in", 0, SOON, |n| n.summary.contains("Signed")).await.expect("told");
    assert_eq!(told.summary, "Signed in as Developer");
    let named = told.body.starts_with("demo, account ") && told.body.contains("111111111111");
    assert!(named && told.body.contains(", until "), "{}", told.body);

    // The file: every byte outside our keys is where it was.
    let written = scene.credentials();
    let without: String = written
        .split_inclusive("\r\n")
        .filter(|line| {
            !line.contains(&first) && !line.contains("aws_session_token") && !line.contains("aws_expiration")
        })
        .filter(|line| !line.starts_with("aws_secret_access_key") || line.contains("kept"))
        .collect();
    assert_eq!(without, OTHERS);
    let metadata = std::fs::metadata(&file).expect("the file");
    // Its group could read it, and that was said.
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let private = |n: &rolecall_demo::rig::notifications::Notification| n.body.contains("made it private");
    scene.notifications.wait("the file is private", 0, SOON, private).await.expect("told");
    assert_eq!(metadata.nlink(), 1);

    // Another role: no page but the one that posts.
    let mark = scene.server.mark();
    let path = ["demo — Developer", "Switch role", "222222222222", "DataEngineer"];
    scene.item.press(&path, SOON).await.expect("another role");
    scene.new_keys(Some(first)).await;
    scene.active("DataEngineer").await;
    assert_eq!(scene.questions_since(mark), []);
    // And once the assertion is spent, with the cookies alone.
    scene.item.press(&["demo — DataEngineer", "Sign out"], SOON).await.expect("Sign out");
    let before = scene.key_id();
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.item.press(&["Choose a role for demo", "333333333333", "Admin"], SOON).await.expect("a role");
    scene.new_keys(before).await;
    assert_eq!(scene.questions_since(mark), [], "the cookies were enough");
    scene.nothing_left();
}

/// Everything that ever ran below the tray, with its arguments and its environment: what strace(1) saw of execve(2).
#[tokio::test]
async fn no_secret_is_an_argument_or_in_the_environment_of_a_child() {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    desktop.home.write_demo_profiles(&server).expect("profiles");
    let outside = Proxy::start();
    let usual = tray_command(&desktop, &server, &outside);
    let trace = desktop.home.path().join("trace");
    let mut command = desktop.command("strace");
    command.env_clear().envs(usual.get_envs().filter_map(|(name, value)| Some((name, value?))));
    for (name, value) in [
        ("GITHUB_TOKEN", "planted-token"),
        ("SSLKEYLOGFILE", "/planted-log"),
        ("AWS_SECRET_ACCESS_KEY", "planted-key"),
    ] {
        command.env(name, value);
    }
    command.args(["-f", "-qq", "-v", "-s", "1000000", "-e", "trace=execve", "-e", "signal=none", "-o"]);
    command.arg(&trace).arg(usual.get_program());
    let scene = Scene::start_with_command(desktop, server, outside, command).await;
    scene.sign_in_by(&["Sign in to demo"], "111111111111", "Developer").await;
    scene.rolecall(&["console", "demo"]).await;
    let secret = |key| scene.desktop.home.credential("demo", key).expect("a key");
    let seen = std::fs::read_to_string(&trace).expect("what ran");
    let children: Vec<_> = seen.lines().filter(|line| line.contains("execve(")).skip(1).collect();
    for program in ["rolecall-window", "account-names"] {
        assert!(children.iter().any(|line| line.contains(program)), "{program} ran: {seen}");
    }
    let mut planted = scene.server.secrets();
    planted.extend([secret("aws_secret_access_key"), secret("aws_session_token")]);
    planted
        .extend(["planted-", "PHNhbWxwOl", "ESTSAUTH=", rolecall_demo::world::PASSWORD].map(str::to_owned));
    for line in children {
        for planted in &planted {
            assert!(!line.contains(planted.as_str()), "{planted} was given to a child: {line}");
        }
    }
}

#[tokio::test]
async fn no_secret_is_written_down() {
    let scene = Scene::start().await;
    scene.sign_in_as("111111111111", "Developer").await;
    let secret = |key| scene.desktop.home.credential("demo", key).expect("a key");
    let written = scene.written_down();
    assert!(written.contains("told: Signed in as Developer"), "the log is there: {written}");
    for planted in [
        secret("aws_secret_access_key"),
        secret("aws_session_token"),
        "ESTSAUTH".to_owned(),
        "SAMLRequest".to_owned(),
        rolecall_demo::world::PASSWORD.to_owned(),
        // How every base64 of a SAML response begins.
        "PHNhbWxwOl".to_owned(),
    ] {
        assert!(!written.contains(&planted), "{planted} was written down");
    }
}

#[tokio::test]
async fn a_role_that_allows_one_hour_gets_one_hour_and_says_so() {
    let mut options = Options::default();
    for user in &mut options.users {
        for role in &mut user.roles {
            role.max_session = std::time::Duration::from_secs(3600);
        }
    }
    let scene = Scene::start_with(options, "").await;
    scene.sign_in_as("111111111111", "Developer").await;
    let told =
        scene.notifications.wait("signed in", 0, SOON, |n| n.summary.contains("Signed")).await.expect("told");
    assert!(told.body.ends_with("The role allows 1 hour; 8 were asked for."), "{}", told.body);
    let asked = |scene: &Scene| scene.server.count(&Kind::Sts("AssumeRoleWithSAML".into()));
    let before = asked(&scene);
    assert!(before <= 4, "{before} calls");
    // Remembered: the next time takes one call.
    let keys = scene.key_id();
    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    scene.new_keys(keys).await;
    assert_eq!(asked(&scene) - before, 1);
}
