//! The web client is embedded from `web/build`. Where it was not built, an empty folder lets the server compile; it then
//! says so instead of showing a page.

fn main() {
    let client = "../../web/build";
    if let Err(error) = std::fs::create_dir_all(client) {
        println!("cargo:warning=the web client's folder can't be made: {error}");
    }
    println!("cargo:rerun-if-changed={client}");
}
