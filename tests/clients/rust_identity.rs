//! Prints who the AWS SDK for Rust is by its default chain: one of the clients that the desktop tests ask.

#![expect(clippy::print_stdout, reason = "that is what it is for")]

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The tests' STS is on loopback: no TLS.
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_config::from_env().http_client(http).load().await;
    let identity = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let identity = identity.map_err(aws_sdk_sts::Error::from)?;
    println!("{}", identity.arn().unwrap_or_default());
    Ok(())
}
