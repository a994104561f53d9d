//! Tells cargo when the embedded bundle is out of date.
//! Refuses to rebuild for it where nothing is embedded: unoptimised servers read `dist/` while they run.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its profile by the environment alone"
)]
fn main() {
    let embeds = std::env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if embeds { "../dist" } else { "build.rs" });
}
