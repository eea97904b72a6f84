//! Entries as a table for a spreadsheet (RFC 4180).

use super::{Entry, Recorded};
use serde::Serialize;

const HEADER: [&str; 10] =
    ["time", "profile", "event", "role", "account", "until", "how", "door", "access_key_id", "code"];

/// A header and one row an entry, in the order given; times in UTC. `how` of a `signed_out` row is `forgot` where the
/// sign-on's cookies went, too.
pub fn csv<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let rows = entries.into_iter().map(row);
    std::iter::once(HEADER.map(str::to_owned)).chain(rows).map(|row| line(&row)).collect()
}

fn row(entry: &Entry) -> [String; 10] {
    let (none, time, door) = (String::new, entry.at.to_string(), word(&entry.door));
    let profile = entry.profile.as_str().to_owned();
    match &entry.what {
        Recorded::Assumed { role, until, access_key_id, how } => [
            time,
            profile,
            "assumed".to_owned(),
            role.as_str().to_owned(),
            role.account().to_string(),
            until.to_string(),
            word(how),
            door,
            access_key_id.clone(),
            none(),
        ],
        Recorded::SignedOut { forgot } => {
            let how = if *forgot { "forgot" } else { "" }.to_owned();
            [time, profile, "signed_out".into(), none(), none(), none(), how, door, none(), none()]
        }
        Recorded::Failed { code } => {
            [time, profile, "failed".into(), none(), none(), none(), none(), door, none(), code.clone()]
        }
    }
}

/// The word that stands for it in the log, too.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn line(row: &[String; 10]) -> String {
    let cells: Vec<_> = row.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// What a spreadsheet would take for a formula gets an apostrophe before it, and is a text then (OWASP, "CSV
/// Injection"); what any of them might split stands in quotes.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let split = text.contains([',', ';', '"', '\'', '|']) || text.contains(char::is_control);
    let blank = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    match (formula, split || blank) {
        (false, false) => text.to_owned(),
        (formula, _) => {
            let guard = if formula { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Door, How};
    use crate::profile::ProfileName;
    use crate::role::RoleArn;

    #[test]
    fn a_row_for_each_event() {
        let at = "2026-11-22T08:48:00Z".parse().expect("an instant");
        let entry = |door, what| Entry { at, profile: ProfileName::new("work"), door, what };
        let assumed = Recorded::Assumed {
            role: RoleArn::parse("arn:aws:iam::111111111111:role/team/Admin").expect("a role"),
            until: "2026-11-22T16:48:00Z".parse().expect("an instant"),
            access_key_id: "ASIAEXAMPLE".into(),
            how: How::Silent,
        };
        let entries = [
            entry(Door::Renewal, assumed),
            entry(Door::Tray, Recorded::SignedOut { forgot: false }),
            entry(Door::CommandLine, Recorded::SignedOut { forgot: true }),
            entry(Door::Tool, Recorded::Failed { code: "aws.access_denied".into() }),
        ];
        assert_eq!(
            csv(&entries),
            "time,profile,event,role,account,until,how,door,access_key_id,code\r\n\
             2026-11-22T08:48:00Z,work,assumed,arn:aws:iam::111111111111:role/team/Admin,111111111111,\
             2026-11-22T16:48:00Z,silent,renewal,ASIAEXAMPLE,\r\n\
             2026-11-22T08:48:00Z,work,signed_out,,,,,tray,,\r\n\
             2026-11-22T08:48:00Z,work,signed_out,,,,forgot,command_line,,\r\n\
             2026-11-22T08:48:00Z,work,failed,,,,,tool,,aws.access_denied\r\n"
        );
        assert_eq!(csv([]).lines().count(), 1);
    }

    #[test]
    fn cells_stay_texts_and_stay_whole() {
        for (text, wanted) in [
            ("work", "work"),
            ("", ""),
            ("a b", "a b"),
            ("a=b+c@d-e", "a=b+c@d-e"),
            ("a,b", "\"a,b\""),
            ("a;=b", "\"a;=b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("a\r\nb", "\"a\r\nb\""),
            (" a", "\" a\""),
            ("a ", "\"a \""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("＝1", "\"'＝1\""),
            ("'quoted", "\"'quoted\""),
        ] {
            assert_eq!(cell(text), wanted, "{text:?}");
        }
    }
}
