//! A disk that fails when it is told to: a library that tests preload into the server (`LD_PRELOAD`).
//!
//! `FAULTDISK_FOLDER` names what lies on that disk, `FAULTDISK_CONTROL` a file that says what is wrong with it: `full` (nothing
//! more can be written), `unsynced` (what was written can't be made durable), or, where there is no such file, nothing.

use std::ffi::{c_int, c_long, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use libc::{off_t, size_t, ssize_t};

/// Where the disk is, and what it does.
struct Disk {
    folder: PathBuf,
    control: PathBuf,
}

fn disk() -> Option<&'static Disk> {
    static DISK: OnceLock<Option<Disk>> = OnceLock::new();
    let named = |name| std::env::var_os(name).map(PathBuf::from);
    DISK.get_or_init(|| Some(Disk { folder: named("FAULTDISK_FOLDER")?, control: named("FAULTDISK_CONTROL")? })).as_ref()
}

/// Whether the file behind this descriptor lies on the disk, and the disk has this fault now.
fn has(fault: &str, descriptor: c_int) -> bool {
    let Some(disk) = disk() else { return false };
    // Mostly there is nothing wrong, and then one look is enough.
    std::fs::read(&disk.control).is_ok_and(|told| told == fault.as_bytes())
        && std::fs::read_link(format!("/proc/self/fd/{descriptor}"))
            .is_ok_and(|path| path.as_os_str().as_bytes().starts_with(disk.folder.as_os_str().as_bytes()))
}

fn fail(error: c_int) -> c_int {
    // SAFETY: the address of this thread's own `errno`, which is always there.
    unsafe { *libc::__errno_location() = error };
    -1
}

/// Makes a file durable, unless it can't be.
#[unsafe(no_mangle)]
pub extern "C" fn fsync(descriptor: c_int) -> c_int {
    sync(libc::SYS_fsync, descriptor)
}

/// Makes a file's contents durable, unless they can't be.
#[unsafe(no_mangle)]
pub extern "C" fn fdatasync(descriptor: c_int) -> c_int {
    sync(libc::SYS_fdatasync, descriptor)
}

fn sync(call: c_long, descriptor: c_int) -> c_int {
    if has("unsynced", descriptor) {
        return fail(libc::EIO);
    }
    // SAFETY: both calls take a descriptor and nothing else; one that is not open is an error and no more.
    let done = unsafe { libc::syscall(call, descriptor) };
    if done < 0 { -1 } else { 0 }
}

/// Writes, unless the disk is full.
///
/// # Safety
/// As `write(2)`: `bytes` points at `count` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, count: size_t) -> ssize_t {
    if has("full", descriptor) {
        return fail(libc::ENOSPC) as ssize_t;
    }
    // SAFETY: as the caller promises.
    unsafe { libc::syscall(libc::SYS_write, descriptor, bytes, count) as ssize_t }
}

/// Writes at a place, unless the disk is full.
///
/// # Safety
/// As `pwrite(2)`: `bytes` points at `count` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(descriptor: c_int, bytes: *const c_void, count: size_t, at: off_t) -> ssize_t {
    if has("full", descriptor) {
        return fail(libc::ENOSPC) as ssize_t;
    }
    // SAFETY: as the caller promises.
    unsafe { libc::syscall(libc::SYS_pwrite64, descriptor, bytes, count, at) as ssize_t }
}

/// As [`pwrite64`], by its other name.
///
/// # Safety
/// As `pwrite(2)`: `bytes` points at `count` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite(descriptor: c_int, bytes: *const c_void, count: size_t, at: off_t) -> ssize_t {
    // SAFETY: as the caller promises.
    unsafe { pwrite64(descriptor, bytes, count, at) }
}
