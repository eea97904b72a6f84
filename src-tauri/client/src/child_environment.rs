//! What a program that we start finds in its environment: what it needs, by name. Keys and tokens that somebody exported
//! for other tools are not among it, nor what would make it write down its secrets (`SSLKEYLOGFILE`).

use std::ffi::{OsStr, OsString};

/// What a child is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The background service, which a client starts: what it needs and its own children do.
    Service,
    /// A program of ours that shows nothing.
    Unseen,
    /// A window, or the browser.
    Desktop,
    /// What reads a kubeconfig and runs the plug-ins that it names.
    Kubernetes,
}

/// Who and where the person is, how to reach the network, and whom to believe there.
const USUAL: [&str; 46] = [
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PATH",
    "LANG",
    "LANGUAGE",
    "LOCPATH",
    "LOCALE_ARCHIVE",
    "TZ",
    "TZDIR",
    "TMPDIR",
    "TMP",
    "TEMP",
    "LD_LIBRARY_PATH",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NIX_SSL_CERT_FILE",
    // Windows.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "OS",
    "USERNAME",
    "USERDOMAIN",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "COMPUTERNAME",
    "LOGONSERVER",
    "SESSIONNAME",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "ALLUSERSPROFILE",
    "PUBLIC",
    // macOS.
    "__CF_USER_TEXT_ENCODING",
];

/// Whole families of the same kind. `XDG_` are folders and the desktop's name.
const USUAL_FAMILIES: [&str; 6] =
    ["LC_", "XDG_", "DBUS_", "PROGRAMFILES", "COMMONPROGRAMFILES", "PROCESSOR_"];

/// Screens, input methods, fonts, drivers. Of WebKit's own variables only what helps a driver: others open an inspector
/// or switch its sandbox off.
const DESKTOP: [&str; 26] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XMODIFIERS",
    "DESKTOP_SESSION",
    "GNOME_DESKTOP_SESSION_ID",
    "KDE_FULL_SESSION",
    "KDE_SESSION_VERSION",
    "GNOME_KEYRING_CONTROL",
    "BROWSER",
    "NO_AT_BRIDGE",
    "AT_SPI_BUS_ADDRESS",
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GSETTINGS_SCHEMA_DIR",
    "GSETTINGS_BACKEND",
    "DRI_PRIME",
    "SDL_IM_MODULE",
    "CLUTTER_IM_MODULE",
    "WSL_DISTRO_NAME",
    "WSL_INTEROP",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DMABUF_RENDERER_FORCE_SHM",
    "WEBKIT_DMABUF_RENDERER_DISABLE_GBM",
    // An administrator's, who keeps a runtime of a fixed version.
    "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER",
];

const DESKTOP_FAMILIES: [&str; 14] = [
    "GTK_",
    "GDK_",
    "QT_",
    "IBUS_",
    "FCITX_",
    "FONTCONFIG_",
    "XCURSOR_",
    "LIBGL_",
    "MESA_",
    "EGL_",
    "VK_",
    "__GLX_",
    "__EGL_",
    "__NV_",
];

/// The paths of the two files. A client passes its own, resolved, to a service that it starts.
pub const AWS_FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

/// Root certificates of a proxy that looks into TLS, as every AWS tool reads them.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// What belongs to the shell of the client that starts the service, and may be gone tomorrow. A terminal inside a snap or
/// another bundle names its own modules, with which the windows of other programs do not start.
const OF_A_SHELL: [&str; 10] = [
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "LOCPATH",
    "BROWSER",
    "GTK_PATH",
    "GTK_EXE_PREFIX",
    "GTK_IM_MODULE_FILE",
    "GIO_MODULE_DIR",
    "GIO_EXTRA_MODULES",
    "GSETTINGS_SCHEMA_DIR",
];

/// Whether a child for this purpose gets the variable.
pub fn is_allowed(purpose: Purpose, name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let desktop = matches!(purpose, Purpose::Service | Purpose::Desktop);
    if purpose == Purpose::Service && cfg!(target_os = "linux") && OF_A_SHELL.contains(&name) {
        return false;
    }
    is_one_of(name, &USUAL, &USUAL_FAMILIES)
        || matches!(purpose, Purpose::Service | Purpose::Unseen) && is_one_of(name, &[CA_BUNDLE], &[])
        || desktop && is_one_of(name, &DESKTOP, &DESKTOP_FAMILIES)
        || purpose == Purpose::Kubernetes && (name == "KUBECONFIG" || is_one_of(name, &AWS_FILES, &[]))
}

/// Those of `all` that a child gets.
pub fn allowed(
    purpose: Purpose,
    all: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    all.filter(move |(name, _)| is_allowed(purpose, name))
}

fn is_one_of(name: &str, names: &[&str], families: &[&str]) -> bool {
    // Windows does not tell letters' cases apart.
    let is = |known: &str| if cfg!(windows) { name.eq_ignore_ascii_case(known) } else { name == known };
    let begins = |family: &str| {
        let begin = name.get(..family.len());
        begin.is_some_and(
            |begin| if cfg!(windows) { begin.eq_ignore_ascii_case(family) } else { begin == family },
        )
    };
    names.iter().any(|known| is(known)) || families.iter().any(|family| begins(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_bundle_s_terminal_sets_is_not_the_service_s() {
        for name in OF_A_SHELL {
            assert!(!is_allowed(Purpose::Service, name.as_ref()), "{name}");
            assert!(
                is_allowed(Purpose::Desktop, name.as_ref()),
                "{name}: of the session that we were started in"
            );
        }
    }

    #[test]
    fn what_a_child_gets() {
        use Purpose::{Desktop, Kubernetes, Service, Unseen};
        let all = [Service, Unseen, Desktop, Kubernetes];
        for (name, gets) in [
            ("HOME", &all[..]),
            ("PATH", &all),
            ("LC_TIME", &all),
            ("XDG_RUNTIME_DIR", &all),
            ("https_proxy", &all),
            ("SSL_CERT_FILE", &all),
            ("AWS_CA_BUNDLE", &[Service, Unseen]),
            ("DBUS_SESSION_BUS_ADDRESS", &all),
            ("WAYLAND_DISPLAY", &[Service, Desktop]),
            ("GDK_BACKEND", &[Service, Desktop]),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", &[Service, Desktop]),
            ("KUBECONFIG", &[Kubernetes]),
            ("AWS_CONFIG_FILE", &[Kubernetes]),
            ("AWS_ENDPOINT_URL", &[]),
            ("AWS_ENDPOINT_URL_STS", &[]),
            ("AWS_SECRET_ACCESS_KEY", &[]),
            ("AWS_PROFILE", &[]),
            ("AZURE_DEFAULT_PASSWORD", &[]),
            ("azure_default_password", &[]),
            ("GITHUB_TOKEN", &[]),
            ("NPM_TOKEN", &[]),
            ("VAULT_TOKEN", &[]),
            ("SSH_AUTH_SOCK", &[]),
            ("SSLKEYLOGFILE", &[]),
            ("LD_PRELOAD", &[]),
            ("LD_AUDIT", &[]),
            ("DYLD_INSERT_LIBRARIES", &[]),
            ("WEBKIT_INSPECTOR_SERVER", &[]),
            ("WEBKIT_INSPECTOR_HTTP_SERVER", &[]),
            ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", &[]),
            ("WEBVIEW2_BROWSER_EXECUTABLE_FOLDER", &[Service, Desktop]),
            ("WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS", &[]),
            ("WEBVIEW2_USER_DATA_FOLDER", &[]),
            ("BASH_FUNC_x%%", &[]),
            ("", &[]),
        ] {
            let found: Vec<_> =
                all.into_iter().filter(|purpose| is_allowed(*purpose, name.as_ref())).collect();
            assert_eq!(found, gets, "{name}");
        }
    }
}
