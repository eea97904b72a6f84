//! Shows one notification through notify-rust and prints the answer that it gets: a key, or `closed`.

#![cfg_attr(target_os = "linux", expect(clippy::print_stdout, reason = "that is what it is for"))]

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use notify_rust::{Notification, NotificationResponse};
    let mut notification = Notification::new();
    notification.summary("Sign in").action("default", "Open").action("button-0", "Renew now");
    let handle = notification.show_async().await?;
    handle
        .wait_for_action_async(|answer: &NotificationResponse| match answer {
            NotificationResponse::Default => println!("default"),
            NotificationResponse::Action(key) => println!("{key}"),
            NotificationResponse::Closed(_) => println!("closed"),
            NotificationResponse::Reply(_) => println!("reply"),
        })
        .await;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
