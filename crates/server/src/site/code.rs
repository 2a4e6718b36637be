//! Every way in which a request can fail, with a code that programs may rely on.

/// Makes [`Code`] and its table from one list.
macro_rules! codes {
    ($($variant:ident = $code:literal, $status:literal, $title:literal, $what:literal;)*) => {
        /// Why a request failed. The word ([`Code::as_str`]) is for ever: it never means anything else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that stands in the answer.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// What the code says, in a few words; the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// When it is answered, and what to do.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }
        }
    };
}

codes! {
    BrokenUtf8 = "broken-utf8", 400, "the address is not UTF-8",
        "A path or query is not UTF-8 once its percent signs are decoded.";
    BadQuery = "bad-query", 400, "the query cannot be used",
        "A parameter is unknown, of the wrong type, or out of its range; `detail` names it.";
    MalformedBody = "malformed-body", 400, "the body cannot be read",
        "The body is not UTF-8, not JSON, or ends early; `detail` says where.";
    CrossSite = "cross-site", 403, "another site may not write here",
        "A browser sent a request that changes something on behalf of another site's page.";
    NotFound = "not-found", 404, "nothing stands at this address",
        "No page and no operation has this address. `/api` lists them.";
    UnknownName = "unknown-name", 404, "nothing has this name",
        "The SLO, team, service, SLI or document does not exist; `detail` offers a near name.";
    MethodNotAllowed = "method-not-allowed", 405, "the address does not take this method",
        "The header `Allow` names the methods that it takes.";
    SlowBody = "slow-body", 408, "the body came too slowly",
        "The body was not complete in time. Send smaller batches.";
    Conflict = "conflict", 409, "it was changed in the meantime",
        "Somebody else changed the document since the version that was given, or an id was sent \
         before with other content. Read it again and decide anew.";
    ManagedElsewhere = "managed-elsewhere", 409, "the document is managed in a directory",
        "A file below `--specs` defines it; change it there. `detail` names the file.";
    LedgerShared = "ledger-shared", 409, "others count by it",
        "Other SLOs count by all that was to be deleted; `detail` names them. `?shared=true` deletes it \
         for them, too.";
    BodyTooLarge = "body-too-large", 413, "the body is too large",
        "`detail` names the limit. Send it in parts.";
    UriTooLong = "uri-too-long", 414, "the address is too long",
        "Path and query together have a limit; `detail` names it.";
    UnsupportedMediaType = "unsupported-media-type", 415, "the body has the wrong type",
        "`detail` names the values of `Content-Type` that are taken.";
    WrongHost = "wrong-host", 421, "this server does not answer to that name",
        "The header `Host` names neither this machine nor the configured public URL: DNS \
         rebinding, or a proxy that does not say for whom it asks (`--public-url`).";
    InvalidBody = "invalid-body", 422, "the body means nothing that can be done",
        "The body is well formed, but a value in it is missing, of the wrong type or out of its \
         range; `detail` says which. Nothing of it was taken.";
    InvalidDocuments = "invalid-documents", 422, "the documents have errors",
        "`findings` lists them with file, line and column. Nothing was changed.";
    ClosedMinute = "closed-minute", 422, "a minute is closed",
        "Counts were pushed for a minute that is too old to change, or lies ahead. Nothing of the \
         batch was taken.";
    NothingToRead = "nothing-to-read", 422, "nobody can be asked for these minutes",
        "The SLO's counts are pushed, or no server is configured for them, so nothing can be read \
         again. What was pushed wrongly is mended by pushing what is missing.";
    ConfirmationMissing = "confirmation-missing", 422, "the confirmation is missing",
        "What cannot be undone wants the name a second time, as `?confirm=`.";
    Internal = "internal", 500, "a defect of Tomoni",
        "The log tells more under the `request_id`. Nothing that was acknowledged is lost.";
    DatabaseDamaged = "database-damaged", 500, "the database is damaged",
        "What was asked for stands in a part of the database that cannot be read any more; `detail` \
         says which. The rest can be used. Trying again does not help: restore it from a backup.";
    NotReady = "not-ready", 503, "no figures yet",
        "The server is starting, or nothing was ever read. Try again soon.";
    DatabaseUnavailable = "database-unavailable", 503, "the database does not answer",
        "What needs the database cannot be answered or kept at the moment. Try again: nothing was \
         changed, or what was sent is recognised by its id.";
    Overloaded = "overloaded", 503, "too many requests at once",
        "`Retry-After` says when to try again.";
    TooManyStreams = "too-many-streams", 503, "too many listeners",
        "As many clients as are allowed listen to `/events` already.";
    TimedOut = "timed-out", 503, "the answer took too long",
        "The request was given up. Ask for less, or try again.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_words_and_differ() {
        let words: HashSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(code.as_str().chars().all(is_word), "{code:?}");
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.what().ends_with('.'), "{code:?}");
        }
    }
}
