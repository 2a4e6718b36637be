//! What is turned away before anybody looks at it: other names for this machine (DNS rebinding),
//! writes on behalf of other sites' pages, addresses that are too long or no text.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, Uri, header};

use crate::site::Code;
use crate::site::Problem;
use crate::site::limits::URI_BYTES_MAX;
use crate::site::settings::{Settings, without_port};

/// Whether a request may come in.
///
/// # Errors
///
/// When it may not.
pub(crate) fn check(
    settings: &Settings,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    address(uri)?;
    host(settings, uri, headers)?;
    if method.is_safe() {
        return Ok(());
    }
    same_site(settings, headers)
}

fn address(uri: &Uri) -> Result<(), Problem> {
    let bytes = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if bytes > URI_BYTES_MAX {
        let detail = format!("path and query have {bytes} bytes; {URI_BYTES_MAX} are allowed");
        return Err(Problem::new(Code::UriTooLong, detail));
    }
    for part in [uri.path(), uri.query().unwrap_or_default()] {
        if std::str::from_utf8(&decoded(part)).is_err() {
            let detail = "the address holds bytes that are not UTF-8: encode text as UTF-8 before \
                          its percent signs";
            return Err(Problem::new(Code::BrokenUtf8, detail));
        }
    }
    Ok(())
}

/// The bytes of a text with percent signs.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    bytes
}

/// Only this server's own names are answered: else a page anywhere could have its own name point
/// here, and read everything. Where others reach the server its names are known by the public URL
/// alone, and without one any name is answered. An address in numbers is nobody's name: probes and
/// scrapes use it.
fn host(settings: &Settings, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let public = settings.public_host();
    if !settings.is_loopback() && public.is_none() {
        return Ok(());
    }
    let name = without_port(authority(uri, headers).unwrap_or_default());
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let ip: Option<IpAddr> = bare.parse().ok();
    let is_own_ip = ip.is_some_and(|ip| ip.is_loopback() || !settings.is_loopback());
    let is_public = public.is_some_and(|public| public.eq_ignore_ascii_case(name));
    if is_own_ip || is_public || name.eq_ignore_ascii_case("localhost") {
        return Ok(());
    }
    let detail = match public {
        Some(public) => format!(
            "`{name}` is none of this server's names: use {public}, which --public-url names, localhost or \
             an address in numbers. A proxy passes on the name that it was asked for, in the header Host"
        ),
        None => format!(
            "`{name}` is none of this server's names: use localhost or 127.0.0.1, or start it with \
             --public-url naming that host"
        ),
    };
    Err(Problem::new(Code::WrongHost, detail))
}

fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let of_uri = uri.authority().map(axum::http::uri::Authority::as_str);
    of_uri.or_else(|| text(headers, header::HOST))
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A browser tells where a request comes from: `Sec-Fetch-Site`, or at least `Origin`. What tells
/// neither is no browser. `same-site` is refused like `cross-site`: every port of localhost is one
/// site, and so are all hosts of a company.
fn same_site(settings: &Settings, headers: &HeaderMap) -> Result<(), Problem> {
    let refused = |by: &str| {
        let detail = format!(
            "a page of another site asked for this ({by}): only this server's own pages, and \
             programs, may change things"
        );
        Problem::new(Code::CrossSite, detail)
    };
    if let Some(site) = headers.get("sec-fetch-site") {
        return match site.as_bytes() {
            b"same-origin" | b"none" => Ok(()),
            other => Err(refused(&format!(
                "Sec-Fetch-Site: {}",
                String::from_utf8_lossy(other)
            ))),
        };
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("null");
    let own = text(headers, header::HOST).unwrap_or_default();
    let is_own = !own.is_empty()
        && ["http://", "https://"]
            .iter()
            .any(|scheme| origin.strip_prefix(scheme) == Some(own));
    if is_own || settings.public_origin() == Some(origin) {
        return Ok(());
    }
    Err(refused(&format!("Origin: {origin}")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ask(
        settings: &Settings,
        method: &Method,
        uri: &str,
        headers: &[(&'static str, &str)],
    ) -> Option<Code> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let name = header::HeaderName::from_static(name);
                (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
            })
            .collect();
        let checked = check(settings, method, &uri.parse().unwrap(), &headers);
        checked.err().map(|problem| problem.code)
    }

    #[test]
    fn only_this_machines_names_are_answered() {
        let settings = Settings {
            public_url: Some("https://slo.example.org/tomoni".to_owned()),
            ..Settings::default()
        };
        let code = |host: &str| ask(&settings, &Method::GET, "/", &[("host", host)]);
        for good in [
            "localhost",
            "LOCALHOST:7357",
            "127.0.0.1:7357",
            "[::1]:7357",
            "slo.example.org",
        ] {
            assert_eq!(code(good), None, "{good}");
        }
        for bad in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "",
        ] {
            assert_eq!(code(bad), Some(Code::WrongHost), "{bad}");
        }
        assert_eq!(
            ask(&settings, &Method::GET, "/", &[]),
            Some(Code::WrongHost)
        );
        let exposed = Settings {
            listen: "0.0.0.0:80".parse().unwrap(),
            allow_exposed: true,
            ..Settings::default()
        };
        assert_eq!(
            ask(&exposed, &Method::GET, "/", &[("host", "any.example")]),
            None
        );
        let named = Settings {
            public_url: settings.public_url,
            ..exposed
        };
        for (host, code) in [
            ("slo.example.org", None),
            ("SLO.example.org:80", None),
            ("localhost", None),
            ("10.0.0.1:7357", None),
            ("[2001:db8::1]:7357", None),
            ("any.example", Some(Code::WrongHost)),
            ("10.0.0.1.any.example", Some(Code::WrongHost)),
            ("", Some(Code::WrongHost)),
        ] {
            assert_eq!(
                ask(&named, &Method::GET, "/", &[("host", host)]),
                code,
                "{host}"
            );
        }
    }

    #[test]
    fn other_sites_may_look_and_not_write() {
        let settings = Settings {
            public_url: Some("https://slo.example.org".to_owned()),
            ..Settings::default()
        };
        let host = ("host", "localhost:7357");
        let post = |name, value| ask(&settings, &Method::POST, "/", &[host, (name, value)]);
        assert_eq!(ask(&settings, &Method::POST, "/", &[host]), None);
        for (name, value) in [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
            ("origin", "http://localhost:7357"),
            ("origin", "https://slo.example.org"),
        ] {
            assert_eq!(post(name, value), None, "{name}: {value}");
        }
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "???"),
            ("origin", "http://localhost:3000"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            assert_eq!(post(name, value), Some(Code::CrossSite), "{name}: {value}");
            assert_eq!(
                ask(&settings, &Method::GET, "/", &[host, (name, value)]),
                None
            );
        }
    }

    #[test]
    fn addresses_are_text_and_short() {
        let code = |uri: &str| {
            ask(
                &Settings::default(),
                &Method::GET,
                uri,
                &[("host", "localhost")],
            )
        };
        assert_eq!(code("/slos/%E9%8C%A0?x=%E3%81%82%zz%"), None);
        assert_eq!(code("/slos/%ff"), Some(Code::BrokenUtf8));
        assert_eq!(code("/?x=%C3%28"), Some(Code::BrokenUtf8));
        assert_eq!(code(&format!("/{}", "x".repeat(URI_BYTES_MAX - 1))), None);
        assert_eq!(
            code(&format!("/{}", "x".repeat(URI_BYTES_MAX))),
            Some(Code::UriTooLong)
        );
    }
}
