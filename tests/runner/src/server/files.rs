//! Page templates from folders of this machine, and the runner's own files.

use super::{Answer, reply};
use crate::engine::Realm;
use http::StatusCode;
use std::path::{Component, Path, PathBuf};

/// The runner's own files.
pub(super) fn own(content_type: &str, text: &'static str) -> Answer {
    reply::with(StatusCode::OK, content_type, text)
}

/// A file of a configured page folder, read anew for every request, so that a designer only reloads. Placeholders are
/// filled, and text files that name the folder's public address name the local one instead.
pub(super) async fn page(realm: &Realm, at: &str, rest: &[&str]) -> Answer {
    let found = at
        .parse()
        .ok()
        .and_then(|at: usize| realm.config.pages.iter().nth(at));
    let Some((prefix, folder)) = found else {
        return reply::not_found("no page folder has this number");
    };
    let Some(path) = inside(folder, rest) else {
        return reply::not_found("the path leaves the page folder");
    };
    let Ok(bytes) = tokio::fs::read(&path).await else {
        return reply::not_found(&format!("there is no file {}", path.display()));
    };
    let content_type = content_type(&path);
    let body = match String::from_utf8(bytes) {
        Ok(text) if content_type.contains("charset") || content_type.contains("xml") => {
            let local = format!("{}/runner/pages/{at}/", realm.origin);
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let settings = realm.settings.as_ref();
            let filled = settings.map_or_else(|| text.clone(), |settings| settings.fill(&text, &stem));
            filled
                .replace(&format!("{}/", prefix.trim_end_matches('/')), &local)
                .into_bytes()
        }
        Ok(text) => text.into_bytes(),
        Err(binary) => binary.into_bytes(),
    };
    let mut answer = reply::with(StatusCode::OK, content_type, body);
    reply::set(&mut answer, "access-control-allow-origin", "*");
    answer
}

/// The file, unless a part of the path is anything but a plain name.
fn inside(folder: &Path, rest: &[&str]) -> Option<PathBuf> {
    let relative: PathBuf = rest.iter().collect();
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    (plain && !rest.is_empty()).then(|| folder.join(relative))
}

fn content_type(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_served() {
        let folder = Path::new("/pages");
        assert_eq!(
            inside(folder, &["css", "a.css"]),
            Some(PathBuf::from("/pages/css/a.css"))
        );
        for rest in [&[".."][..], &["a", "..", "..", "b"], &["/etc/passwd"], &[]] {
            assert_eq!(inside(folder, rest), None, "{rest:?}");
        }
    }
}
