//! `POST /preferences`: language and theme, for those without a script.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::context::{LANGUAGE_COOKIE, THEME_COOKIE};
use crate::site::Code;
use crate::site::Problem;
use crate::site::Site;
use crate::site::body;
use crate::site::limits::FORM_BYTES_MAX;
use crate::ui::{Language, Theme};

/// How long a browser keeps a choice, in seconds: a year.
const CHOICE_S: u32 = 365 * 24 * 60 * 60;

/// Keeps a choice and goes back to the page.
pub(crate) async fn choose(
    State(site): State<Site>,
    headers: HeaderMap,
    content: Body,
) -> Result<Response, Problem> {
    body::expect_type(&headers, &["application/x-www-form-urlencoded"])?;
    let bytes = body::read(&site, &headers, content, FORM_BYTES_MAX).await?;
    let form = Form::read(&bytes)?;
    let base = &site.settings().base_path;
    let location = format!("{base}{}", form.back);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(&location)
        .map_err(|_| bad("`return` holds what no address may hold"))?;
    headers.insert(header::LOCATION, location);
    let path = if base.is_empty() { "/" } else { base };
    let mut keep = |name: &str, value: &str| {
        let cookie = format!("{name}={value}; Path={path}; Max-Age={CHOICE_S}; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    };
    if let Some(language) = form.language {
        keep(LANGUAGE_COOKIE, language.tag());
    }
    if let Some(theme) = form.theme {
        keep(THEME_COOKIE, theme.name());
    }
    Ok(response)
}

fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidBody, detail)
}

/// What was chosen.
#[derive(Debug, Default, PartialEq, Eq)]
struct Form {
    language: Option<Language>,
    theme: Option<Theme>,
    back: String,
}

impl Form {
    fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let mut form = Self {
            back: "/".to_owned(),
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(bytes) {
            match name.as_ref() {
                "language" => {
                    let language = Language::from_tag(&value);
                    form.language =
                        Some(language.ok_or_else(|| {
                            bad(format!("there is no language `{value}`: en or ja"))
                        })?);
                }
                "theme" => {
                    let theme = Theme::from_name(&value);
                    form.theme = Some(theme.ok_or_else(|| {
                        bad(format!(
                            "there is no theme `{value}`: system, light or dark"
                        ))
                    })?);
                }
                "return" => form.back = local(&value)?,
                other => return Err(bad(format!("`{other}` is no preference"))),
            }
        }
        Ok(form)
    }
}

/// A path of this site, and of no other: a browser takes `//host` and `/\host` for another.
fn local(path: &str) -> Result<String, Problem> {
    let is_plain = path.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if path.starts_with('/') && !path.starts_with("//") && is_plain {
        Ok(path.to_owned())
    } else {
        Err(bad(
            "`return` must be a path of this site, such as /findings",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_back_to() {
        for good in ["/", "/slos/a?objective=2", "/teams/%E9%8C%A0"] {
            assert_eq!(local(good).unwrap(), good);
        }
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a b",
        ] {
            assert_eq!(local(bad).unwrap_err().code, Code::InvalidBody, "{bad}");
        }
    }

    #[test]
    fn forms_are_read() {
        let form = Form::read(b"theme=dark&return=%2Fslos%2Fa%3Fobjective%3D2").unwrap();
        assert_eq!(form.theme, Some(Theme::Dark));
        assert_eq!(
            (form.language, form.back.as_str()),
            (None, "/slos/a?objective=2")
        );
        assert_eq!(
            Form::read(b"language=ja").unwrap().language,
            Some(Language::Japanese)
        );
        for bad in ["theme=pink", "language=tlh", "x=y"] {
            assert_eq!(
                Form::read(bad.as_bytes()).unwrap_err().code,
                Code::InvalidBody,
                "{bad}"
            );
        }
    }
}
