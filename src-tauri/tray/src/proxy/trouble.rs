//! A request that failed on the way through a proxy: whether the proxy is to blame, and how that is said.

use super::{Route, Via, forget};
use rolecall_core::problem::{Problem, foreign};
use std::error::Error;

impl Route {
    /// The proxy's part in a request that did not reach `endpoint`; None where it has none.
    pub(crate) fn trouble(
        &self,
        endpoint: &str,
        error: &(dyn Error + 'static),
        is_timeout: bool,
    ) -> Option<Problem> {
        let Via::Proxy(server) = &self.via else { return None };
        let (proxy, set) = (server.to_string(), self.origin.to_string());
        let endpoint = endpoint.to_owned();
        let problem = if is_timeout {
            Problem::ProxyTimeout { proxy, set, endpoint }
        } else {
            match blame(&causes(error))? {
                Blame::SignIn => Problem::ProxySignIn { proxy, set },
                Blame::Refused => Problem::ProxyRefused { proxy, set, endpoint },
                Blame::Unreachable(reason) => Problem::ProxyUnreachable { proxy, set, reason },
            }
        };
        // The next request may go another way: settings change, and a script has more than one proxy.
        forget();
        Some(problem)
    }

    /// The same for an answer in plain text, which the proxy gives in the server's place.
    pub(crate) fn refusal(&self, status: u16) -> Option<Problem> {
        let Via::Proxy(server) = &self.via else { return None };
        let (proxy, set) = (server.to_string(), self.origin.to_string());
        (status == 407).then_some(Problem::ProxySignIn { proxy, set })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Blame {
    SignIn,
    Refused,
    Unreachable(String),
}

/// From the outermost to the innermost.
fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

/// The words are those of hyper-util, whose errors have no type to look at. Behind a proxy nobody connects to anything
/// else, so that a connection which is not made is the proxy's.
fn blame(causes: &[String]) -> Option<Blame> {
    let place = causes.iter().position(|cause| {
        ["tunnel error: ", "tcp ", "dns error"].iter().any(|begin| cause.starts_with(begin))
    })?;
    match causes.get(place).map(String::as_str)? {
        "tunnel error: proxy authorization required" => Some(Blame::SignIn),
        "tunnel error: unsuccessful" => Some(Blame::Refused),
        _ => {
            let innermost = causes.last().map(String::as_str).unwrap_or_default();
            let innermost = innermost.trim_start_matches("tunnel error: ").trim_end_matches('.');
            Some(Blame::Unreachable(foreign(innermost)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Origin, server};
    use super::*;
    use aws_smithy_http_client::{Connector, tls};
    use aws_smithy_runtime_api::client::http::HttpConnector as _;
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// Asks for a host that does not exist, through a proxy that answers so.
    async fn asked(address: &str, answer: &'static str) -> (Route, Option<Problem>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.expect("a request"));
            }
            stream.write_all(answer.as_bytes()).await.expect("an answer");
        });
        let proxy = server::parse(&format!("http://ada:planted@127.0.0.1:{port}"));
        let route = Route::new(proxy, Origin::Variable("HTTPS_PROXY"));
        let problem = send(&route, address).await;
        serving.await.expect("the proxy");
        (route, problem)
    }

    async fn send(route: &Route, address: &str) -> Option<Problem> {
        let connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .proxy_config(route.client_config().expect("a proxy"))
            .build();
        match connector.call(HttpRequest::get(address).expect("a request")).await {
            Ok(answer) => route.refusal(answer.status().as_u16()),
            Err(error) => route.trouble("AWS STS", &error, error.is_timeout()),
        }
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_is_named_with_who_set_it() {
        for (address, answer, code, words) in [
            (
                "https://sts.invalid/",
                "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Negotiate\r\n\r\n",
                "proxy.sign_in",
                "asks for a user name and password",
            ),
            (
                "http://sts.invalid/",
                "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
                "proxy.sign_in",
                "asks for a user name and password",
            ),
            (
                "https://sts.invalid/",
                "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
                "proxy.refused",
                "does not connect to AWS STS",
            ),
            ("https://sts.invalid/", "", "proxy.unreachable", "unexpected end of file"),
        ] {
            let (route, problem) = asked(address, answer).await;
            let Via::Proxy(server) = &route.via else { panic!("a proxy") };
            let problem = problem.expect(code);
            let said = problem.to_string();
            assert_eq!(problem.code(), code, "{said}");
            assert!(said.contains(&server.to_string()) && said.contains("set by HTTPS_PROXY"), "{said}");
            assert!(said.contains(words) && !said.contains("planted"), "{said}");
        }
    }

    #[tokio::test]
    async fn a_proxy_that_nobody_answers_for_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let gone = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let route = Route::new(server::parse(&gone), Origin::Settings);
        for address in ["https://sts.invalid/", "http://sts.invalid/"] {
            let problem = send(&route, address).await.expect("unreachable");
            assert_eq!(problem.code(), "proxy.unreachable", "{problem}");
            assert!(problem.to_string().starts_with(&format!("The proxy {gone} (set in ")), "{problem}");
            assert!(problem.passes());
        }
        let direct = Route::new(Via::Direct, Origin::Nobody);
        assert_eq!(send(&direct, &format!("http://{gone}/")).await, None);
    }
}
