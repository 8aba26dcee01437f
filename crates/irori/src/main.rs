//! The program; all of it is in the library.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // A huge page keeps 2 MB for whatever needs a few kB: a fifth more for each idle socket (measured). A system without
    // this switch has none to keep.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    irori::cli::run()
}
