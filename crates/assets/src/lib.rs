#![doc = include_str!("../README.md")]

/// A file that a page refers to. Its name changes with its content, so it may be cached for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The file's name below the folder of assets: `style-0f3a….css`.
    pub path: &'static str,
    /// Its media type, with the character set where it is text.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// Its content, compressed with Brotli.
    pub brotli: &'static [u8],
    /// Its content, compressed with gzip.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// All assets.
pub const ALL: &[Asset] = &[STYLE, APP, CHARTS, ICON];

/// What `Cache-Control` may say of every asset.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The asset of that name; `None` for a name that no asset has (any longer).
pub fn find(path: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_are_found() {
        for asset in ALL {
            assert_eq!(find(asset.path), Some(asset));
            assert_eq!(ALL.iter().filter(|a| a.path == asset.path).count(), 1);
        }
        assert_eq!(find("style.css"), None);
    }

    #[test]
    fn scripts_stay_below_the_promised_weight() {
        const SCRIPT_BYTES_MAX: usize = 60_000;
        let gzip: usize = [APP, CHARTS].iter().map(|asset| asset.gzip.len()).sum();
        assert!(gzip < SCRIPT_BYTES_MAX, "{gzip} bytes of script");
    }

    #[test]
    fn the_style_refers_to_nothing_outside() {
        let style = String::from_utf8_lossy(STYLE.bytes);
        assert!(
            !style.contains("url("),
            "the policy lets a page load nothing else"
        );
        assert!(!style.contains("@import"));
    }
}
