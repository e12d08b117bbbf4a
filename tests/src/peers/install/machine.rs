//! Programs that the machine must have. Who is root on Debian gets them; everybody else is told what to install.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use super::Failure;

/// Makes sure that there is a program, by these Debian packages if it is missing.
pub(super) async fn need(program: &str, packages: &[&str]) -> Result<(), Failure> {
    if has(program) {
        return Ok(());
    }
    if is_root() && has("apt-get") {
        install(packages).await;
    }
    if has(program) {
        return Ok(());
    }
    Err(Failure::Missing(format!(
        "NOT TRIED: this machine has no `{program}`; on Debian: sudo apt-get install {}",
        packages.join(" ")
    )))
}

/// The minor number of Go 1: the modules need a late one, and Debian 12 has an early one.
pub(super) async fn need_go(at_least: u32) -> Result<(), Failure> {
    need("go", &["golang"]).await?;
    let answer = Command::new("go").arg("version").output().await;
    let said = answer.map_or_else(
        |_| String::new(),
        |answer| String::from_utf8_lossy(&answer.stdout).into_owned(),
    );
    if minor(&said).is_some_and(|minor| minor >= at_least) {
        return Ok(());
    }
    Err(Failure::Missing(format!(
        "NOT TRIED: Go 1.{at_least} or later is needed, this is {}",
        said.trim()
    )))
}

/// `go version go1.26.8 linux/amd64` is 26.
fn minor(version: &str) -> Option<u32> {
    let (_, rest) = version.split_once("go1.")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What is missing afterwards is told by whoever looks again.
async fn install(packages: &[&str]) {
    let arguments = [&["install", "-y", "-qq", "--no-install-recommends"], packages].concat();
    if !apt_get(&arguments).await && apt_get(&["update", "-qq"]).await {
        apt_get(&arguments).await;
    }
}

/// Whether apt-get is content; its errors are shown.
pub(super) async fn apt_get(arguments: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    places.push(PathBuf::from("/usr/sbin"));
    places.iter().any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn the_version_of_go_is_the_number_after_its_one() {
        assert_eq!(minor("go version go1.26.8 linux/amd64"), Some(26));
        assert_eq!(minor("go version go1.19"), Some(19));
        assert_eq!(minor("sh: go: not found"), None);
    }
}
