//! Somebody who stands between the program and the make-believe API server, and hands on what one says to the other.

use rolecall_demo::rig::kubernetes::Kubernetes;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};

/// The server's answer to a connection's only request.
pub(crate) fn answer(client: &mut impl Read, behind: &str) -> Option<Vec<u8>> {
    let (mut request, mut piece) = (vec![], [0; 4096]);
    let whole = loop {
        let read = client.read(&mut piece).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
        });
        if body.len() >= length.unwrap_or(0) {
            break format!("{head}\r\nConnection: close\r\n\r\n{body}");
        }
    };
    let mut server = TcpStream::connect(behind).ok()?;
    server.write_all(whole.as_bytes()).ok()?;
    let mut answer = vec![];
    server.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// Where the server is reached, without `http://`.
pub(crate) fn behind(cluster: &Kubernetes) -> String {
    cluster.address().trim_start_matches("http://").to_owned()
}

/// `http://127.0.0.1:PORT`, whose answers say `new` in the place of `old`.
pub(crate) fn changed(cluster: &Kubernetes, old: &'static str, new: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let behind = behind(cluster);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let behind = behind.clone();
            std::thread::spawn(move || {
                let mut stream = stream.ok()?;
                let answer = String::from_utf8(answer(&mut stream, &behind)?).ok()?;
                let (head, body) = answer.split_once("\r\n\r\n")?;
                let body = body.replace(old, new);
                let other = |line: &&str| {
                    !line.to_ascii_lowercase().starts_with("content-length:") && !line.is_empty()
                };
                let head: Vec<_> = head.split("\r\n").filter(other).collect();
                let head = head.join("\r\n");
                let length = body.len();
                stream.write_all(format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes()).ok()
            });
        }
    });
    address
}
