//! A panic in a piece of work is an error of that piece: whoever waits for it is told, and the next piece runs.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::StoreError;

/// Runs work to its end, or to its panic. What it borrowed must be thrown away then: it may be half changed.
///
/// # Errors
/// [`StoreError::Panicked`], with what the panic said.
pub(crate) async fn caught<R>(work: impl Future<Output = R>) -> Result<R, StoreError> {
    let mut work = pin!(work);
    let ran = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(outcome)) => Poll::Ready(Ok(outcome)),
        Err(panic) => Poll::Ready(Err(panic)),
    });
    ran.await.map_err(|panic| panicked(panic.as_ref()))
}

/// Logs a panic, and gives it as the error that its caller is told.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> StoreError {
    let said = kernel::panics::said(panic);
    tracing::error!(said, "work in a transaction panicked");
    StoreError::Panicked(said.to_owned())
}
