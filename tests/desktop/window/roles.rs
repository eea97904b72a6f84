//! Roles beyond the sign-in in the main window: chains under their source, and pods.

use super::{Window, shown};
use crate::chains::CHAIN;
use crate::judges::{Client, answer};
use crate::pods;
use crate::scene::{Scene, Setup};

#[tokio::test]
async fn chains_under_their_source_and_a_pod() {
    let scene = Scene::start_as(Setup { profile: CHAIN, ..Setup::default() }).await;
    let cluster = pods::cluster();
    shown::knows(&scene, &cluster);
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let window = Window::open(&scene).await;
    window.click("[data-roles=demo] [data-role-profile=archive] [data-action=assume]").await;
    for role in ["auditor", "logs", "archive"] {
        window.see(&format!("[data-role-profile={role}][data-state=active]")).await;
    }
    window.see("[data-remark='chain.one_hour']").await;
    window.click("[data-role-profile=archive] [data-action=more]").await;
    window.click("[data-role-profile=archive] [data-action=sign-out]").await;
    window.see("[data-role-profile=archive][data-state=signed_out]").await;

    window.click("[data-action=go-pods]").await;
    window.click("[data-pod='shop/stranger'] [data-action=become]").await;
    window.see("[data-problem='aws.access_denied']").await;
    let mend = "[...document.querySelectorAll('pre')].some(pre => pre.innerText.includes('Trust policy of'))";
    window.until("what would mend it", &format!("return {mend}")).await;
    window.click("[data-pod='shop/till'] [data-action=become]").await;
    window.see("[data-became=pod-shop-till]").await;
    let arn = "arn:aws:sts::222222222222:assumed-role/reader/shop-till";
    window.until("who one is", &format!("return document.body.innerText.includes('{arn}')")).await;
    let mut command = Client::Boto3.command(&scene, scene.server.aws_url());
    command.env("AWS_PROFILE", "pod-shop-till").env("AWS_REGION", "eu-central-1");
    assert_eq!(answer(command).await, arn);
}
