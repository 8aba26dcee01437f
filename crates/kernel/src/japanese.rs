//! Japanese text: folding for search, kana order.
