//! Promises, which a server keeps or does not.

use std::fmt::Debug;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::time::timeout;

/// How long one promise may take.
const WITHIN: Duration = Duration::from_secs(20);

/// Says that a promise was kept, or fails with its name and the reason.
pub async fn kept<T>(promise: &str, seen: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = timeout(WITHIN, seen).await.with_context(|| promise.to_owned())?;
    let value = answer.with_context(|| promise.to_owned())?;
    println!("ok {promise}");
    Ok(value)
}

/// Fails, showing both, when they differ.
pub fn same<T: Debug + PartialEq>(what: &str, got: T, want: T) -> Result<()> {
    if got != want {
        bail!("{what} is {got:?} instead of {want:?}");
    }
    Ok(())
}

/// Fails unless the answer is an error with this code and reason.
pub fn refused<T: Debug>(answer: kube::Result<T>, code: u16, reason: &str) -> Result<()> {
    match answer {
        Err(kube::Error::Api(status)) => same("the refusal", (status.code, status.reason.as_str()), (code, reason)),
        other => bail!("the answer is {other:?} instead of {code} {reason}"),
    }
}
