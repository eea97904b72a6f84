//! Entra's errors by their code: what each means, what helps, and who can do it.
//!
//! Microsoft documents the codes ("Microsoft Entra authentication and authorization error codes"); the words are ours.

/// Who can do something about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhoCanHelp {
    /// The person who signs in.
    You,
    /// Whoever manages the AWS application in Entra.
    ApplicationAdministrator,
    /// Whoever manages accounts, devices and policies.
    ItDepartment,
}

/// One error of Entra.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntraErrorAdvice {
    /// Without its `AADSTS`.
    pub code: u32,
    /// Follows "Entra refused the sign-in with AADSTS…: ".
    pub meaning: &'static str,
    /// A sentence for [`WhoCanHelp::You`]; for others what follows "Ask … to ".
    pub advice: &'static str,
    pub who: WhoCanHelp,
    /// Whether it may well be gone in a while, without anybody's help.
    pub transient: bool,
}

impl EntraErrorAdvice {
    /// What to do, as a sentence.
    pub fn help(&self) -> String {
        let advice = self.advice;
        match self.who {
            WhoCanHelp::You => advice.to_owned(),
            WhoCanHelp::ApplicationAdministrator => {
                format!("Ask the administrator of the AWS application in Entra to {advice}.")
            }
            WhoCanHelp::ItDepartment => format!("Ask your IT department to {advice}."),
        }
    }
}

/// The advice for a code as Entra writes it: `AADSTS50105`.
pub fn find(code: &str) -> Option<&'static EntraErrorAdvice> {
    let number: u32 = code.strip_prefix("AADSTS")?.parse().ok()?;
    ADVICE.iter().find(|advice| advice.code == number)
}

/// A code with its meaning, where that is known.
pub fn described(code: &str) -> String {
    find(code).map_or_else(|| code.to_owned(), |advice| format!("{code}: {}", advice.meaning))
}

/// What to do about a code.
pub fn help(code: &str) -> String {
    find(code).map_or_else(
        || {
            let number = code.strip_prefix("AADSTS").unwrap_or_default();
            format!(
                "Look the code up at https://login.microsoftonline.com/error?code={number}, or give it to your IT department."
            )
        },
        EntraErrorAdvice::help,
    )
}

/// The first code in a text of Entra's, with its prefix.
pub fn code_in(text: &str) -> Option<&str> {
    const PREFIX: &str = "AADSTS";
    text.match_indices(PREFIX).find_map(|(start, _)| {
        let within_a_word = text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        let end = start + PREFIX.len();
        let digits = text[end..].bytes().take_while(u8::is_ascii_digit).count();
        (!within_a_word && (4..=7).contains(&digits)).then(|| &text[start..end + digits])
    })
}

const AGAIN: &str = "Sign in again.";
const FINISH_ON_THE_PAGE: &str = "Sign in again, and finish every step that the page asks for.";
const OTHER_ACCOUNT: &str = "Sign in again with the account of your organization (azure_default_username).";
const CHECK_APPLICATION: &str = "Check azure_app_id_uri and azure_tenant_id in the profile.";
const CHECK_TENANT: &str = "Check azure_tenant_id in the profile.";
const WAIT: &str = "Wait a few minutes, then sign in again.";
const COMPLIANT: &str = "enroll this computer and to tell you what it lacks to be compliant";
const REGISTER_DEVICE: &str = "register this computer with your organization";
const SHOW_SIGN_IN_LOG: &str = "look at this sign-in in Entra's sign-in log, which names the policy";
const SAML_SETTINGS: &str =
    "compare its SAML settings with the request; give them this code and the correlation ID on the page";
const SIGNING_KEY: &str = "renew the signing certificate of the application";
const FEDERATION: &str = "check the connection between Entra and your organization's own sign-in server";

macro_rules! advice {
    ($($code:literal $who:ident $(($transient:ident))? $meaning:literal, $advice:expr;)*) => {
        &[$(EntraErrorAdvice {
            code: $code,
            meaning: $meaning,
            advice: $advice,
            who: WhoCanHelp::$who,
            transient: advice!(@ $($transient)?),
        },)*]
    };
    (@ transient) => { true };
    (@) => { false };
}

/// In the order of the numbers.
const ADVICE: &[EntraErrorAdvice] = advice![
    16000 You "several accounts are signed in, and none of them fits", OTHER_ACCOUNT;
    50000 You (transient) "Entra could not issue an answer", WAIT;
    50002 ItDepartment "your network allows sign-ins to certain organizations only", "allow this organization's sign-ins on your network";
    50003 ApplicationAdministrator "the application has no valid signing key", SIGNING_KEY;
    50005 ItDepartment "the organization's policy does not support this kind of device", "tell you which devices may be used";
    50011 ApplicationAdministrator "the reply address is not registered for the application", "register the reply address, or to tell you the one for azure_acs_url";
    50014 You "your invitation as a guest has not been accepted", "Accept the invitation mail of that organization, then sign in again.";
    50020 You "the account that you used belongs to another organization, which is not a guest here", OTHER_ACCOUNT;
    50033 You (transient) "Entra has trouble of its own", WAIT;
    50034 You "the account does not exist in this organization", "Check the spelling of azure_default_username and azure_tenant_id, then sign in again.";
    50053 You (transient) "the account is locked for a while after too many attempts, or your network address is suspicious", "Wait some minutes before you sign in again; if it stays locked, ask your IT department to unlock the account.";
    50055 You "your password has expired", "Change your password, then sign in again.";
    50056 ItDepartment "no password is stored for the account", "reset your password";
    50057 ItDepartment "your account is disabled", "enable the account";
    50058 You "nobody is signed in to Entra", AGAIN;
    50059 You "the request does not say which organization it is for", CHECK_TENANT;
    50072 You "you have to register for multi-factor authentication first", FINISH_ON_THE_PAGE;
    50074 You "multi-factor authentication was not completed", FINISH_ON_THE_PAGE;
    50076 You "multi-factor authentication is required here", FINISH_ON_THE_PAGE;
    50078 You "your multi-factor authentication has expired", FINISH_ON_THE_PAGE;
    50079 You "you have to register for multi-factor authentication", FINISH_ON_THE_PAGE;
    50085 You "the account's own provider wants you to sign in there", AGAIN;
    50087 You (transient) "the second factor could not be asked for", WAIT;
    50088 You (transient) "the limit of telephone verifications is reached", "Use another method on the page, or wait and sign in again.";
    50089 You "the page was left open for too long", AGAIN;
    50097 ItDepartment "the computer has to prove who it is", REGISTER_DEVICE;
    50105 ApplicationAdministrator "you are not assigned to the AWS application", "assign you, or a group of yours";
    50107 ItDepartment "the organization's own sign-in server is not known to Entra", FEDERATION;
    50125 You "you have to reset your password or register for that first", FINISH_ON_THE_PAGE;
    50126 You "the user name or the password is wrong", "Check the user name, then type the password again.";
    50127 ItDepartment "an app of Microsoft that vouches for the device is missing", "tell you which app to install (Company Portal or Authenticator)";
    50128 You "the organization's domain is not valid", CHECK_TENANT;
    50129 ItDepartment "the computer is not registered with the organization", REGISTER_DEVICE;
    50131 ItDepartment "a Conditional Access policy refused the sign-in", SHOW_SIGN_IN_LOG;
    50132 You "your sign-in at Entra was ended", AGAIN;
    50133 You "your sign-in at Entra has ended, or your password was changed", AGAIN;
    50135 You "your password has to be changed because the account is at risk", "Change your password, then sign in again.";
    50140 You "the question \"Stay signed in?\" was not answered", FINISH_ON_THE_PAGE;
    50143 You "you are signed in to another organization", "Run `rolecall sign-out --forget`, then sign in again.";
    50144 You "your password in Active Directory has expired", "Change your password, then sign in again.";
    50146 ApplicationAdministrator "the application has no signing key of its own", SIGNING_KEY;
    50155 ItDepartment "the computer could not prove who it is", "check the registration of this computer";
    50158 You "a further check outside Entra was not passed", FINISH_ON_THE_PAGE;
    50173 You "the sign-in is from before your password was changed or your sessions were ended", "Run `rolecall sign-out --forget`, then sign in again.";
    50180 ItDepartment "sign-on by Windows is required, and did not take place", "check seamless single sign-on, and whether this computer is on the organization's network";
    50196 You (transient) "the same sign-in was repeated too quickly", WAIT;
    51004 You "the account does not exist in this organization", "Check the spelling of azure_default_username and azure_tenant_id, then sign in again.";
    53000 ItDepartment "the policy requires a compliant computer, and this one is not", COMPLIANT;
    53001 ItDepartment "the policy requires a computer that is joined to the organization's domain", "tell you which computer to use, or to join this one";
    53002 ItDepartment "the policy allows approved apps only", "allow the application in a browser, or to tell you the approved app";
    53003 ItDepartment "a Conditional Access policy blocks it", SHOW_SIGN_IN_LOG;
    53004 ItDepartment "you cannot register for multi-factor authentication because the sign-in looks risky", "check the risk of your account, then register your second factor";
    53009 ItDepartment "the policy requires an app that Intune protects", "tell you from which app or computer you may sign in";
    53010 ItDepartment "you may not register for multi-factor authentication from this place", "register your second factor from a trusted network";
    53011 ItDepartment "your account is blocked because it is at risk", "check and dismiss the risk of your account";
    54000 ItDepartment "the account's age group may not use this application", "check the age group and the consent of your account";
    65001 ApplicationAdministrator "the application lacks a consent", "grant the consent for the organization";
    65004 You "the consent was declined", "Sign in again, and accept what the application asks for; ask its administrator if you are not sure.";
    70008 You "the sign-in at Entra has expired", AGAIN;
    70011 ApplicationAdministrator "the request asks for a scope that the application does not have", SAML_SETTINGS;
    70043 You "your organization limits how long a sign-in lasts, and it has ended", AGAIN;
    70044 You "your organization limits how long a sign-in lasts, and it has ended", AGAIN;
    75001 ApplicationAdministrator "the SAML request could not be read", SAML_SETTINGS;
    75003 ApplicationAdministrator "the application's SAML binding is not supported", SAML_SETTINGS;
    75005 You "the request is not a SAML request that Entra accepts", CHECK_APPLICATION;
    75008 ApplicationAdministrator "the SAML request was denied for an unexpected destination", SAML_SETTINGS;
    75011 You "you signed in by another method than the application asks for", "Run `rolecall sign-out --forget`, then sign in again.";
    75016 ApplicationAdministrator "the SAML request asks for a kind of user name that is not allowed", SAML_SETTINGS;
    80001 ItDepartment (transient) "Entra cannot reach your organization's Active Directory", FEDERATION;
    80002 ItDepartment (transient) "your organization's Active Directory did not answer in time", FEDERATION;
    80007 You (transient) "the password could not be checked by your organization", WAIT;
    81004 ItDepartment "sign-on by Windows did not work (Kerberos)", "check seamless single sign-on";
    90002 You "Entra does not know the tenant", CHECK_TENANT;
    90014 You "the page's form was incomplete", AGAIN;
    90015 You "the request is too long for Entra", CHECK_APPLICATION;
    90023 You "Entra did not accept the request", CHECK_APPLICATION;
    90033 You (transient) "Entra's directory has trouble of its own", WAIT;
    90072 You "the account that you used is not a guest of this organization", OTHER_ACCOUNT;
    90094 ApplicationAdministrator "an administrator has to consent to the application first", "grant the consent for the organization";
    90095 ApplicationAdministrator "an administrator has to approve your request for the application first", "approve the request";
    90100 You "a part of the page's form was empty or not valid", AGAIN;
    130004 ItDepartment "the key of Windows Hello is not known to Entra", "set up Windows Hello for Business again on this computer";
    135010 You "the key of Windows Hello or the passkey is not known to Entra", "Sign in by another method, then register the passkey or Windows Hello again.";
    135011 ItDepartment "the computer is disabled in Entra", "enable this computer";
    165000 You "the page's cookies are missing, or the page was left open for too long", "Run `rolecall sign-out --forget`, then sign in again without going back in the page.";
    165004 You "the page's cookies are missing, or the page was left open for too long", "Run `rolecall sign-out --forget`, then sign in again without going back in the page.";
    165900 You "Entra's page sent a request that Entra itself did not accept", AGAIN;
    399218 You "Entra needs a further step from you", FINISH_ON_THE_PAGE;
    500011 You "Entra does not know the application in this tenant", CHECK_APPLICATION;
    500014 ApplicationAdministrator "the application is disabled", "enable sign-in for it";
    500021 ItDepartment "your network allows sign-ins to certain organizations only", "allow this organization's sign-ins on your network";
    500113 ApplicationAdministrator "no reply address is registered for the application", "register the reply address, or to tell you the one for azure_acs_url";
    500121 You "the second factor was denied, or not answered in time", "Sign in again, and approve the request or type the code.";
    500133 You "the time in the request is not valid", "Set the computer's clock, then sign in again.";
    500208 You "the account is not of the kind that signs in here", OTHER_ACCOUNT;
    530002 ItDepartment "the policy requires a compliant computer", COMPLIANT;
    530003 ItDepartment "the policy requires a computer that your organization manages", REGISTER_DEVICE;
    530004 ItDepartment "the organization does not accept the compliant computers of guests", "have the organization that owns the application trust your organization's compliant devices (cross-tenant access settings)";
    700003 ItDepartment "the computer's registration was deleted in Entra", "register this computer again";
    700016 You "Entra does not know the application in this tenant", CHECK_APPLICATION;
    700027 ApplicationAdministrator "the signature of the application is not valid", SIGNING_KEY;
    700082 You "the sign-in at Entra was not used for too long", AGAIN;
    750054 You "the SAML request did not arrive at Entra", "Sign in again; if it stays so, look for a proxy that shortens addresses.";
    900023 You "the tenant is neither a domain nor an ID that Entra knows", CHECK_TENANT;
    900971 ApplicationAdministrator "no reply address was given", "register the reply address, or to tell you the one for azure_acs_url";
    9002313 You "the request is malformed", CHECK_APPLICATION;
    9002325 ApplicationAdministrator "the reply address is registered for another kind of application", "register the reply address as a web address (SAML), not as a single-page application";
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    #[test]
    fn each_code_has_one_row_with_words_that_say_what_to_do() {
        assert!(ADVICE.is_sorted_by(|a, b| a.code < b.code), "in order, and each once");
        assert!(ADVICE.len() >= 60, "{}", ADVICE.len());
        for advice in ADVICE {
            let error = format!("AADSTS{}", advice.code);
            assert_eq!(find(&error), Some(advice));
            let problem = Problem::EntraRefused { error };
            let (what, help) = (problem.to_string(), problem.help());
            assert!(what.contains(&format!("AADSTS{}: {}.", advice.code, advice.meaning)), "{what}");
            assert!(help.ends_with('.') && !help.contains("error?code="), "{help}");
            let by_hand = advice.advice.starts_with(char::is_uppercase);
            assert_eq!(by_hand, advice.who == WhoCanHelp::You, "{error}", error = advice.code);
            assert_eq!(problem.passes(), advice.transient, "{}", advice.code);
        }
    }

    #[test]
    fn the_codes_that_people_meet() {
        use WhoCanHelp::{ApplicationAdministrator, ItDepartment, You};
        for (code, who, part) in [
            ("50020", You, "account of your organization"),
            ("50034", You, "azure_default_username"),
            ("50053", You, "Wait"),
            ("50057", ItDepartment, "enable the account"),
            ("50058", You, "Sign in again"),
            ("50074", You, "every step"),
            ("50076", You, "every step"),
            ("50079", You, "every step"),
            ("50097", ItDepartment, "register this computer"),
            ("50105", ApplicationAdministrator, "assign you"),
            ("50126", You, "password"),
            ("50158", You, "every step"),
            ("50173", You, "--forget"),
            ("53000", ItDepartment, "compliant"),
            ("53001", ItDepartment, "which computer"),
            ("53002", ItDepartment, "approved app"),
            ("53003", ItDepartment, "names the policy"),
            ("530004", ItDepartment, "cross-tenant"),
            ("65001", ApplicationAdministrator, "consent"),
            ("70011", ApplicationAdministrator, "SAML settings"),
            ("700016", You, "azure_app_id_uri"),
            ("75011", You, "--forget"),
            ("75016", ApplicationAdministrator, "SAML settings"),
            ("90072", You, "account of your organization"),
            ("165000", You, "--forget"),
            ("399218", You, "every step"),
        ] {
            let advice = find(&format!("AADSTS{code}")).expect(code);
            assert_eq!(advice.who, who, "{code}");
            assert!(advice.help().contains(part), "{code}: {}", advice.help());
        }
        for unknown in ["AADSTS1234567", "AADSTS", "50105", "AADSTS5010500", "AADSTSx", ""] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
        let help = Problem::EntraRefused { error: "AADSTS1234567".into() }.help();
        assert!(help.contains("https://login.microsoftonline.com/error?code=1234567"), "{help}");
    }

    #[test]
    fn codes_in_texts() {
        for (text, code) in [
            ("AADSTS50105: Your administrator has configured", Some("AADSTS50105")),
            ("Error (AADSTS700016).", Some("AADSTS700016")),
            ("AADSTS1 and AADSTS9002325", Some("AADSTS9002325")),
            ("XAADSTS50105", None),
            ("AADSTS12345678", None),
            ("Correlation ID: 53003", None),
            ("", None),
        ] {
            assert_eq!(code_in(text), code, "{text}");
        }
    }
}
