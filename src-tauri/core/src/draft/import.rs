//! What other tools' files hold of sign-ins, as drafts to go on with.

use super::link::{self, USUAL_APP_ID_URI};
use super::shape::{is_region, is_tenant, is_username, one_line};
use super::{Draft, Imported, Meaning, name};
use crate::aws_files::document::{Dialect, Document, Section};
use crate::role::RoleArn;

/// In bytes. A file of hundreds of accounts has some 100 KB.
const TEXT_LIMIT: usize = 1024 * 1024;
const ACCOUNTS: usize = 1000;
/// In characters, of what is shown of a file's texts.
const SHOWN: usize = 100;

/// The accounts of saml2aws's file (`~/.saml2aws`): one a section that names its provider. Nothing where the text is
/// larger than a megabyte. The file says no tenant, so it is taken from the address where that is a tile's, else from
/// the user name's domain; the form lets people correct it.
pub fn saml2aws(text: &str) -> Vec<Imported> {
    if text.len() > TEXT_LIMIT {
        return vec![];
    }
    // Its grammar (Go's ini) is AWS's as far as such files go; what is not understood is skipped.
    let document = Document::parse(text, Dialect::Credentials);
    let accounts = document.sections().iter().filter_map(|section| {
        let provider = value(section, "provider");
        let meaning = match provider.to_ascii_lowercase().as_str() {
            "" => return None,
            "azuread" => entra(section),
            // Its browser opens any address: a tile's is a sign-in through Entra.
            "browser" if link::read(&value(section, "url")).is_ok() => entra(section),
            _ => Meaning::OtherProvider { provider: one_line(&provider, SHOWN) },
        };
        Some(Imported {
            tool: "saml2aws".to_owned(),
            name: one_line(section.header, SHOWN),
            offered: false,
            meaning,
        })
    });
    accounts.take(ACCOUNTS).collect()
}

/// Leapp's workspace, which is encrypted with a key of its own.
pub fn leapp() -> Imported {
    Imported { tool: "Leapp".to_owned(), name: "Leapp".to_owned(), offered: false, meaning: Meaning::Locked }
}

fn entra(section: &Section<'_>) -> Meaning {
    let kept = |key, right: fn(&str) -> bool| Some(value(section, key)).filter(|value| right(value));
    let url = value(section, "url");
    let tile = link::read(&url).unwrap_or_default();
    let username = kept("username", is_username).or(tile.username).unwrap_or_default();
    let domain = username.rsplit_once('@').map(|(_, domain)| domain).filter(|domain| is_tenant(domain));
    let tenant = if tile.tenant.is_empty() { domain.unwrap_or_default().to_owned() } else { tile.tenant };
    let names = [value(section, "aws_profile"), section.header.to_owned()];
    let draft = Draft {
        name: names.iter().map(|text| name::legal(text)).find(|name| !name.is_empty()).unwrap_or_default(),
        tenant,
        app_id_uri: if tile.certain { tile.app_id_uri } else { USUAL_APP_ID_URI.to_owned() },
        region: kept("region", is_region).unwrap_or_default(),
        duration: value(section, "aws_session_duration").parse().map(hours).unwrap_or_default(),
        default_role: kept("role_arn", |text| RoleArn::parse(text).is_ok()).unwrap_or_default(),
        authority: link::authority_of_my_apps(&url).unwrap_or_default().to_owned(),
        username,
        ..Draft::default()
    };
    Meaning::Entra { draft }
}

fn hours(seconds: u32) -> String {
    (seconds / 3600).clamp(1, 12).to_string()
}

/// A key's value without the quotes that Go's ini puts around some; empty where there is none.
fn value(section: &Section<'_>, key: &str) -> String {
    let value = section.get(key).unwrap_or_default();
    let value = value.trim();
    let quoted = ["\"\"\"", "\"", "'", "`"].iter().find_map(|quote| {
        value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote)).map(str::trim)
    });
    quoted.unwrap_or(value).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::check;
    use proptest::prelude::*;

    const FILE: &str = "\
[default]
name                    = default
app_id                  = 2784b9b1-53ed-4883-95a8-56bf94ad4f5f
url                     = https://account.activedirectory.windowsazure.com
username                = road.runner@example.org
provider                = AzureAD
browser_type            =
mfa                     = Auto
skip_verify             = false
timeout                 = 0
aws_urn                 = urn:amazon:webservices
aws_session_duration    = 5400
aws_profile             = saml
resource_id             =
role_arn                =
region                  =
http_attempts_count     =
saml_cache              = false
saml_cache_file         = /tmp/100%s

; a tile's address, as old versions had it
[Prod (EU)]
url = `https://account.activedirectory.windowsazure.us/applications/redirecttofederatedapplication.aspx?Operation=SignIn&applicationId=2784b9b1-53ed-4883-95a8-56bf94ad4f5f&tenantId=8273303e-1e63-49f2-9812-43c86b5b11ec`
username = \"ada@example.net\"
provider = azuread
aws_session_duration = 50000
role_arn = arn:aws-us-gov:iam::111111111111:role/Admin
region = us-gov-west-1

[tile]
url = https://myapps.microsoft.com/signin/AWS/2784b9b1-53ed-4883-95a8-56bf94ad4f5f?tenantId=example.org
provider = Browser
aws_profile = tile

[bare]
provider = \"\"\"AzureAD\"\"\"
username = ada
aws_session_duration = soon
aws_profile =
role_arn = Admin
region = somewhere

[okta]
url = https://example.okta.com/home/amazon_aws/x/272
provider = Okta

[window]
url = https://example.org
provider = Browser

[DEFAULT]
mfa = Auto
";

    fn draft(name: &str, tenant: &str) -> Draft {
        Draft {
            name: name.into(),
            tenant: tenant.into(),
            app_id_uri: "https://signin.aws.amazon.com/saml".into(),
            ..Draft::default()
        }
    }

    #[test]
    fn the_accounts_of_saml2aws() {
        let entra = |draft| Meaning::Entra { draft };
        let other = |provider: &str| Meaning::OtherProvider { provider: provider.into() };
        let wanted = [
            (
                "default",
                entra(Draft {
                    username: "road.runner@example.org".into(),
                    duration: "1".into(),
                    ..draft("saml", "example.org")
                }),
            ),
            (
                "Prod (EU)",
                entra(Draft {
                    username: "ada@example.net".into(),
                    duration: "12".into(),
                    default_role: "arn:aws-us-gov:iam::111111111111:role/Admin".into(),
                    region: "us-gov-west-1".into(),
                    authority: "https://login.microsoftonline.us".into(),
                    ..draft("Prod-EU", "8273303e-1e63-49f2-9812-43c86b5b11ec")
                }),
            ),
            ("tile", entra(draft("tile", "example.org"))),
            ("bare", entra(draft("bare", ""))),
            ("okta", other("Okta")),
            ("window", other("Browser")),
        ];
        let wanted = wanted.map(|(name, meaning)| Imported {
            tool: "saml2aws".into(),
            name: name.into(),
            offered: false,
            meaning,
        });
        assert_eq!(saml2aws(FILE), wanted);
        assert_eq!(saml2aws(&FILE.replace('\n', "\r\n")), wanted);
    }

    #[test]
    fn durations_in_seconds() {
        for (seconds, hours) in [
            ("900", "1"),
            ("3600", "1"),
            ("14400", "4"),
            ("14399", "3"),
            ("43200", "12"),
            ("-1", ""),
            ("", ""),
        ] {
            let text = format!("[a]\nprovider = AzureAD\naws_session_duration = {seconds}\n");
            let Some(Meaning::Entra { draft }) = saml2aws(&text).pop().map(|found| found.meaning) else {
                panic!("an account")
            };
            assert_eq!(draft.duration, hours, "{seconds}");
        }
    }

    #[test]
    fn limits_and_leapp() {
        assert_eq!(saml2aws(""), []);
        assert_eq!(saml2aws(&" ".repeat(TEXT_LIMIT + 1)), []);
        assert_eq!(saml2aws(&"[a]\nprovider = Okta\n".repeat(ACCOUNTS + 1)).len(), ACCOUNTS);
        assert_eq!(leapp().meaning, Meaning::Locked);
    }

    proptest! {
        #[test]
        fn what_is_filled_in_is_right(
            header in ".*",
            values in prop::collection::vec("[ -~]{0,40}|.*|[a-z]{1,9}@[a-z.]{3,12}|[0-9]{1,12}", 6),
        ) {
            let keys = ["url", "username", "aws_session_duration", "aws_profile", "role_arn", "region"];
            let lines: String =
                keys.iter().zip(&values).map(|(key, value)| format!("{key} = {value}\n")).collect();
            _ = saml2aws(&values.concat());
            for found in saml2aws(&format!("[{header}]\nprovider = AzureAD\n{lines}")) {
                if let Meaning::Entra { draft } = found.meaning {
                    // What the file does not say stays empty, and only that may be missing.
                    let flaws = check(&draft, &[], None);
                    prop_assert!(flaws.iter().all(|wrong| wrong.flaw == crate::draft::Flaw::Missing
                        || wrong.flaw == crate::draft::Flaw::Character), "{flaws:?} {draft:?}");
                }
            }
        }
    }
}
