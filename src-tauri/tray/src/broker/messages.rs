//! What is said to the broker and what it answers: JSON inside a D-Bus string, as siemens/linux-entra-sso speaks it
//! (there is no public specification).

use rolecall_core::secret::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

/// Microsoft Edge's: the broker gives these cookies to a browser that it knows.
const CLIENT: &str = "d7b530a4-7680-4c23-a8bf-c52c121d2e87";
/// `AuthorizationType.PRT_SSO_COOKIE`.
const PRT_SSO_COOKIE: u8 = 8;
/// A cookie that carries a primary refresh token has some 2,000 characters.
const LONGEST: usize = 16 * 1024;

/// One of the broker's accounts: the object as the broker knows it, to be handed back whole.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(super) struct Account(Value);

/// A cookie's name and value; for whom, where the broker says it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub name: String,
    pub value: Secret,
    pub username: Option<String>,
}

/// The request of `getAccounts`. `session` is a UUID that stays the same for the conversation.
pub(super) fn get_accounts(session: &str) -> String {
    json!({ "clientId": CLIENT, "redirectUri": session }).to_string()
}

/// The request of `acquirePrtSsoCookie`.
pub(super) fn acquire_cookie(account: &Account, url: &str) -> String {
    let Account(account) = account;
    json!({
        "account": account,
        "authParameters": {
            "account": account,
            "additionalQueryParametersForAuthorization": {},
            "authority": "https://login.microsoftonline.com/common",
            "authorizationType": PRT_SSO_COOKIE,
            "clientId": CLIENT,
            "redirectUri": "https://login.microsoftonline.com/common/oauth2/nativeclient",
            "requestedScopes": ["https://graph.microsoft.com/.default"],
            "ssoUrl": url,
            "username": account["username"],
            "uxContextHandle": -1,
        },
        "mamEnrollment": false,
        "ssoUrl": url,
    })
    .to_string()
}

/// The reply of `getAccounts`: `{"accounts": [{"username", "realm", …}]}`; None where it is something else.
pub(super) fn accounts(reply: &str) -> Option<Vec<Account>> {
    #[derive(Deserialize)]
    struct Reply {
        accounts: Vec<Account>,
    }
    Some(serde_json::from_str::<Reply>(reply).ok()?.accounts)
}

/// The reply of `acquirePrtSsoCookie`: the cookie is the first of `cookieItems` (brokers after 2.0.1), or the reply
/// itself; None where it is something else.
pub(super) fn cookie(reply: &str) -> Option<Given> {
    let mut reply: CookieReply = serde_json::from_str(reply).ok()?;
    let named = reply.item.account.take();
    let item = reply.cookie_items.into_iter().next().unwrap_or(reply.item);
    let (name, value) = (item.cookie_name?, item.cookie_content?);
    let username = item.account.or(named).and_then(|account| account.username().map(str::to_owned));
    (is_name(&name) && is_value(value.expose())).then_some(Given { name, value, username })
}

#[derive(Deserialize)]
struct CookieReply {
    #[serde(default, rename = "cookieItems")]
    cookie_items: Vec<Item>,
    #[serde(flatten)]
    item: Item,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Item {
    account: Option<Account>,
    cookie_name: Option<String>,
    cookie_content: Option<Secret>,
}

impl Account {
    /// The account of this person; without a name the only one, if it is of the tenant.
    pub(super) fn choose<'a>(all: &'a [Self], username: Option<&str>, tenant: &str) -> Option<&'a Self> {
        let of_tenant = |account: &&Self| account.text("realm").is_some_and(|realm| same(realm, tenant));
        let Some(wanted) = username else {
            let [only] = all else { return None };
            return Some(only).filter(of_tenant);
        };
        let named: Vec<&Self> = all.iter().filter(|account| account.is_of(wanted)).collect();
        // A guest is listed once for each of their tenants.
        match named.as_slice() {
            [only] => Some(only),
            several => several.iter().copied().find(of_tenant),
        }
    }

    pub(super) fn is_of(&self, username: &str) -> bool {
        self.username().is_some_and(|name| same(name, username))
    }

    fn username(&self) -> Option<&str> {
        self.text("username")
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str().filter(|text| !text.is_empty())
    }
}

impl Given {
    /// False where the broker says that the cookie is another person's.
    pub(super) fn may_be_of(&self, account: &Account) -> bool {
        self.username.as_deref().is_none_or(|username| account.is_of(username))
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// RFC 6265's token; and one that the jar will not keep.
fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    name.starts_with("x-ms-") && super::is_ours(name) && name.len() <= 100 && name.chars().all(allowed)
}

/// RFC 6265's cookie-octets.
fn is_value(value: &str) -> bool {
    let allowed = |c: char| c.is_ascii_graphic() && !"\",;\\".contains(c);
    (1..=LONGEST).contains(&value.len()) && value.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: &str = r#"{"accounts":[
        {"username":"Ada@Example.org","realm":"T1","homeAccountId":"1.2","extra":[1]},
        {"username":"ada@example.org","realm":"T2"},
        {"username":"bob@example.org","realm":"T1"},
        {"realm":"T1"}]}"#;

    fn chosen(all: &[Account], username: Option<&str>, tenant: &str) -> Option<String> {
        Account::choose(all, username, tenant).map(|account| account.0["realm"].to_string())
    }

    #[test]
    fn requests_hand_the_account_back_whole() {
        let request: Value = serde_json::from_str(&get_accounts("uuid")).unwrap();
        assert_eq!(request, json!({ "clientId": CLIENT, "redirectUri": "uuid" }));
        let all = accounts(REPLY).unwrap();
        let request: Value =
            serde_json::from_str(&acquire_cookie(&all[0], "https://login.example/")).unwrap();
        assert_eq!(request["account"], all[0].0);
        assert_eq!(request["ssoUrl"], "https://login.example/");
        assert_eq!(request["mamEnrollment"], false);
        let parameters = &request["authParameters"];
        assert_eq!(parameters["account"]["extra"], json!([1]));
        assert_eq!(parameters["username"], "Ada@Example.org");
        assert_eq!(parameters["ssoUrl"], "https://login.example/");
        assert_eq!(parameters["authorizationType"], 8);
        assert_eq!(parameters["uxContextHandle"], -1);
        assert_eq!(parameters["clientId"], CLIENT);
    }

    #[test]
    fn the_account_is_the_asked_one() {
        let all = accounts(REPLY).unwrap();
        for (username, tenant, expected) in [
            (Some("BOB@example.org"), "elsewhere", Some("\"T1\"")),
            (Some("ADA@example.org"), "t2", Some("\"T2\"")),
            (Some("ada@example.org"), "T3", None),
            (Some("eve@example.org"), "T1", None),
            (Some(""), "T1", None),
            (None, "T1", None),
        ] {
            assert_eq!(chosen(&all, username, tenant).as_deref(), expected, "{username:?} {tenant}");
        }
        let one = &all[2..3];
        assert_eq!(chosen(one, None, "t1").as_deref(), Some("\"T1\""));
        assert_eq!(chosen(one, None, "T2"), None);
        assert_eq!(chosen(&[], None, "T1"), None);
        for reply in ["", "[]", "{}", r#"{"accounts":{}}"#, r#"{"error":{"context":"x"}}"#] {
            assert_eq!(accounts(reply), None, "{reply}");
        }
        let strange = accounts(r#"{"accounts":[7,{"username":7}]}"#).unwrap();
        assert_eq!(chosen(&strange, Some("7"), "T1"), None);
    }

    #[test]
    fn cookies_of_every_version() {
        let given = |reply: &str| {
            cookie(reply).map(|given| (given.name, given.value.expose().to_owned(), given.username))
        };
        let expected = |username: Option<&str>| {
            Some((
                "x-ms-RefreshTokenCredential".to_owned(),
                "eyJ.a_b-c".to_owned(),
                username.map(str::to_owned),
            ))
        };
        let item = r#""cookieName":"x-ms-RefreshTokenCredential","cookieContent":"eyJ.a_b-c""#;
        assert_eq!(given(&format!("{{{item}}}")), expected(None));
        assert_eq!(given(&format!(r#"{{"cookieItems":[{{{item}}}],"state":{{}}}}"#)), expected(None));
        let with_account = format!(r#"{{"account":{{"username":"ada"}},"telemetry":"x",{item}}}"#);
        assert_eq!(given(&with_account), expected(Some("ada")));
        let beside_items = format!(r#"{{"account":{{"username":"ada"}},"cookieItems":[{{{item}}}]}}"#);
        assert_eq!(given(&beside_items), expected(Some("ada")));
        let in_item = format!(r#"{{"cookieItems":[{{"account":{{"username":"bob"}},{item}}}]}}"#);
        assert_eq!(given(&in_item), expected(Some("bob")));
    }

    #[test]
    fn implausible_cookies_are_none() {
        const NAME: &str = "x-ms-RefreshTokenCredential";
        let (long, longest) = ("a".repeat(LONGEST + 1), "a".repeat(LONGEST));
        assert!(cookie(&format!(r#"{{"cookieName":"{NAME}","cookieContent":"{longest}"}}"#)).is_some());
        for (name, value) in [
            (NAME, ""),
            (NAME, "two words"),
            (NAME, "a;b"),
            (NAME, "a\\r\\nSet-Cookie:b"),
            (NAME, "a\\u007f"),
            (NAME, "ä"),
            (NAME, &long),
            ("ESTSAUTH", "a"),
            ("X-MS-RefreshTokenCredential", "a"),
            ("x-ms-RefreshTokenCredential=b", "a"),
            ("x-ms-RefreshTokenCredential;b", "a"),
            ("x-ms-RefreshTokenCredential b", "a"),
            ("x-ms-gateway-slice", "a"),
        ] {
            let reply = format!(r#"{{"cookieName":"{name}","cookieContent":"{value}"}}"#);
            assert!(serde_json::from_str::<Value>(&reply).is_ok(), "{name}");
            assert_eq!(cookie(&reply), None, "{name}");
        }
        for reply in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"cookieItems":{}}"#,
            r#"{"cookieItems":[]}"#,
            r#"{"cookieName":"x-ms-RefreshTokenCredential"}"#,
            r#"{"cookieName":1,"cookieContent":"a"}"#,
            r#"{"error":{"status":3}}"#,
        ] {
            assert_eq!(cookie(reply), None, "{reply}");
        }
    }

    #[test]
    fn a_cookie_of_another_is_noticed() {
        let all = accounts(REPLY).unwrap();
        let given = |username: Option<&str>| Given {
            name: "x-ms-a".into(),
            value: Secret::new("v"),
            username: username.map(str::to_owned),
        };
        assert!(given(None).may_be_of(&all[2]));
        assert!(given(Some("Bob@example.org")).may_be_of(&all[2]));
        assert!(!given(Some("ada@example.org")).may_be_of(&all[2]));
    }
}
