//! Each view, brought before the eyes: for axe, and for the pictures of `make screenshots`.

use super::Window;
use super::chooser::forty;
use crate::chains::CHAIN;
use crate::pods;
use crate::scene::{ADA, Scene, Setup};
use rolecall_demo::rig::kubernetes::Kubernetes;
use std::path::Path;

/// In this order: each follows from the one before.
pub(crate) const ALL: [&str; 8] =
    ["signed-out", "choosing", "active", "wizard", "settings", "doctor", "activity", "pods"];

pub(crate) async fn show(scene: &Scene, window: &Window, view: &str) {
    match view {
        "signed-out" => _ = window.see("[data-profile=demo][data-state=signed_out]").await,
        "choosing" => {
            let mark = scene.server.mark();
            window.click("[data-profile=demo] [data-action=sign-in]").await;
            scene.type_through_entra(mark, &ADA).await;
            window.until("the accounts' names", "return document.body.innerText.includes('data-lake')").await;
        }
        "active" => {
            window.click("[data-role$=Developer]").await;
            window.see("[data-profile=demo][data-state=active]").await;
        }
        "wizard" => {
            window.click("[data-action=add]").await;
            window.click("[data-action=by-hand]").await;
            window.see("[name=tenant]").await;
        }
        "settings" => {
            window.click("[data-action=go-settings]").await;
            window.see("select[name=theme]").await;
        }
        "doctor" => {
            window.click("[data-action=doctor]").await;
            window.see("[data-finding]").await;
        }
        "activity" => {
            window.click("[data-action=go-activity]").await;
            window.see("[data-entry]").await;
        }
        "pods" => {
            window.click("[data-action=go-pods]").await;
            window.see("[data-pod='shop/till']").await;
        }
        other => panic!("{other}"),
    }
}

/// Everything that a window can show: many roles, some behind them, a cluster.
pub(crate) async fn surrounded(settings: &str) -> (Scene, Kubernetes) {
    let setup = Setup { options: forty(), settings, profile: CHAIN, ..Setup::default() };
    let scene = Scene::start_as(setup).await;
    let cluster = pods::cluster();
    knows(&scene, &cluster);
    (scene, cluster)
}

/// The person's kubeconfig leads to this cluster.
pub(crate) fn knows(scene: &Scene, cluster: &Kubernetes) {
    let folder = scene.desktop.home.path().join(".kube");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("config"), cluster.kubeconfig(pods::CONTEXT)).expect("written");
}

/// Two frames later, whatever stands in the document is on the screen.
async fn painted(window: &Window) {
    let script =
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
    window.page.execute_async(script, vec![]).await.expect("painted");
}

/// Run by `make screenshots`: `ROLECALL_PICTURES` names the folder.
#[tokio::test]
#[ignore = "make screenshots"]
async fn pictures() {
    let folder = std::env::var_os("ROLECALL_PICTURES").expect("ROLECALL_PICTURES names a folder");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("the folder");
    for (theme, language) in [("light", "en"), ("dark", "en"), ("light", "de")] {
        let settings = format!("theme = \"{theme}\"\nlanguage = \"{language}\"\n");
        let (scene, _cluster) = surrounded(&settings).await;
        let window = Window::open(&scene).await;
        for view in ALL {
            show(&scene, &window, view).await;
            painted(&window).await;
            let png = window.page.screenshot().await.expect("a picture");
            std::fs::write(folder.join(format!("window-{view}-{theme}-{language}.png")), png)
                .expect("written");
        }
    }
}
