//! Signing in, and everything that a card offers.

use super::Window;
use crate::scene::{ADA, SOON, Scene};

#[tokio::test]
async fn signed_in_from_the_window() {
    let scene = Scene::start().await;
    let window = Window::open(&scene).await;
    let mark = scene.server.mark();
    window.click("[data-profile=demo] [data-action=sign-in]").await;
    scene.type_through_entra(mark, &ADA).await;
    window.see("main[data-view=roles]").await;
}
