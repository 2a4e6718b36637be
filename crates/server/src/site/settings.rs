//! How the server is to be reached, and by whom.

use std::net::{IpAddr, SocketAddr};

use jiff::tz::TimeZone;

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What a proxy puts before every path, such as `/tomoni`; empty, or starting with `/` and not
    /// ending with it. Requests are answered with and without it.
    pub base_path: String,
    /// The address that people use, `https://slo.example.org/tomoni`, where it is another. Its path,
    /// where it has one, is the base path.
    pub public_url: Option<String>,
    /// Listen also where others can reach it, without a sign-in.
    pub allow_exposed: bool,
    /// An address that is called every minute while all is well.
    pub heartbeat: Option<Heartbeat>,
    /// The zone of pages whose reader's own is not known.
    pub zone: TimeZone,
}

/// Whom to tell that Tomoni lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The address.
    pub url: String,
    /// POST instead of GET.
    pub is_post: bool,
}

/// The address that is listened on when none is given.
pub const LISTEN_DEFAULT: SocketAddr =
    SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7357);

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: LISTEN_DEFAULT,
            base_path: String::new(),
            public_url: None,
            allow_exposed: false,
            heartbeat: None,
            zone: TimeZone::UTC,
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Others could reach it, and nobody would have to sign in.
    #[error(
        "{0} can be reached from other machines, and there is no sign-in: everybody who reaches it \
         could read and change everything. Listen on 127.0.0.1, behind a proxy that signs people \
         in; or say --listen-without-sign-in if that is what you want"
    )]
    Exposed(SocketAddr),
    /// The base path is not one.
    #[error(
        "the base path `{0}` must start with `/`, must not end with `/`, and may hold letters, \
         digits, `-`, `_`, `.` and `/`: write /tomoni"
    )]
    BasePath(String),
    /// The public URL is not one.
    #[error("the public URL `{0}` must start with http:// or https:// and name a host")]
    PublicUrl(String),
    /// The public URL names another path than the base path.
    #[error(
        "the public URL's path is `{public}`, and the base path is `{base}`: people would be led to \
         where nobody answers; give the same to both, or leave out --base-path"
    )]
    TwoPaths {
        /// The public URL's path.
        public: String,
        /// The base path.
        base: String,
    },
    /// The heartbeat's URL is not one.
    #[error("the heartbeat's URL `{0}` must start with http:// or https:// and name a host")]
    HeartbeatUrl(String),
}

impl Settings {
    /// Whether the settings can be used.
    ///
    /// # Errors
    ///
    /// When they cannot.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !self.listen.ip().to_canonical().is_loopback() && !self.allow_exposed {
            return Err(SettingsError::Exposed(self.listen));
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let base = &self.base_path;
        let is_base = base.is_empty()
            || (base.starts_with('/')
                && !base.ends_with('/')
                && !base.contains("//")
                && base.chars().all(is_plain));
        if !is_base {
            return Err(SettingsError::BasePath(base.clone()));
        }
        if let Some(url) = self
            .public_url
            .as_deref()
            .filter(|url| host_of(url).is_none())
        {
            return Err(SettingsError::PublicUrl(url.to_owned()));
        }
        let public = self.public_path();
        if !public.is_empty() && public != base {
            return Err(SettingsError::TwoPaths {
                public: public.to_owned(),
                base: base.clone(),
            });
        }
        let heartbeat = self
            .heartbeat
            .as_ref()
            .map(|heartbeat| heartbeat.url.as_str());
        if let Some(url) = heartbeat.filter(|url| host_of(url).is_none()) {
            return Err(SettingsError::HeartbeatUrl(url.to_owned()));
        }
        Ok(())
    }

    /// Whether only this machine reaches it.
    pub fn is_loopback(&self) -> bool {
        self.listen.ip().to_canonical().is_loopback()
    }

    /// The host of the public URL, without its port.
    pub(crate) fn public_host(&self) -> Option<&str> {
        let authority = self.public_url.as_deref().and_then(host_of)?;
        Some(without_port(authority))
    }

    /// The path of the public URL, without a `/` at its end.
    pub fn public_path(&self) -> &str {
        self.public_url.as_deref().map_or("", path_of)
    }

    /// Scheme and authority of the public URL: what a browser sends as `Origin`.
    pub(crate) fn public_origin(&self) -> Option<&str> {
        let url = self.public_url.as_deref()?;
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some(&url[..scheme.len() + "://".len() + end])
    }
}

/// The path of an address of the web, without a `/` at its end.
fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
    let end = path.find(['?', '#']).unwrap_or(path.len());
    path[..end].trim_end_matches('/')
}

/// The authority of an address of the web, where it has one.
fn host_of(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let is_plain = |c: char| c.is_ascii_graphic() && c != '@' && c != '\\';
    (!without_port(authority).is_empty() && authority.chars().all(is_plain)).then_some(authority)
}

/// A host without its port; an IPv6 address keeps its brackets.
pub(crate) fn without_port(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority
            .find(']')
            .map_or(authority, |end| &authority[..=end]);
    }
    authority.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(listen: &str) -> Settings {
        Settings {
            listen: listen.parse().unwrap(),
            ..Settings::default()
        }
    }

    #[test]
    fn only_loopback_needs_no_sign_in() {
        for listen in [
            "127.0.0.1:0",
            "127.8.9.1:80",
            "[::1]:80",
            "[::ffff:127.0.0.1]:80",
        ] {
            assert_eq!(with(listen).check(), Ok(()), "{listen}");
        }
        for listen in [
            "0.0.0.0:80",
            "10.0.0.1:80",
            "[::]:80",
            "[::ffff:10.0.0.1]:80",
        ] {
            let settings = with(listen);
            assert_eq!(
                settings.check(),
                Err(SettingsError::Exposed(settings.listen))
            );
            let told = Settings {
                allow_exposed: true,
                ..settings
            };
            assert_eq!(told.check(), Ok(()), "{listen}");
        }
    }

    #[test]
    fn base_paths_are_checked() {
        let check = |base: &str| {
            Settings {
                base_path: base.to_owned(),
                ..Settings::default()
            }
            .check()
        };
        for good in ["", "/tomoni", "/a/b-c_d.e"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["/", "tomoni", "/tomoni/", "/a//b", "/a b", "/{x}", "//evil"] {
            assert_eq!(check(bad), Err(SettingsError::BasePath(bad.to_owned())));
        }
    }

    #[test]
    fn addresses_of_the_web_are_checked() {
        let check = |url: &str| {
            Settings {
                public_url: Some(url.to_owned()),
                ..Settings::default()
            }
            .check()
        };
        for good in [
            "https://slo.example.org",
            "http://[::1]:8080/",
            "https://a:1/?x",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "slo.example.org",
            "ftp://a",
            "https://",
            "https://:80",
            "https://a b",
            "https://u@h",
        ] {
            assert_eq!(check(bad), Err(SettingsError::PublicUrl(bad.to_owned())));
        }
        let both = |url: &str, base: &str| Settings {
            public_url: Some(url.to_owned()),
            base_path: base.to_owned(),
            ..Settings::default()
        };
        assert_eq!(both("https://a/tomoni/?x", "/tomoni").check(), Ok(()));
        // A proxy may take a path away that it does not have in public.
        assert_eq!(both("https://a", "/tomoni").check(), Ok(()));
        for base in ["", "/slo"] {
            assert!(matches!(
                both("https://a/tomoni", base).check(),
                Err(SettingsError::TwoPaths { .. })
            ));
        }
        let settings = Settings {
            public_url: Some("https://slo.example.org:8443/tomoni?x".to_owned()),
            ..Settings::default()
        };
        assert_eq!(settings.public_host(), Some("slo.example.org"));
        assert_eq!(
            settings.public_origin(),
            Some("https://slo.example.org:8443")
        );
    }
}
