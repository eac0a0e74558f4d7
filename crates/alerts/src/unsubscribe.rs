//! Unsubscribing by one click (RFC 8058): an address of the web for each rule and reader, and the wishes
//! that came in by it.
//!
//! An address says nothing about the reader and cannot be made up: it is an HMAC of rule and reader under a
//! key that only this installation has. A wish is a small file, so that it can be taken down while a pass
//! holds the store, and is not lost when the program dies; the next pass carries it out.

use crate::rules::Target;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::io::Write;
use std::path::{Path, PathBuf};
use url::Url;

/// Bytes of an address's secret part.
const BYTES: usize = 20;
/// The path below the public address.
pub const PATH: &str = "unsubscribe";

/// The addresses by which readers unsubscribe.
#[derive(Clone)]
pub struct Links {
    base: Url,
    key: hmac::Key,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Links({})", self.base)
    }
}

impl Links {
    /// Addresses below a public one, which is of the form `https://host/` and leads to `tocsin serve`.
    ///
    /// # Errors
    /// Where that address is none of the web.
    pub fn new(public: &str, key: &[u8]) -> Result<Self, String> {
        let mut base = Url::parse(public).map_err(|e| format!("`{public}` is no address: {e}"))?;
        if !matches!(base.scheme(), "https" | "http") {
            return Err(format!("`{public}` does not begin with https://"));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self {
            base,
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        })
    }

    /// The address by which the reader unsubscribes from the rule; `None` for what is no reader.
    pub fn of(&self, rule: &str, to: &str) -> Option<String> {
        if !to.starts_with("mailto:") {
            return None;
        }
        let link = self.base.join(&format!("{PATH}/{}", self.token(rule, to)));
        link.ok().map(String::from)
    }

    /// The rule and the reader, of these, that an address was made for.
    pub fn find<'a>(
        &self,
        token: &str,
        readers: &'a [(String, Target)],
    ) -> Option<&'a (String, Target)> {
        readers.iter().find(|(rule, to)| {
            // As many steps whatever the first difference is, so that it cannot be found out by time.
            let right = self.token(rule, &to.to_string());
            let pairs = right.bytes().zip(token.bytes());
            right.len() == token.len() && pairs.fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
        })
    }

    fn token(&self, rule: &str, to: &str) -> String {
        let tag = hmac::sign(&self.key, format!("{rule}\0{to}").as_bytes());
        let bytes = tag.as_ref().iter().take(BYTES);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A new key for [`Links`].
///
/// # Errors
/// Where the system gives no random numbers.
pub fn new_key() -> Result<[u8; 32], String> {
    let mut key = [0; 32];
    let filled = SystemRandom::new().fill(&mut key);
    filled
        .map(|()| key)
        .map_err(|_| "the system gives no random numbers".to_owned())
}

/// The wishes that came in, as files in the data directory.
#[derive(Debug, Clone)]
pub struct Wishes {
    dir: PathBuf,
}

impl Wishes {
    /// Those of a data directory.
    pub fn of(data: &Path) -> Self {
        Self {
            dir: data.join("unsubscribe"),
        }
    }

    /// Takes a wish down; it is on the disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written, or the token is none.
    pub fn add(&self, token: &str) -> std::io::Result<()> {
        if !is_token(token) {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        std::fs::create_dir_all(&self.dir)?;
        let mut file = std::fs::File::create(self.dir.join(token))?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::File::open(&self.dir)?.sync_all()
    }

    /// The tokens of the wishes, in their order.
    ///
    /// # Errors
    /// Where the folder is there and cannot be read.
    pub fn all(&self) -> std::io::Result<Vec<String>> {
        let folder = match std::fs::read_dir(&self.dir) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            folder => folder?,
        };
        let mut tokens = Vec::new();
        for entry in folder {
            let name = entry?.file_name();
            tokens.extend(
                name.to_str()
                    .filter(|name| is_token(name))
                    .map(str::to_owned),
            );
        }
        tokens.sort();
        Ok(tokens)
    }

    /// Forgets a wish that was carried out.
    ///
    /// # Errors
    /// Where its file cannot be removed.
    pub fn remove(&self, token: &str) -> std::io::Result<()> {
        for path in [self.dir.join(token), self.doubtful(token)] {
            match std::fs::remove_file(path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps a wish that no rule of a pass knows for one more pass: the rules may have changed while it ran.
    ///
    /// # Errors
    /// Where a file cannot be written or removed.
    pub fn doubt(&self, token: &str) -> std::io::Result<()> {
        match self.doubtful(token).exists() {
            true => self.remove(token),
            false => std::fs::File::create(self.doubtful(token)).map(drop),
        }
    }

    /// The mark of a wish that was doubted once.
    fn doubtful(&self, token: &str) -> PathBuf {
        self.dir.join(format!("{token}.doubt"))
    }
}

/// Whether a text has the form of a token, and so is a harmless name of a file.
pub fn is_token(text: &str) -> bool {
    text.len() == 2 * BYTES && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_rule_and_reader_alone() {
        let reader = |to: &str| ("a".to_owned(), to.parse().unwrap());
        let readers = [
            "mailto:desk@think.example",
            "mailto:ann@think.example",
            "stdout:",
        ]
        .map(reader);
        let links =
            Links::new("https://news.example/tocsin", b"a key of this installation").unwrap();
        let link = links.of("a", "mailto:ann@think.example").unwrap();
        let token = link
            .strip_prefix("https://news.example/tocsin/unsubscribe/")
            .unwrap();
        assert!(is_token(token) && !link.contains("ann"), "{link}");
        assert_eq!(links.find(token, &readers), Some(&readers[1]));
        let other = Links::new("https://news.example/tocsin", b"another key").unwrap();
        assert!(other.find(token, &readers).is_none());
        assert!(
            links.find(&format!("0{token}"), &readers).is_none()
                && links.find("", &readers).is_none()
        );
        assert_eq!(links.of("a", "stdout:"), None);
        assert!(Links::new("news.example", b"k").is_err());
    }

    #[test]
    fn wishes_are_kept_until_they_were_carried_out() {
        let dir = tempfile::tempdir().unwrap();
        let wishes = Wishes::of(dir.path());
        assert!(wishes.all().unwrap().is_empty());
        let token = "0123456789abcdef0123456789abcdef01234567";
        wishes.add(token).unwrap();
        wishes.add(token).unwrap();
        assert_eq!(wishes.all().unwrap(), [token]);
        wishes.remove(token).unwrap();
        wishes.remove(token).unwrap();
        assert!(wishes.all().unwrap().is_empty());
        wishes.add(token).unwrap();
        wishes.doubt(token).unwrap();
        assert_eq!(wishes.all().unwrap(), [token], "it is asked for once more");
        wishes.doubt(token).unwrap();
        assert!(wishes.all().unwrap().is_empty());
        for bad in ["", "../../x", "0123456789abcdef0123456789abcdef0123456/"] {
            assert!(wishes.add(bad).is_err(), "{bad}");
        }
    }
}
