//! A policy in a property list: the keys of `policy.toml`, in the types that both have.

use super::Policy;
use plist::Value;
use std::io::Cursor;

/// How deep a list may be: the policy's own is three.
const DEEPEST: usize = 8;

/// # Errors
/// One line that names the key and what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<Policy, String> {
    let value = Value::from_reader(Cursor::new(bytes)).map_err(|error| {
        format!("it is no property list ({})", crate::problem::foreign(&error.to_string()))
    })?;
    let Value::Dictionary(mut keys) = value else {
        return Err("it is a property list without keys".to_owned());
    };
    // What a device management writes about its payload beside what is in it.
    keys.retain(|key, _| !key.starts_with("Payload"));
    super::of_table(&table(keys, "", 0)?)
}

fn table(keys: plist::Dictionary, of: &str, depth: usize) -> Result<toml::Table, String> {
    keys.into_iter().map(|(key, value)| Ok((key.clone(), self::value(value, of, &key, depth)?))).collect()
}

fn value(value: Value, of: &str, key: &str, depth: usize) -> Result<toml::Value, String> {
    let name = if of.is_empty() { key.to_owned() } else { format!("{of}, {key}") };
    let name = crate::problem::foreign(&name);
    if depth == DEEPEST {
        return Err(format!("{name}: it is too deep"));
    }
    Ok(match value {
        Value::String(text) => toml::Value::String(text),
        Value::Boolean(yes) => toml::Value::Boolean(yes),
        Value::Integer(number) => {
            let number = number.as_signed().ok_or_else(|| format!("{name}: the number is too large"))?;
            toml::Value::Integer(number)
        }
        Value::Array(values) => {
            let values = values.into_iter().map(|item| self::value(item, of, key, depth + 1));
            toml::Value::Array(values.collect::<Result<_, _>>()?)
        }
        Value::Dictionary(keys) => toml::Value::Table(table(keys, &name, depth + 1)?),
        _ => return Err(format!("{name}: only strings, whole numbers, booleans, arrays and dictionaries")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(keys: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
             \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">{keys}</plist>\n"
        )
        .into_bytes()
    }

    const EVERYTHING: &str = "<dict>
        <key>PayloadUUID</key><string>00000000-0000-0000-0000-000000000000</string>
        <key>organisation</key><string>Example Ltd</string>
        <key>login_hosts</key><array><string>login.microsoftonline.com</string></array>
        <key>remember_sign_in</key><false/>
        <key>credentials</key><string>process</string>
        <key>max_duration_hours</key><integer>8</integer>
        <key>warn_before</key><array><string>30m</string><string>5m</string></array>
        <key>renew</key><string>when_silent</string>
        <key>renew_within</key><string>10h</string>
        <key>os_sign_on</key><true/>
        <key>accounts</key><dict><key>111111111111</key><string>Production</string></dict>
        <key>tenant</key><array><dict>
            <key>name</key><string>Example Ltd</string><key>id</key><string>example.org</string>
        </dict></array>
        <key>profile</key><array><dict>
            <key>name</key><string>work</string>
            <key>azure_tenant_id</key><string>example.org</string>
            <key>azure_app_id_uri</key><string>https://signin.aws.amazon.com/saml#2</string>
            <key>azure_default_duration_hours</key><integer>8</integer>
            <key>azure_default_remember_me</key><true/>
        </dict></array>
    </dict>";

    const SAME: &str = r#"
organisation = "Example Ltd"
login_hosts = ["login.microsoftonline.com"]
remember_sign_in = false
credentials = "process"
max_duration_hours = 8
warn_before = ["30m", "5m"]
renew = "when_silent"
renew_within = "10h"
os_sign_on = true
[accounts]
"111111111111" = "Production"
[[tenant]]
name = "Example Ltd"
id = "example.org"
[[profile]]
name = "work"
azure_tenant_id = "example.org"
azure_app_id_uri = "https://signin.aws.amazon.com/saml#2"
azure_default_duration_hours = 8
azure_default_remember_me = true
"#;

    #[test]
    fn it_says_what_the_file_says() {
        let expected = Policy::parse(SAME).expect("a policy");
        assert_eq!(parse(&list(EVERYTHING)), Ok(expected.clone()));
        // What a Mac has in its folder is the binary form.
        let mut binary = vec![];
        let value = Value::from_reader(Cursor::new(list(EVERYTHING))).expect("a list");
        value.to_writer_binary(&mut binary).expect("written");
        assert!(binary.starts_with(b"bplist00"));
        assert_eq!(parse(&binary), Ok(expected));
        assert_eq!(parse(&list("<dict/>")), Ok(Policy::default()));
    }

    #[test]
    fn what_is_wrong_is_named_without_a_line() {
        for (keys, reason) in [
            ("<dict><key>Renew</key><string>off</string></dict>", "unknown field `Renew`"),
            ("<dict><key>renew</key><string>never</string></dict>", "unknown variant `never`"),
            (
                "<dict><key>max_duration_hours</key><integer>13</integer></dict>",
                "max_duration_hours must be a whole number from 1 to 12",
            ),
            (
                "<dict><key>max_duration_hours</key><integer>18446744073709551615</integer></dict>",
                "max_duration_hours: the number is too large",
            ),
            (
                "<dict><key>max_duration_hours</key><real>8</real></dict>",
                "max_duration_hours: only strings, whole numbers",
            ),
            (
                "<dict><key>tenant</key><array><dict><key>id</key><data>AA==</data></dict></array></dict>",
                "tenant, id: only strings",
            ),
            ("<dict><key>login_hosts</key><array/></dict>", "login_hosts is empty"),
            ("<dict><key>os_sign_on</key><string>true</string></dict>", "invalid type"),
            ("<array/>", "it is a property list without keys"),
            ("<dict>", "it is no property list"),
        ] {
            let wrong = parse(&list(keys)).expect_err(keys);
            assert!(wrong.starts_with(reason), "{wrong}");
            assert!(!wrong.contains('\n'), "{wrong:?}");
        }
        let deep = format!("<dict><key>a</key>{}{}</dict>", "<array>".repeat(40), "</array>".repeat(40));
        assert_eq!(parse(&list(&deep)), Err("a: it is too deep".to_owned()));
        assert!(parse(b"organisation = 'A'").expect_err("no list").starts_with("it is no property list"));
    }
}
