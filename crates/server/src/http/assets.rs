//! Style, scripts, icon: named after their content, compressed when they were built.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use tomoni_assets::Asset;

use crate::site::Code;
use crate::site::Problem;

/// One file.
pub(crate) async fn asset(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = tomoni_assets::find(&name).ok_or_else(|| {
        let detail =
            format!("there is no file `{name}`: it belongs to another version; reload the page");
        Problem::new(Code::NotFound, detail)
    })?;
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (bytes, encoding) = encoded(asset, accepted);
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.content_type),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(tomoni_assets::CACHE_CONTROL),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// The smallest form that the client takes.
fn encoded(asset: &'static Asset, accepted: &str) -> (&'static [u8], Option<&'static str>) {
    let takes = |encoding: &str| {
        accepted.split(',').any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse::<f64>().ok());
            name.trim().eq_ignore_ascii_case(encoding) && weight.is_some_and(|q| q > 0.0)
        })
    };
    if takes("br") {
        (asset.brotli, Some("br"))
    } else if takes("gzip") {
        (asset.gzip, Some("gzip"))
    } else {
        (asset.bytes, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_what_it_takes() {
        let encoding = |accepted| encoded(&tomoni_assets::STYLE, accepted).1;
        assert_eq!(encoding("gzip, deflate, br"), Some("br"));
        assert_eq!(encoding("gzip, br;q=0"), Some("gzip"));
        assert_eq!(encoding("GZIP;q=0.5"), Some("gzip"));
        assert_eq!(encoding(""), None);
        assert_eq!(encoding("brotli, identity"), None);
    }
}
