//! Windows: the user's settings (WinINet's, which Edge uses, too), with their script and automatic detection, by WinHTTP.
#![expect(unsafe_code, reason = "calls into WinHTTP")]

use super::windows_lists::{is_exception, servers};
use super::{Answer, Origin, Via, shown_script};
use rolecall_client::win32::wide;
use std::ffi::c_void;
use std::io;
use std::ptr::null;
use std::time::Duration;
use url::Url;
use widestring::U16CStr;
use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, GlobalFree};
use windows_sys::Win32::Networking::WinHttp::{
    ERROR_WINHTTP_AUTODETECTION_FAILED, ERROR_WINHTTP_LOGIN_FAILURE, WINHTTP_ACCESS_TYPE_NAMED_PROXY,
    WINHTTP_ACCESS_TYPE_NO_PROXY, WINHTTP_AUTO_DETECT_TYPE_DHCP, WINHTTP_AUTO_DETECT_TYPE_DNS_A,
    WINHTTP_AUTOPROXY_AUTO_DETECT, WINHTTP_AUTOPROXY_CONFIG_URL, WINHTTP_AUTOPROXY_OPTIONS,
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG, WINHTTP_PROXY_INFO, WinHttpCloseHandle,
    WinHttpGetIEProxyConfigForCurrentUser, WinHttpGetProxyForUrl, WinHttpOpen, WinHttpSetTimeouts,
};
use windows_sys::core::PWSTR;

/// For detection and script together; Windows goes on by itself meanwhile, and remembers what it finds.
const PATIENCE: Duration = Duration::from_secs(4);

/// What a user has set.
#[derive(Debug, Default, PartialEq, Eq)]
struct Settings {
    detect: bool,
    script: Option<String>,
    servers: Option<String>,
    exceptions: Option<String>,
}

/// How far detection and script came.
enum Automatic {
    Says(Vec<Via>, Origin),
    /// Why nothing came of it, where that is no usual thing.
    Nothing(Option<String>),
}

/// In the order of Windows: what is detected, then the script, then the fixed ones.
pub(super) async fn ask(place: &Url) -> Answer {
    let settings = match settings() {
        Ok(settings) => settings,
        Err(error) => return Answer::unknown(format!("Windows does not tell its proxy settings: {error}")),
    };
    let automatic = if settings.detect || settings.script.is_some() {
        let (detect, script, place) = (settings.detect, settings.script.clone(), place.clone());
        // It blocks, for as long as networks do.
        let asked = tokio::task::spawn_blocking(move || automatic(detect, script.as_deref(), &place));
        let too_slow = "automatic detection or the proxy script took too long";
        let asked = tokio::time::timeout(PATIENCE, asked).await.ok().and_then(Result::ok);
        asked.unwrap_or_else(|| Automatic::Nothing(Some(too_slow.to_owned())))
    } else {
        Automatic::Nothing(None)
    };
    match automatic {
        Automatic::Says(ways, origin) => Answer { ways, origin, unknown: None },
        Automatic::Nothing(unknown) => Answer { unknown, ..fixed(&settings, place) },
    }
}

fn fixed(settings: &Settings, place: &Url) -> Answer {
    let Some(list) = settings.servers.as_deref() else { return Answer::none() };
    let is_exception = settings.exceptions.as_deref().is_some_and(|list| is_exception(list, place));
    let ways = if is_exception { vec![Via::Direct] } else { servers(list, place.scheme()) };
    Answer { ways, origin: Origin::Settings, unknown: None }
}

fn settings() -> io::Result<Settings> {
    let mut config = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG::default();
    // SAFETY: the call fills what it is given.
    if unsafe { WinHttpGetIEProxyConfigForCurrentUser(&raw mut config) } == 0 {
        let error = io::Error::last_os_error();
        // Nobody has ever set anything.
        let unset = error.raw_os_error() == Some(ERROR_FILE_NOT_FOUND.cast_signed());
        return if unset { Ok(Settings::default()) } else { Err(error) };
    }
    // SAFETY: each is null or a text that the call allocated for us, and is taken once.
    let [script, servers, exceptions] = [config.lpszAutoConfigUrl, config.lpszProxy, config.lpszProxyBypass]
        .map(|text| unsafe { take(text) });
    Ok(Settings { detect: config.fAutoDetect != 0, script, servers, exceptions })
}

/// Reads a text, and gives it back to the system.
///
/// # Safety
/// Null, or a text with a final zero that WinHTTP has allocated; it is gone afterwards.
unsafe fn take(text: PWSTR) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: it ends with zero, says the caller.
    let read = unsafe { U16CStr::from_ptr_str(text) }.to_string_lossy();
    // SAFETY: what WinHTTP gives of this kind is freed so.
    unsafe { GlobalFree(text.cast()) };
    Some(read).filter(|text| !text.trim().is_empty())
}

fn automatic(detect: bool, script: Option<&str>, place: &Url) -> Automatic {
    let session = match Session::open() {
        Ok(session) => session,
        Err(error) => return Automatic::Nothing(Some(format!("WinHTTP does not start: {error}"))),
    };
    let mut unknown = None;
    if detect {
        match session.ask(None, place) {
            Ok(ways) => return Automatic::Says(ways, Origin::Detection),
            // Most networks offer nothing, and the switch is on by default.
            Err(code) if code == ERROR_WINHTTP_AUTODETECTION_FAILED => {}
            Err(code) => {
                unknown = Some(format!("automatic detection of a proxy failed (Windows error {code})"))
            }
        }
    }
    if let Some(script) = script {
        let shown = shown_script(script);
        match session.ask(Some(script), place) {
            Ok(ways) => return Automatic::Says(ways, Origin::Script(shown)),
            Err(code) => {
                unknown = Some(format!("the proxy script {shown} could not be used (Windows error {code})"));
            }
        }
    }
    Automatic::Nothing(unknown)
}

/// Closed when it is dropped.
struct Session(*mut c_void);

impl Session {
    fn open() -> io::Result<Self> {
        let agent = wide("Rolecall");
        // SAFETY: the text ends with zero and outlives the call.
        let handle = unsafe { WinHttpOpen(agent.as_ptr(), WINHTTP_ACCESS_TYPE_NO_PROXY, null(), null(), 0) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        let session = Self(handle);
        // For the script's own download. Without them it takes what it takes: nobody waits for it.
        let limit = i32::try_from(PATIENCE.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the handle is open.
        unsafe { WinHttpSetTimeouts(session.0, limit, limit, limit, limit) };
        Ok(session)
    }

    /// What a script says, else what is detected; with the user's own account only where the script's server asks for
    /// it.
    fn ask(&self, script: Option<&str>, place: &Url) -> Result<Vec<Via>, u32> {
        match self.ask_as(script, place, false) {
            Err(code) if code == ERROR_WINHTTP_LOGIN_FAILURE => self.ask_as(script, place, true),
            answer => answer,
        }
    }

    fn ask_as(&self, script: Option<&str>, place: &Url, with_account: bool) -> Result<Vec<Via>, u32> {
        let address = wide(place.as_str());
        let script = script.map(wide);
        let mut options =
            WINHTTP_AUTOPROXY_OPTIONS { fAutoLogonIfChallenged: with_account.into(), ..Default::default() };
        match &script {
            Some(script) => {
                options.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL;
                options.lpszAutoConfigUrl = script.as_ptr();
            }
            None => {
                options.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT;
                options.dwAutoDetectFlags = WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A;
            }
        }
        let mut info = WINHTTP_PROXY_INFO::default();
        // SAFETY: the handle is open, the texts end with zero and outlive the call, which fills `info`.
        let told =
            unsafe { WinHttpGetProxyForUrl(self.0, address.as_ptr(), &raw mut options, &raw mut info) };
        if told == 0 {
            let code = io::Error::last_os_error().raw_os_error().unwrap_or_default();
            return Err(code.cast_unsigned());
        }
        // SAFETY: each is null or a text that the call allocated for us, and is taken once.
        let [list, _exceptions] = [info.lpszProxy, info.lpszProxyBypass].map(|text| unsafe { take(text) });
        let named = info.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY;
        let list = list.filter(|_| named).unwrap_or_default();
        Ok(servers(&list, place.scheme()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: it is open, and closed once.
        unsafe { WinHttpCloseHandle(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_registry::{CURRENT_USER, Type};

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn fixed_proxies_and_their_exceptions() {
        let settings = Settings {
            servers: Some("http=a.example:81;https=b.example:82".into()),
            exceptions: Some("*.intra.example;<local>".into()),
            ..Settings::default()
        };
        for (address, words) in [
            ("https://sts.amazonaws.com/", "the proxy b.example:82, set in the proxy settings of Windows"),
            ("https://a.intra.example/", "no proxy, as set in the proxy settings of Windows"),
            ("https://intranet/", "no proxy, as set in the proxy settings of Windows"),
        ] {
            assert_eq!(fixed(&settings, &url(address)).route().to_string(), words);
        }
        assert_eq!(
            fixed(&Settings::default(), &url("https://sts.amazonaws.com/")).route().to_string(),
            "no proxy, because none is set"
        );
    }

    /// The registry as "Internet Options" leaves it. Only in Wine's own prefix: elsewhere it would be the person's.
    #[test]
    fn what_the_registry_says_is_used() {
        if std::env::var_os("WINEPREFIX").is_none() {
            eprintln!("left out: it would change the proxy settings of whoever is logged in");
            return;
        }
        const INTERNET: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
        const STATIC: u32 = 2;
        let (proxy, exceptions) = ("https=proxy.example.org:8080", "*.intra.example;<local>");
        let key = CURRENT_USER.create(INTERNET).expect("a key");
        key.set_u32("ProxyEnable", 1).expect("set");
        key.set_string("ProxyServer", proxy).expect("set");
        key.set_string("ProxyOverride", exceptions).expect("set");
        // The form in which WinHTTP reads them: version, a counter, flags, then each text with its length.
        let mut blob = Vec::new();
        for number in [0x46, 1, STATIC | 1] {
            blob.extend_from_slice(&u32::to_le_bytes(number));
        }
        for text in [proxy, exceptions, ""] {
            blob.extend_from_slice(&u32::try_from(text.len()).expect("short").to_le_bytes());
            blob.extend_from_slice(text.as_bytes());
        }
        blob.extend_from_slice(&[0; 32]);
        let connections = key.create("Connections").expect("a key");
        connections.set_bytes("DefaultConnectionSettings", Type::Bytes, &blob).expect("set");

        let settings = settings().expect("settings");
        assert_eq!(settings.servers.as_deref(), Some(proxy));
        assert_eq!(settings.exceptions.as_deref(), Some(exceptions));
        // Without automatic detection, which would ask the network.
        let route = |address: &str| fixed(&settings, &url(address)).route();
        assert_eq!(
            route("https://sts.amazonaws.com/").to_string(),
            "the proxy proxy.example.org:8080, set in the proxy settings of Windows"
        );
        assert_eq!(route("https://sts.intra.example/").via, Via::Direct);
    }
}
