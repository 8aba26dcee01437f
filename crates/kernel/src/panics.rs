//! What a panic says.

use std::any::Any;

/// What the program's own text says of it, for the log: a message that was put together may quote what people wrote.
#[must_use]
pub fn said(panic: &(dyn Any + Send)) -> &'static str {
    panic.downcast_ref::<&'static str>().copied().unwrap_or("no plain message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_put_together_is_said() {
        assert_eq!(said(&"as a test does"), "as a test does");
        assert_eq!(said(&format!("of {}", "aiko")), "no plain message");
    }
}
