//! What is taken away from the webview: a sign-in needs pages, forms and scripts, and nothing else.
//! The one thing it is given are the proxies of the environment.

use super::super::flow::Event;
use super::super::proxy::Proxies;
use super::capture::disconnect_all;
use gtk::prelude::WidgetExt;
use std::sync::mpsc::Sender;
use webkit2gtk::{
    ContextMenuAction, ContextMenuExt, ContextMenuItemExt, DownloadExt, FileChooserRequestExt,
    HardwareAccelerationPolicy, NetworkProxyMode, NetworkProxySettings, PermissionRequestExt,
    ScriptDialogType, SecurityManagerExt, SettingsExt, TLSErrorsPolicy, WebContextExt, WebView, WebViewExt,
    WebsiteDataManager, WebsiteDataManagerExt,
};

/// What remains of the context menu: nothing that opens anything.
const MENU: [ContextMenuAction; 6] = [
    ContextMenuAction::Cut,
    ContextMenuAction::Copy,
    ContextMenuAction::Paste,
    ContextMenuAction::PasteAsPlainText,
    ContextMenuAction::Delete,
    ContextMenuAction::SelectAll,
];

pub(super) fn take_away(view: &WebView, interactive: bool, events: &Sender<Event>) {
    switch_off(view);
    close_schemes_and_downloads(view);
    refuse(view, interactive, events);
    if let Some(data) = view.website_data_manager() {
        use_proxies(&data, Proxies::from_environment(|name| std::env::var(name).ok()));
        data.set_tls_errors_policy(TLSErrorsPolicy::Fail);
        data.set_persistent_credential_storage_enabled(false);
    }
}

/// What is refused in each window of a sign-in; settings, context and data are those of the first.
pub(super) fn refuse(view: &WebView, interactive: bool, events: &Sender<Event>) {
    refuse_requests(view);
    answer_dialogs(view, interactive, events);
    let tx = events.clone();
    view.connect_authenticate(move |_, _| {
        // The engine asks by itself, inside the view; the view only has to be seen.
        let _ = tx.send(Event::PasswordAsked);
        false
    });
}

/// A person is asked by the engine's own dialogs, which name the page. Where nobody sees the window, nothing is asked
/// or told: a sign-in that somebody asked for shows itself first.
fn answer_dialogs(view: &WebView, interactive: bool, events: &Sender<Event>) {
    let tx = events.clone();
    view.connect_script_dialog(move |view, dialog| {
        let dialog = dialog.clone();
        if dialog.dialog_type() == ScriptDialogType::BeforeUnloadConfirm {
            // No page can hold itself open.
            dialog.confirm_set_confirmed(true);
            return true;
        }
        let shown = view.is_mapped();
        if !shown && interactive {
            let _ = tx.send(Event::DialogAsked);
        }
        !shown && !interactive
    });
}

/// Without any in the environment the system's own settings stay in force.
fn use_proxies(data: &WebsiteDataManager, proxies: Option<Proxies>) {
    let Some(proxies) = proxies else { return };
    if proxies.bypass.iter().any(|host| host == "*") {
        data.set_network_proxy_settings(NetworkProxyMode::NoProxy, None);
        return;
    }
    let bypass: Vec<&str> = proxies.bypass.iter().map(String::as_str).collect();
    let mut settings = NetworkProxySettings::new(proxies.all.as_deref(), &bypass);
    for (scheme, proxy) in [("https", &proxies.https), ("http", &proxies.http)] {
        if let Some(proxy) = proxy {
            settings.add_proxy_for_scheme(scheme, proxy);
        }
    }
    data.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut settings));
}

fn switch_off(view: &WebView) {
    let Some(settings) = WebViewExt::settings(view) else { return };
    settings.set_enable_developer_extras(false);
    settings.set_enable_write_console_messages_to_stdout(false);
    settings.set_enable_fullscreen(false);
    settings.set_enable_webgl(false);
    settings.set_enable_webaudio(false);
    settings.set_enable_media_stream(false);
    settings.set_enable_webrtc(false);
    settings.set_enable_page_cache(false);
    settings.set_javascript_can_access_clipboard(false);
    settings.set_javascript_can_open_windows_automatically(false);
    settings.set_allow_modal_dialogs(false);
    settings.set_allow_file_access_from_file_urls(false);
    settings.set_allow_universal_access_from_file_urls(false);
    settings.set_allow_top_navigation_to_data_urls(false);
    // Forms do not need the graphics card, and its driver is the larger half of the engine's attack surface.
    settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
}

fn close_schemes_and_downloads(view: &WebView) {
    let Some(context) = view.context() else { return };
    if let Some(security) = context.security_manager() {
        // wry has registered Tauri's schemes, and nobody can unregister one: no page may load anything from them.
        for scheme in ["ipc", "tauri", "asset"] {
            security.register_uri_scheme_as_display_isolated(scheme);
        }
    }
    context.connect_download_started(|_, download| download.cancel());
}

fn refuse_requests(view: &WebView) {
    // wry destroys the view when the page calls window.close().
    disconnect_all(view, "close");
    view.connect_permission_request(|_, request| {
        request.deny();
        true
    });
    view.connect_run_file_chooser(|_, request| {
        request.cancel();
        true
    });
    view.connect_print(|_, _| true);
    view.connect_show_notification(|_, _| true);
    view.connect_context_menu(|_, menu, _, _| {
        for item in menu.items() {
            if !MENU.contains(&item.stock_action()) {
                menu.remove(&item);
            }
        }
        menu.n_items() == 0
    });
}
