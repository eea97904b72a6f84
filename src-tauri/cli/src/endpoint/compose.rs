//! `endpoint compose`: an override that lets containers on Linux reach the endpoint; no secret stands in it, and no
//! `!reset`: a program that does not know the tag would read nothing of the file.

const HEAD: &str = "\
# Lets these services use a profile's credentials, renewed for as long as the command below runs:
#   rolecall exec --endpoint PROFILE -- docker compose -f compose.yaml -f rolecall.yaml up
#   rolecall exec --endpoint PROFILE -- podman compose -f compose.yaml -f rolecall.yaml up
# The endpoint listens on this computer's loopback alone, so the services share its network: what they listen on is
# this computer's, their `ports` do not count, and they find other services at 127.0.0.1, by the ports of those.
# Compose refuses `network_mode` beside `networks`. Where compose.yaml gives such a service `networks`, take them out,
# or write `networks: !reset null` above its network_mode here, which Docker Compose knows since 2.24.4 and older
# versions of podman-compose do not.
# Made for Linux, with Docker Engine or Podman. Docker Desktop shares this computer's loopback only where 'Enable host
# networking' is on in its settings (since 4.34), and rootless Docker has a loopback of its own: use `rolecall exec`
# with keys in the environment there.
services:";

/// Passed on by name: their values are the environment's.
const PASSED: [&str; 3] =
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_REGION"];

/// Without a line end after the last line.
pub(super) fn text(services: &[String]) -> String {
    let mut lines = vec![HEAD.to_owned()];
    let mut written: Vec<&String> = vec![];
    for service in services {
        // Twice the same key is no YAML.
        if written.contains(&service) {
            continue;
        }
        written.push(service);
        // In quotes: a service may be called `on` or `1`.
        lines.push(format!("  \"{service}\":\n    network_mode: host\n    environment:"));
        lines.extend(PASSED.iter().map(|name| format!("      - {name}")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_once() {
        let text = text(&["web".to_owned(), "on".to_owned(), "web".to_owned()]);
        let (_, services) = text.split_once("services:\n").expect("services");
        assert_eq!(
            services,
            "  \"web\":\n    network_mode: host\n    environment:\n      \
             - AWS_CONTAINER_CREDENTIALS_FULL_URI\n      - AWS_CONTAINER_AUTHORIZATION_TOKEN\n      - AWS_REGION\n  \
             \"on\":\n    network_mode: host\n    environment:\n      \
             - AWS_CONTAINER_CREDENTIALS_FULL_URI\n      - AWS_CONTAINER_AUTHORIZATION_TOKEN\n      - AWS_REGION"
        );
    }
}
