//! moto as the rig starts it: it answers real clients, and ends with us.

use jiff::Timestamp;
use rolecall_demo::aws::signature;
use rolecall_demo::http;
use rolecall_demo::rig::moto::Moto;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn moto_answers_and_ends() {
    let python = std::env::var_os("ROLECALL_PYTHON");
    let python = python.expect("ROLECALL_PYTHON names a Python with moto: run `make test`");
    let moto = Moto::start(python.as_ref(), None).expect("moto starts");
    let host = moto.url().trim_start_matches("http://");
    let body = b"Action=GetCallerIdentity&Version=2011-06-15";
    // The signature's scope is what tells moto which service is meant.
    let keys = ("ASIAEXAMPLE", "secret", "token");
    let headers = signature::sign(keys, ("POST", host, "/", body), "eu-central-1", Timestamp::now());
    let answer = http::request("POST", moto.url(), &headers, Some(body), SOON).expect("an answer");
    assert!(answer.body.contains(Moto::STRANGER), "{}", answer.body);
    let url = moto.url().to_owned();
    drop(moto);
    assert!(http::request("GET", &url, &[], None, SOON).is_err());
}
