//! Each registry by its own client, with what this repository locks.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use super::kept::{files, kept};
use super::machine::{apt_get, need, need_go};
use super::{Failure, Installed, text};
use crate::process::Group;
use crate::python::tools;

/// What the modules of the peers ask for.
const GO_MINOR: u32 = 26;
/// Keycloak's archive.
const KEYCLOAK: &str = "org.keycloak:keycloak-quarkus-dist:26.7.3:zip";
/// Maven's plugin that fetches it.
const FETCHES: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";

/// The packages of a lock file.
pub(super) async fn npm(list: &Path) -> Result<Installed, Failure> {
    need("npm", &["npm"]).await?;
    need("node", &["nodejs"]).await?;
    let lock = [list.join("package.json"), list.join("package-lock.json")];
    let folder = kept("peers-npm", &lock, async |folder| {
        for file in &lock {
            std::fs::copy(file, folder.join(file.file_name().context("a file")?))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]);
        run(npm.current_dir(folder)).await
    })
    .await?;
    Ok(Installed {
        program: "node".into(),
        arguments: vec!["app.js".to_owned()],
        modules: Some(folder.join("node_modules")),
        folder,
        ..Installed::default()
    })
}

/// The packages of a list with digests.
pub(super) async fn pip(list: &Path) -> Result<Installed, Failure> {
    need("python3", &["python3-venv"]).await?;
    let list = list.join("requirements.txt");
    let folder = kept("peers-pip", std::slice::from_ref(&list), async |folder| {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder)).await?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--no-input"])
            .args(["--disable-pip-version-check", "--no-deps", "--require-hashes"])
            .args(["--only-binary", ":all:", "--requirement"])
            .arg(&list);
        run(&mut pip).await
    })
    .await?;
    Ok(Installed {
        program: folder.join("bin/python"),
        arguments: vec!["-B".to_owned(), "app.py".to_owned()],
        folder,
        ..Installed::default()
    })
}

/// A package of Go, by the module in this folder.
pub(super) async fn go(module: &Path, package: &str) -> Result<Installed, Failure> {
    need_go(GO_MINOR).await?;
    let name = name_of(module)?;
    let folder = kept(&format!("peers-{name}"), &files(module)?, async |folder| {
        let mut go = Command::new("go");
        go.arg("build").arg("-o").arg(folder.join("peer")).arg(package);
        go.env("GOFLAGS", "-mod=readonly").env("CGO_ENABLED", "0");
        run(go.current_dir(module)).await
    })
    .await?;
    Ok(Installed {
        program: folder.join("peer"),
        folder,
        ..Installed::default()
    })
}

/// A program of Rust, by the lock file in this folder.
pub(super) async fn cargo(package: &Path) -> Result<Installed, Failure> {
    let name = name_of(package)?;
    let folder = kept(&format!("peers-{name}"), &files(package)?, async |folder| {
        let target = tools()?.join("target");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--quiet", "--locked", "--target-dir"])
            .arg(&target);
        run(cargo.current_dir(package)).await?;
        let program = target.join("debug").join(format!("peer-{name}"));
        std::fs::copy(program, folder.join("peer"))?;
        Ok(())
    })
    .await?;
    Ok(Installed {
        program: folder.join("peer"),
        folder,
        ..Installed::default()
    })
}

/// A program of Java, by the pom in this folder.
pub(super) async fn maven(project: &Path) -> Result<Installed, Failure> {
    need_java().await?;
    let (name, inputs) = (name_of(project)?, files(project)?);
    let folder = kept(&format!("peers-{name}"), &inputs, async |folder| {
        for file in &inputs {
            let target = folder.join(file.strip_prefix(project)?);
            std::fs::create_dir_all(target.parent().context("a folder")?)?;
            std::fs::copy(file, target)?;
        }
        run(mvn()?.arg("package").current_dir(folder)).await
    })
    .await?;
    Ok(Installed {
        program: "java".into(),
        arguments: vec!["-jar".to_owned(), text(&folder.join("target/peer.jar"))],
        folder,
        ..Installed::default()
    })
}

/// Keycloak's archive, unpacked.
pub(super) async fn keycloak() -> Result<Installed, Failure> {
    need_java().await?;
    let folder = kept("peers-keycloak-26.7.3", &[], async |folder| {
        let mut fetch = mvn()?;
        fetch.arg(FETCHES).arg(format!("-Dartifact={KEYCLOAK}"));
        fetch.arg(format!("-DoutputDirectory={}", folder.display()));
        run(fetch.current_dir(folder)).await
    })
    .await?;
    Ok(Installed {
        program: "bash".into(),
        folder,
        ..Installed::default()
    })
}

/// Packages of the machine's release, unpacked beside each other; nothing of the machine is touched.
pub(super) async fn debian(packages: &[&str]) -> Result<Installed, Failure> {
    for program in ["apt-get", "dpkg-deb"] {
        need(program, &["apt", "dpkg"]).await?;
    }
    let folder = kept("peers-apache", &[], async |folder| {
        if download(packages, folder).await.is_err() {
            apt_get(&["update", "-qq"]).await;
            download(packages, folder).await?;
        }
        for file in files(folder)? {
            run(Command::new("dpkg-deb").arg("-x").arg(file).arg(folder)).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Installed {
        program: folder.join("usr/sbin/apache2"),
        environment: vec![
            ("LD_LIBRARY_PATH", text(&libraries(&folder)?)),
            ("MODULES", text(&folder.join("usr/lib/apache2/modules"))),
        ],
        folder,
        ..Installed::default()
    })
}

async fn download(packages: &[&str], folder: &Path) -> Result<()> {
    let mut apt = Command::new("apt-get");
    apt.args(["download", "-qq"]).args(packages).current_dir(folder);
    run(&mut apt).await
}

/// Where the libraries of this machine's architecture were unpacked to.
fn libraries(folder: &Path) -> Result<PathBuf> {
    let found = files(&folder.join("usr/lib"))?
        .into_iter()
        .find(|file| file.file_name().is_some_and(|name| name == "libapr-1.so.0"));
    let found = found.context("no libapr in the packages")?;
    Ok(found.parent().context("a folder")?.to_owned())
}

async fn need_java() -> Result<(), Failure> {
    need("java", &["default-jdk-headless"]).await?;
    need("mvn", &["maven"]).await
}

/// Maven, with what it fetches among the tools.
fn mvn() -> Result<Command> {
    let mut mvn = Command::new("mvn");
    mvn.args(["--quiet", "--batch-mode", "--no-transfer-progress"]);
    mvn.arg(format!("-Dmaven.repo.local={}", tools()?.join("maven").display()));
    Ok(mvn)
}

fn name_of(folder: &Path) -> Result<String> {
    let name = folder.file_name().and_then(|name| name.to_str());
    Ok(name.context("a folder's name")?.to_owned())
}

async fn run(command: &mut Command) -> Result<()> {
    command.stdout(Stdio::null());
    let program = command.as_std().get_program().to_owned();
    let status = Group::spawn(command)
        .with_context(|| format!("cannot start {}", program.display()))?
        .wait()
        .await?;
    ensure!(status.success(), "{} ended with {status}", program.display());
    Ok(())
}
