//! For each problem its stable code, its kind, and what to do.

use super::{Kind, OTHER_FILES, Problem};
use crate::entra_error;

impl Problem {
    pub(super) fn facts(&self) -> (&'static str, Kind, String) {
        use Kind::{Aws, Files, NotSignedIn, Person, SignIn};
        let say = |text: &str| text.to_owned();
        match self {
            Self::ConfigMissing { .. } => (
                "config.missing",
                Files,
                say(
                    "Write a [profile NAME] section with azure_tenant_id and azure_app_id_uri there; the README shows one.",
                ),
            ),
            Self::FileUnreadable { path, .. } => {
                ("file.unreadable", Files, format!("Check who may read it: ls -l '{path}'."))
            }
            Self::FileNotUnderstood { .. } => (
                "file.not_understood",
                Files,
                say("Fix that line in an editor. Rolecall does not change a file that it cannot read."),
            ),
            Self::NoEntraProfile { .. } => (
                "config.no_entra_profile",
                Files,
                say(
                    "Add azure_tenant_id and azure_app_id_uri to a [profile NAME] section; the README shows one.",
                ),
            ),
            Self::KeyMissing { key, .. } => {
                ("config.key_missing", Files, format!("Add a line '{key} = …' to that section."))
            }
            Self::KeyInvalid { key, .. } => {
                ("config.key_invalid", Files, format!("Correct {key} there, then sign in again."))
            }
            Self::IdentityCenterApplication { .. } => (
                "config.identity_center",
                Files,
                say(
                    "Rolecall cannot sign in to IAM Identity Center yet: use `aws configure sso` and `aws sso login`. Or ask the administrator of the AWS applications in Entra for the one with an IAM SAML provider, and set azure_app_id_uri to its identifier.",
                ),
            ),
            Self::ProfileTaken { .. } => ("config.profile_taken", Files, say("Choose another name.")),
            Self::NameInvalid { .. } => ("config.name_invalid", Files, say("Choose another name.")),
            Self::VariableInvalid { variable, .. } => {
                ("environment.invalid", Files, format!("Correct or unset {variable}, then start again."))
            }
            Self::OtherFiles { files } => {
                let variables: Vec<_> = files.iter().map(|file| file.variable).collect();
                let help = format!(
                    "Run `rolecall quit` in this shell: the next command starts the service with this shell's files. Or correct or unset {} here.",
                    variables.join(" and ")
                );
                (OTHER_FILES, Files, help)
            }
            Self::SettingsInvalid { .. } => {
                ("settings.invalid", Files, say("Correct that line; until then the usual settings are used."))
            }
            Self::PolicyRefused { .. } => (
                "policy.refused",
                Files,
                say(
                    "Ask your administrator to fix it; `rolecall policy show` says when it is in force. Until then Rolecall gets no new credentials; those that you have keep working.",
                ),
            ),
            Self::PolicyForbids { .. } => (
                "policy.forbids",
                Files,
                say("Ask your administrator, or set the profile up as the policy allows."),
            ),
            Self::OfferUnreadable { .. } => (
                "offer.unreadable",
                Files,
                say("Check the address or the path, and whether the network or VPN is up."),
            ),
            Self::OfferRefused { .. } => (
                "offer.refused",
                Files,
                say(
                    "Nothing was written. Tell whoever offers it: only keys that set up a sign-in may stand there.",
                ),
            ),
            Self::OfferGone => {
                ("offer.gone", Files, say("Run the command again, and look at what it shows."))
            }
            Self::Update(trouble) => trouble.facts(),
            Self::Wsl(trouble) => trouble.facts(),
            Self::Autostart { .. } => (
                "autostart.failed",
                Files,
                say("Add rolecall-tray --login to your desktop's startup programs by hand."),
            ),
            Self::UnknownProfile { nearest: Some(nearest), .. } => {
                ("profile.unknown", Files, format!("Did you mean '{nearest}'?"))
            }
            Self::UnknownProfile { nearest: None, .. } => {
                ("profile.unknown", Files, say("`rolecall status` lists the profiles there are."))
            }
            Self::ProfileNotNamed { .. } => {
                ("profile.not_named", Files, say("Name one: `rolecall sign-in NAME`, or set AWS_PROFILE."))
            }
            Self::RoleNotOffered { .. } => (
                "role.not_offered",
                Files,
                say("Choose one that the tray menu lists, or ask who manages your access for it."),
            ),
            Self::RoleAmbiguous { .. } => (
                "role.ambiguous",
                Files,
                say("Write the account before it (ACCOUNT/ROLE), or the whole role ARN."),
            ),
            Self::FileUnwritable { path, .. } => (
                "file.unwritable",
                Files,
                format!("Check space and permissions: ls -ld '{path}' and its folder; then sign in again."),
            ),
            Self::EditRefused { .. } => {
                ("file.edit_refused", Files, say("Look at the place named in an editor, then sign in again."))
            }
            Self::ForeignWriteLost { .. } => (
                "file.foreign_write_lost",
                Files,
                say(
                    "Look whether the other program's change is there, make it again if not, then sign in again.",
                ),
            ),
            Self::AccessNarrowed { .. } => (
                "file.access_narrowed",
                Files,
                say(
                    "If you share the file on purpose, set credentials_mode = \"keep\" in settings.toml, then give the right back.",
                ),
            ),
            Self::OtherNameRemains { .. } => (
                "file.other_name_remains",
                Files,
                say("Replace the second name by a symbolic link if both should show the same credentials."),
            ),
            Self::LongLivedKey { .. } => (
                "file.long_lived_key",
                Files,
                say("Move that key to a section of another name, or delete it, then sign in again."),
            ),
            Self::ForeignCredentialProcess { .. } => (
                "config.foreign_process",
                Files,
                say("Remove that line if Rolecall shall serve the profile, or set azure_credentials = file."),
            ),
            Self::ProcessUnquotable { .. } => (
                "config.process_unquotable",
                Files,
                say(
                    "Use letters, digits, blanks and - _ . @ / in the profile's name and the program's folder.",
                ),
            ),
            Self::KeychainUnavailable { .. } => (
                "vault.keychain",
                Files,
                say(
                    "Unlock or start it (on Linux GNOME Keyring, KWallet or KeePassXC); the next sign-in tries again.",
                ),
            ),
            Self::VaultKeyNotReplaced { .. } => (
                "vault.key_not_replaced",
                Files,
                say(
                    "The sign-in is forgotten, but a copy of its deleted file could still be opened. Unlock the keychain, then run `rolecall sign-out --all --forget` again.",
                ),
            ),
            Self::SealedUnreadable { .. } => {
                ("vault.unreadable", Files, say("Sign in again: that replaces it."))
            }
            Self::SealedUnwritable { path, .. } => (
                "vault.unwritable",
                Files,
                format!("Check space and permissions: ls -ld '{path}' and its folder."),
            ),

            Self::Busy { .. } => ("sign_in.busy", SignIn, say("Finish or close its window, then ask again.")),
            Self::Cancelled => ("sign_in.cancelled", Person, say("Sign in again when you are ready.")),
            Self::EntraRefused { error } => ("sign_in.entra", Person, entra_error::help(error)),
            Self::PersonNeeded { .. } => {
                ("sign_in.person_needed", Person, say("Click Sign in and answer it."))
            }
            Self::PersonAway { profile, .. } => (
                "sign_in.person_away",
                Person,
                format!("Click Sign in in Rolecall's notification, or run `rolecall sign-in '{profile}'`."),
            ),
            Self::SignInTimeout => (
                "sign_in.timeout",
                Person,
                say("Sign in again; if the page stayed empty, check the network or VPN."),
            ),
            Self::NoDisplay => (
                "sign_in.no_display",
                Person,
                say(
                    "Run `rolecall sign-in` from a terminal inside your desktop session, or connect with `ssh -X`.",
                ),
            ),
            Self::NoRuntime => (
                "sign_in.no_runtime",
                Person,
                say(
                    "Install it, or ask IT to: https://developer.microsoft.com/microsoft-edge/webview2/ (the Evergreen \
                     runtime). Rolecall goes on meanwhile: `rolecall status` works without it.",
                ),
            ),
            Self::WindowUnavailable { .. } => (
                "sign_in.window_unavailable",
                SignIn,
                say(
                    "Install Rolecall again: rolecall-window belongs beside rolecall-tray, with WebKitGTK 4.1.",
                ),
            ),
            Self::MainWindow { .. } => (
                "window.unavailable",
                Person,
                say(
                    "Everything can be done in a terminal, too: `rolecall help`; `rolecall doctor` looks for the cause.",
                ),
            ),
            Self::SandboxUnavailable { fix, .. } => ("sign_in.sandbox", SignIn, fix.clone()),
            Self::WindowCrashed => (
                "sign_in.window_crashed",
                SignIn,
                say(
                    "Try again; if it happens twice, run `rolecall-tray` in a terminal and look at what it prints.",
                ),
            ),
            Self::EngineFailed { .. } => (
                "sign_in.engine",
                SignIn,
                say(
                    "Try again. If it happens again, run `rolecall doctor`: it opens the web engine and says what the engine \
                     answers. On Windows, repair the Microsoft Edge WebView2 runtime under Installed apps.",
                ),
            ),
            Self::PageUnreachable { .. } => {
                ("sign_in.unreachable", SignIn, say("Check the network, VPN and proxy, then sign in again."))
            }
            Self::Certificate { .. } => (
                "sign_in.certificate",
                SignIn,
                say(
                    "If your company inspects traffic, its root certificate must be installed in the system; ask IT.",
                ),
            ),
            Self::OtherRequest => (
                "sign_in.other_request",
                SignIn,
                say(
                    "Nothing was used. Sign in again from Rolecall; if it happens again, tell your security team.",
                ),
            ),
            Self::OtherAcs { .. } => (
                "sign_in.other_acs",
                SignIn,
                say(
                    "Nothing was sent. Check azure_app_id_uri, or set azure_acs_url to your AWS sign-in address.",
                ),
            ),
            Self::InsecurePage { .. } => (
                "sign_in.insecure_page",
                SignIn,
                say("Nothing was used. Tell your security team which page it was."),
            ),
            Self::SamlStatus { status } => (
                "sign_in.saml_status",
                SignIn,
                match entra_error::code_in(status).filter(|code| entra_error::find(code).is_some()) {
                    Some(code) => entra_error::help(code),
                    None => say("Give this text to the administrator of the AWS application in Entra."),
                },
            ),
            Self::SamlJunk { .. } => (
                "sign_in.saml_junk",
                SignIn,
                say("Sign in again; if it stays so, check that azure_app_id_uri names the AWS application."),
            ),
            Self::SamlTooLarge { .. } => (
                "sign_in.saml_too_large",
                SignIn,
                say(
                    "Ask the administrator of the AWS application in Entra to send fewer roles or attributes.",
                ),
            ),
            Self::SamlExpired => (
                "sign_in.saml_expired",
                SignIn,
                say("Sign in again; if it stays so, set the computer's clock."),
            ),
            Self::NoRoles => (
                "sign_in.no_roles",
                SignIn,
                say(
                    "Ask the administrator of the AWS application in Entra to assign you a role, then sign in again.",
                ),
            ),
            Self::RolesEncrypted { .. } => (
                "sign_in.encrypted",
                Files,
                say(
                    "Set azure_default_role_arn and azure_provider_arn in the profile; your administrator knows both.",
                ),
            ),

            Self::AwsExpired => (
                "aws.expired_token",
                Aws,
                say("Sign in again. If it happens every time, the computer's clock or Entra's is wrong."),
            ),
            Self::AwsInvalidToken { .. } => (
                "aws.invalid_token",
                Aws,
                say(
                    "The identity provider in that AWS account may hold an old Entra certificate: tell its administrator.",
                ),
            ),
            Self::AwsAccessDenied { refusal } => ("aws.access_denied", Aws, refusal.help()),
            Self::AwsRejectedClaim { .. } => (
                "aws.rejected_claim",
                Aws,
                say(
                    "Compare the conditions of the role's trust policy (SAML:aud, SAML:sub …) with what Entra sends; tell the account's administrator.",
                ),
            ),
            Self::AwsRegionDisabled { .. } => (
                "aws.region_disabled",
                Aws,
                say(
                    "Set another region in the profile, or have the region enabled in the account's settings.",
                ),
            ),
            Self::AwsInvalidClientToken { region, .. } => (
                "aws.invalid_client_token",
                Aws,
                format!(
                    "If {region} is a region that has to be enabled (opt-in), have it enabled in the account, use another region in the profile, or have an administrator let STS's global endpoint issue tokens for all regions (version 2). Otherwise the credentials are no longer valid: sign in again."
                ),
            ),
            Self::AwsSignature { .. } => (
                "aws.signature",
                Aws,
                say(
                    "Set the computer's clock, then sign in again. If it is right, a proxy on the way changes the request, or the credentials were changed.",
                ),
            ),
            Self::AwsClock { .. } => (
                "aws.clock",
                Aws,
                say("Set the computer's clock (date, time and time zone), then sign in again."),
            ),
            Self::AwsPolicyTooLarge { .. } => (
                "aws.policy_too_large",
                Aws,
                say("Ask the administrator of the AWS application in Entra to send fewer session tags."),
            ),
            Self::AwsDuration { .. } => (
                "aws.duration",
                Aws,
                say("Lower azure_default_duration_hours in the profile, or have the role's maximum raised."),
            ),
            Self::AwsUnavailable { .. } => (
                "aws.unavailable",
                Aws,
                say("Try again in a few minutes; AWS's health page says what is known."),
            ),
            Self::AwsThrottled => ("aws.throttled", Aws, say("Wait a minute, then sign in again.")),
            Self::AwsTimeout { .. } | Self::AwsUnreachable { .. } => (
                if matches!(self, Self::AwsTimeout { .. }) { "aws.timeout" } else { "aws.unreachable" },
                Aws,
                say("Check the network, VPN and proxy (HTTPS_PROXY, NO_PROXY), then sign in again."),
            ),
            Self::AwsCertificate { reason, .. } => {
                let help = if reason.contains("UnknownIssuer") {
                    "A proxy of your organization probably inspects TLS. Ask for its root certificate (a PEM file), and name the file in AWS_CA_BUNDLE, or in ca_bundle of the profile."
                } else {
                    "Check this computer's clock and the address; another network may show a page of its own first."
                };
                ("aws.certificate", Aws, say(help))
            }
            Self::ProxySignIn { .. } => (
                "proxy.sign_in",
                Aws,
                say(
                    "Rolecall can send a name and password (HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT), but cannot sign in to a proxy with the account of this computer (Kerberos, NTLM). Set the variable and run `rolecall quit`, or ask your network's administrators to let AWS's hosts through without a sign-in.",
                ),
            ),
            Self::ProxyRefused { .. } => (
                "proxy.refused",
                Aws,
                say(
                    "Ask your network's administrators to allow the host, or name it in NO_PROXY if it can be reached without a proxy.",
                ),
            ),
            Self::ProxyUnreachable { .. } | Self::ProxyTimeout { .. } => (
                if matches!(self, Self::ProxyTimeout { .. }) { "proxy.timeout" } else { "proxy.unreachable" },
                Aws,
                say(
                    "Check the network and VPN, and correct the proxy where it is set; `rolecall doctor` shows which one is used.",
                ),
            ),
            Self::ProxyUnusable { .. } => (
                "proxy.unusable",
                Aws,
                say(
                    "Rolecall's requests to AWS need an HTTP proxy: set HTTPS_PROXY=http://HOST:PORT and run `rolecall quit`, or name AWS's hosts in NO_PROXY if they can be reached without a proxy.",
                ),
            ),
            Self::CaBundle { .. } => (
                "environment.ca_bundle",
                Files,
                say(
                    "Let AWS_CA_BUNDLE, or ca_bundle of the profile, name a file with certificates in PEM format, or unset it.",
                ),
            ),
            Self::EndpointNotKept => (
                "environment.endpoint_not_kept",
                Files,
                say(
                    "Use `rolecall env` or `rolecall exec` here, or unset AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS.",
                ),
            ),
            Self::AwsNotAws { .. } => (
                "aws.not_aws",
                Aws,
                say(
                    "A proxy or a hotel's log-in page probably answered instead: open any web page, then sign in again.",
                ),
            ),
            Self::AwsOther { .. } => (
                "aws.other",
                Aws,
                say(
                    "Look the code up in AWS's STS documentation, or give it to the account's administrator.",
                ),
            ),

            Self::ChainLoop { .. } => (
                "chain.loop",
                Files,
                say("Give one of them another source_profile: one that signs in, at last."),
            ),
            Self::ChainSource { profile, nearest, .. } => (
                "chain.source",
                Files,
                match nearest {
                    Some(nearest) => {
                        format!("Did you mean '{nearest}'? Correct source_profile in {profile}.")
                    }
                    None => {
                        format!("Correct source_profile in {profile}, or write the profile that it names.")
                    }
                },
            ),
            Self::ChainElsewhere { profile, source_profile } => (
                "chain.elsewhere",
                Files,
                if profile == source_profile {
                    format!(
                        "AWS tools assume it by themselves (AWS_PROFILE={profile}); Rolecall serves what begins with a sign-in through Entra or a token file."
                    )
                } else {
                    format!(
                        "AWS tools assume it by themselves (AWS_PROFILE={profile}); for Rolecall, let source_profile lead to a profile that signs in through Entra."
                    )
                },
            ),
            Self::ChainPartition { .. } => (
                "chain.partition",
                Files,
                say(
                    "Use a source profile of the same partition: commercial, GovCloud and China do not trust each other's roles.",
                ),
            ),
            Self::ChainOneHour { .. } => (
                "chain.one_hour",
                Aws,
                say(
                    "Rolecall takes one hour and renews it as long as its source lives. Set duration_seconds to 3600 or remove it: other AWS tools are refused.",
                ),
            ),
            Self::ChainMfa { .. } => (
                "chain.mfa",
                Files,
                say(
                    "Remove mfa_serial: other AWS tools would ask for a code that nobody has. Where the role's trust policy asks for aws:MultiFactorAuthPresent, have it ask Entra's conditional access instead.",
                ),
            ),
            Self::OneRole { .. } => (
                "chain.one_role",
                Files,
                say("Name the profile alone; to take another role, `rolecall assume PROFILE ROLE_ARN`."),
            ),
            Self::TokenFile { .. } => (
                "token.unreadable",
                Files,
                say("Check web_identity_token_file, and whether whatever writes that file is still running."),
            ),
            Self::TokenOver { .. } => (
                "token.over",
                Files,
                say(
                    "Whatever writes that file must write a new token; in a pod the kubelet does. Then try again.",
                ),
            ),
            Self::TokenRefused { .. } => (
                "token.refused",
                Aws,
                say(
                    "The role's account must know the token's issuer as an identity provider, with its audience; then look at the token's end.",
                ),
            ),
            Self::PodOver { pod } => (
                "pod.over",
                NotSignedIn,
                format!("Take them again: rolecall pod '{}'", pod.replace('\'', "'\\''")),
            ),
            Self::KitTimeout => (
                "kit.timeout",
                SignIn,
                say(
                    "Check the network and the VPN, and whether kubectl reaches the cluster; then look again.",
                ),
            ),
            Self::KitUnavailable { .. } => (
                "kit.unavailable",
                SignIn,
                say("Reinstall Rolecall: rolecall-kit belongs beside its other programs."),
            ),

            Self::ConsolePage { .. } => (
                "console.page",
                Files,
                say("Write it as in the console's own address: ec2, s3, cloudwatch, lambda."),
            ),
            Self::ConsoleRefused => {
                ("console.refused", Aws, say("Renew the session and try again; the role may also forbid it."))
            }
            Self::NoBrowser { .. } => (
                "console.no_browser",
                SignIn,
                say("Run `rolecall console --print` and open the address yourself."),
            ),
            Self::NoClipboard { .. } => {
                ("clipboard.unavailable", SignIn, say("Use `rolecall env` in a terminal instead."))
            }

            Self::NotSignedIn => ("not_signed_in", NotSignedIn, say("Run `rolecall sign-in`.")),
            Self::ProfileSignedOut { profile } => {
                ("not_signed_in", NotSignedIn, format!("Run `rolecall sign-in '{profile}'`."))
            }
            Self::Waited { .. } => (
                "sign_in.waited",
                Person,
                say("Look for Rolecall's window or its tray icon, then try again."),
            ),
            Self::BadRequest { .. } => (
                "request.bad",
                SignIn,
                say("Programs of different versions may be running: quit Rolecall and start it again."),
            ),
        }
    }
}
