//! What one capability asks of another inside its own transaction.
