//! No network but loopback, seen by the kernel and not only by a proxy that a program may ignore: a whole day of the
//! background service in a network namespace whose way out is counted.

use crate::scene::{SOON, Scene, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::{Options, Server};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A way out, to nobody, over a pair of devices: everything for another computer goes into `outside`. Without IPv6's
/// own greetings.
const NAMESPACE: &str = "set -e
ip link set lo up
ip link add outside type veth peer name beyond
for device in outside beyond; do
  if [ -e /proc/sys/net/ipv6/conf/$device ]; then echo 1 > /proc/sys/net/ipv6/conf/$device/disable_ipv6; fi
  ip link set $device up
done
ip address add 192.0.2.2/24 dev outside
ip route add default via 192.0.2.1
exec \"$@\"";

fn in_a_namespace(program: &std::path::Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", NAMESPACE, "sh"]).arg(program).args(arguments);
    command.output().expect("unshare, of util-linux")
}

#[test]
fn a_day_of_the_service_sends_nothing_to_another_computer() {
    let tried = in_a_namespace("true".as_ref(), &[]);
    if !tried.status.success() {
        let why = String::from_utf8_lossy(&tried.stderr).into_owned();
        eprintln!("left out: this machine allows no network namespace, or has no `ip`: {}", why.trim());
        return;
    }
    let this = std::env::current_exe().expect("this test's own path");
    let inside = ["--ignored", "--exact", "network::inside_the_namespace", "--nocapture"];
    let output = in_a_namespace(&this, &inside);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by a_day_of_the_service_sends_nothing_to_another_computer, in its network namespace"]
async fn inside_the_namespace() {
    let names = listen_for_names();
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let keys = rolecall_demo::rig::home::entra_keys(&server);
    let config = format!("[profile demo]\nregion = eu-central-1\n{keys}azure_default_duration_hours = 8\n");
    desktop.home.write_config(&config).expect("a config file");
    let unused = crate::proxy::Proxy::start();
    let mut command = tray_command(&desktop, &server, &unused);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let scene = Scene::start_with_command(desktop, server, unused, command).await;
    assert_eq!(sent(), 0, "at the start");

    scene.sign_in_as("111111111111", "Developer").await;
    let keys = scene.key_id();
    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    scene.new_keys(keys).await;
    scene.item.activate().await.expect("a left click");
    scene.person.window("Rolecall", SOON).await.expect("the main window");
    let findings = String::from_utf8(scene.rolecall(&["doctor"]).await.stdout).expect("UTF-8");
    assert!(findings.contains("clock and AWS"), "{findings}");
    scene.said(&["sign-out", "demo"]).await;
    assert_eq!(sent(), 0, "something was sent to another computer");
    assert_eq!(names.try_iter().collect::<Vec<_>>(), Vec::<String>::new(), "a name was looked up");

    // And the counter counts.
    let elsewhere: SocketAddr = "198.51.100.7:443".parse().expect("an address");
    let refused = TcpStream::connect_timeout(&elsewhere, Duration::from_millis(200));
    assert!(refused.is_err() && sent() > 0, "{refused:?}");
}

/// Packets that have left by the only way out.
fn sent() -> u64 {
    let devices = std::fs::read_to_string("/proc/self/net/dev").expect("the devices");
    let line = devices.lines().find_map(|line| line.trim().strip_prefix("outside:")).expect("the way out");
    line.split_whitespace().nth(8).and_then(|packets| packets.parse().ok()).expect("a number")
}

/// A resolver on loopback would hide which names are looked up: we are there in its place. Any other is outside.
fn listen_for_names() -> Receiver<String> {
    let (to, names) = channel();
    for address in ["127.0.0.53:53", "127.0.0.1:53", "127.0.0.54:53"] {
        let socket = UdpSocket::bind(address).expect("the resolver's place");
        let to = to.clone();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, _)) = socket.recv_from(&mut question) {
                let _ = to
                    .send(String::from_utf8_lossy(question.get(12..length).unwrap_or_default()).into_owned());
            }
        });
    }
    names
}
