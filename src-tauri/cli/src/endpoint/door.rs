//! Who may have credentials: the command that was told the token, by a plain request to this address; no web page, by
//! whatever name it reaches us.

use rolecall_core::secret::Secret;

/// More headers than any SDK sends.
const HEADERS: usize = 64;

pub(super) struct Door {
    pub(super) port: u16,
    pub(super) token: Secret,
}

/// Why a request gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    NotHttp,
    OtherHost,
    FromPage,
    WrongToken,
    NotGet,
    OtherPath,
    TooLong,
    TooSlow,
    TooMany,
}

impl Door {
    /// Judges a request's head, to the empty line at its end.
    pub(super) fn judge(&self, head: &[u8]) -> Result<(), Refused> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(head) {
            Ok(httparse::Status::Complete(_)) => {}
            Err(httparse::Error::TooManyHeaders) => return Err(Refused::TooLong),
            _ => return Err(Refused::NotHttp),
        }
        // Another name that leads here is a page's trick (DNS rebinding).
        match values(&request, "host").as_slice() {
            [host] if self.is_ours(host) => {}
            _ => return Err(Refused::OtherHost),
        }
        // Every browser sends one of them, no SDK does.
        if ["origin", "sec-fetch-site", "sec-fetch-mode"]
            .iter()
            .any(|name| !values(&request, name).is_empty())
        {
            return Err(Refused::FromPage);
        }
        match values(&request, "authorization").as_slice() {
            [given] if same(given, self.token.expose().as_bytes()) => {}
            _ => return Err(Refused::WrongToken),
        }
        if request.method != Some("GET") {
            return Err(Refused::NotGet);
        }
        if request.path != Some("/") {
            return Err(Refused::OtherPath);
        }
        Ok(())
    }

    fn is_ours(&self, host: &[u8]) -> bool {
        let port = self.port;
        host == format!("127.0.0.1:{port}").as_bytes()
            || host.eq_ignore_ascii_case(format!("localhost:{port}").as_bytes())
    }
}

impl Refused {
    /// Status code and words of HTTP, a code for programs, a sentence for people.
    pub(super) fn words(self) -> (u16, &'static str, &'static str, &'static str) {
        match self {
            Self::NotHttp => (400, "Bad Request", "BadRequest", "This is no request of HTTP."),
            Self::OtherHost => {
                (403, "Forbidden", "HostRefused", "The Host of the request is not this endpoint's.")
            }
            Self::FromPage => (403, "Forbidden", "OriginRefused", "Web pages get no credentials."),
            Self::WrongToken => (
                401,
                "Unauthorized",
                "TokenRefused",
                "Authorization is not what AWS_CONTAINER_AUTHORIZATION_TOKEN says.",
            ),
            Self::NotGet => (405, "Method Not Allowed", "MethodRefused", "Credentials are asked for by GET."),
            Self::OtherPath => (404, "Not Found", "NotFound", "Credentials are at / only."),
            Self::TooLong => {
                (431, "Request Header Fields Too Large", "TooLong", "The request's head is too long.")
            }
            Self::TooSlow => (408, "Request Timeout", "TooSlow", "The request took too long to arrive."),
            Self::TooMany => (503, "Service Unavailable", "Busy", "Too many requests at once."),
        }
    }
}

fn values<'h>(request: &httparse::Request<'_, 'h>, name: &str) -> Vec<&'h [u8]> {
    let named = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| header.value).collect()
}

/// In a time that does not tell where they differ.
fn same(left: &[u8], right: &[u8]) -> bool {
    let differ = left.iter().zip(right).fold(0, |differ, (l, r)| differ | (l ^ r));
    left.len() == right.len() && std::hint::black_box(differ) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(head: &str) -> Result<(), Refused> {
        Door { port: 4711, token: Secret::new("right") }.judge(head.as_bytes())
    }

    #[test]
    fn who_gets_in() {
        let request = |line: &str, headers: &[&str]| format!("{line}\r\n{}\r\n\r\n", headers.join("\r\n"));
        let (get, ours, right) = ("GET / HTTP/1.1", "Host: 127.0.0.1:4711", "Authorization: right");
        for (line, headers, result) in [
            (get, &[ours, right][..], Ok(())),
            (get, &["host: LocalHost:4711", "AUTHORIZATION: right", "Accept: */*"], Ok(())),
            ("GET / HTTP/1.0", &[ours, right], Ok(())),
            (get, &[ours, "Authorization: wrong"], Err(Refused::WrongToken)),
            (get, &[ours, "Authorization: rig"], Err(Refused::WrongToken)),
            (get, &[ours, "Authorization: rights"], Err(Refused::WrongToken)),
            (get, &[ours, "Authorization: Bearer right"], Err(Refused::WrongToken)),
            (get, &[ours, right, right], Err(Refused::WrongToken)),
            (get, &[ours], Err(Refused::WrongToken)),
            (get, &["Host: 127.0.0.1", right], Err(Refused::OtherHost)),
            (get, &["Host: 127.0.0.1:80", right], Err(Refused::OtherHost)),
            (get, &["Host: evil.example:4711", right], Err(Refused::OtherHost)),
            (get, &["Host: 127.0.0.1:4711.evil.example", right], Err(Refused::OtherHost)),
            (get, &[ours, ours, right], Err(Refused::OtherHost)),
            (get, &[right], Err(Refused::OtherHost)),
            (get, &[ours, right, "Origin: null"], Err(Refused::FromPage)),
            (get, &[ours, right, "Sec-Fetch-Site: none"], Err(Refused::FromPage)),
            ("POST / HTTP/1.1", &[ours, right], Err(Refused::NotGet)),
            ("OPTIONS / HTTP/1.1", &[ours], Err(Refused::WrongToken)),
            ("GET /other HTTP/1.1", &[ours, right], Err(Refused::OtherPath)),
            ("GET http://127.0.0.1:4711/ HTTP/1.1", &[ours, right], Err(Refused::OtherPath)),
            ("nonsense", &[ours, right], Err(Refused::NotHttp)),
        ] {
            assert_eq!(judged(&request(line, headers)), result, "{line} {headers:?}");
        }
        let many = vec!["a: b"; HEADERS + 1];
        assert_eq!(judged(&request(get, &many)), Err(Refused::TooLong));
        assert_eq!(judged("GET / HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n"), Err(Refused::NotHttp));
        assert_eq!(judged("\u{16}\u{3}\u{1}"), Err(Refused::NotHttp));
    }
}
