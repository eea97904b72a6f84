//! `--server-only`: the make-believe Entra and AWS, for trying other tools against them.

use super::story::Story;
use rolecall_demo::Server;
use rolecall_demo::rig::home::entra_keys;
use rolecall_demo::rig::{Done, Trouble};
use rolecall_demo::world::PASSWORD;

pub(crate) async fn play(server: &Server, story: &mut Story) -> Done<()> {
    story.words("A profile:\n\n[profile demo]\nregion = eu-central-1");
    story.words(&entra_keys(server));
    let aws = server.aws_url();
    story.words(&format!("Environment:\n\nAWS_ENDPOINT_URL_STS={aws}\nAWS_ENDPOINT_URL_SIGNIN={aws}\n"));
    let users: Vec<_> = server.options().users.iter().map(|user| user.name.as_str()).collect();
    story.words(&format!("People: {}; password: {PASSWORD}\nCtrl-C ends it.", users.join(", ")));
    tokio::signal::ctrl_c().await.map_err(Trouble::at("waiting for Ctrl-C"))
}
