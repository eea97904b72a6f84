//! From an empty home to working credentials, without ever editing a file.

use super::Window;
use crate::proxy::Proxy;
use crate::scene::{ADA, SOON, Scene, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::{Options, Server};

/// A desktop on which nobody has any AWS profile.
async fn empty() -> Scene {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let outside = Proxy::start();
    let command = tray_command(&desktop, &server, &outside);
    Scene::start_with_command(desktop, server, outside, command).await
}

#[tokio::test]
async fn from_an_empty_home_to_working_credentials() {
    let scene = empty().await;
    let window = Window::open(&scene).await;
    window.see("main[data-view=configure]").await;
    window.click("[data-action=by-hand]").await;
    let options = scene.server.options();
    window.fill("[name=name]", "demo").await;
    window.fill("[name=tenant]", &options.tenant).await;
    window.fill("[name=app_id_uri]", &options.app_id_uri).await;
    window.fill("[name=username]", "ada@example.org").await;
    window.fill("[name=region]", "eu-central-1").await;
    window.fill("[name=duration]", "8").await;
    window.click("details summary").await;
    window.fill("[name=authority]", scene.server.entra_url()).await;
    let mark = scene.server.mark();
    window.click("[data-action=save]").await;
    scene.type_through_entra(mark, &ADA).await;
    window.click("[data-role='arn:aws:iam::222222222222:role/DataEngineer']").await;
    window.see("[data-action=to-sessions]").await;
    let keys = scene.new_keys(None).await;
    let said = window.text().await;
    assert!(
        said.contains("DataEngineer") && said.contains("aws sts get-caller-identity --profile demo"),
        "{said}"
    );

    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("a config file");
    assert!(
        config.starts_with("[profile demo]\n") && config.contains("azure_default_duration_hours"),
        "{config}"
    );
    window.click("[data-action=to-sessions]").await;
    window.see("[data-profile=demo][data-state=active]").await;
    // No secret has come near the page.
    let page = window.run("return document.documentElement.outerHTML", vec![]).await.to_string();
    for secret in scene.server.secrets().iter().chain([&keys]) {
        assert!(!page.contains(secret.as_str()), "a secret stands in the page");
    }
    scene.nothing_left();
}

#[tokio::test]
async fn every_field_filled_in_wrong_says_so_at_the_field() {
    let scene = empty().await;
    std::fs::write(scene.desktop.home.config_file(), "[profile taken]\nregion = eu-west-1\n")
        .expect("written");
    let window = Window::open(&scene).await;
    for (link, flaw) in [("hello", "not_a_link"), ("https://example.org/", "not_my_apps")] {
        window.fill("[name=link]", link).await;
        window.click("[data-action=read-link]").await;
        window.see(&format!("[data-flaw={flaw}]")).await;
    }
    let link = "https://myapps.microsoft.com/signin/AWS/0f8fad5b-d9cb-469f-a165-70867728950e?tenantId=11111111-1111-1111-1111-111111111111";
    window.fill("[name=link]", link).await;
    window.click("[data-action=read-link]").await;
    let tenant = window.see("[name=tenant]").await.prop("value").await.expect("a value").unwrap_or_default();
    assert_eq!(tenant, "11111111-1111-1111-1111-111111111111");
    window.click("[aria-labelledby=form] details summary").await;
    for (field, text, flaw) in [
        ("name", "taken", "taken"),
        ("name", "two words", "blank"),
        ("name", "a]b", "character"),
        ("name", " ", "missing"),
        ("tenant", "my company", "not_a_tenant"),
        ("username", "ada", "not_a_username"),
        ("region", "Frankfurt", "not_a_region"),
        ("duration", "13", "not_a_duration"),
        ("default_role", "Admin", "not_a_role"),
        ("authority", "http://example.org", "not_an_authority"),
    ] {
        window.fill(&format!("[name={field}]"), text).await;
        window.click("[data-action=save]").await;
        let at_field = format!(
            "const field = document.querySelector('[name={field}]');
             const said = field.getAttribute('aria-describedby')?.split(' ').map(id => document.getElementById(id)?.innerText);
             return field.getAttribute('aria-invalid') === 'true' && field.closest('[data-flaw={flaw}]')
                 && said?.join('').length > 10;"
        );
        window.until(&format!("{flaw} at {field}"), &at_field).await;
    }
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("a config file");
    assert_eq!(config, "[profile taken]\nregion = eu-west-1\n", "nothing was written");
}

#[tokio::test]
async fn a_config_file_that_cannot_be_written_is_said_where_one_saves() {
    let scene = empty().await;
    // A folder in the file's place: root, too, cannot write it.
    std::fs::create_dir(scene.desktop.home.config_file()).expect("a folder");
    let window = Window::open(&scene).await;
    window.click("[data-action=by-hand]").await;
    window.fill("[name=tenant]", "example.org").await;
    window.click("[data-action=save]").await;
    window.see("[data-problem='file.unwritable'], [data-problem='file.unreadable']").await;
    window.see("[name=tenant]").await;
}

#[tokio::test]
async fn it_opens_by_itself_where_no_icon_can_be_shown() {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let outside = Proxy::start();
    let mut command = tray_command(&desktop, &server, &outside);
    let _tray = desktop.run(&mut command, "tray").expect("the tray starts");
    let person = rolecall_demo::rig::person::Person::new(&desktop.display);
    let window = person.window("Rolecall", SOON).await.expect("the main window, without being asked");
    person.close(&window).expect("closed");
    person.window_gone("Rolecall", SOON).await.expect("gone");
}
