//! Smaller pictures beside the large ones: made one at a time, by a thread that gives way to all else.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use fast_image_resize::{ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, RgbImage};
use tokio::sync::{Semaphore, oneshot};

/// How wide or high, at most, in pixels: in a list or a conversation, and on a whole screen.
pub const SIDES: [u32; 2] = [320, 1280];
/// JPEG quality, 1 to 100.
const QUALITY: u8 = 80;
/// What decoding may take, in bytes: [`crate::photo::MOST_PIXELS`] in four colours.
const MOST_MEMORY: u64 = crate::photo::MOST_PIXELS * 4;
/// How much the thread gives way, from 0 (none) to 19: a third of what others get where all cores are busy. At 10 it got a tenth, and
/// on a busy machine nobody saw a photo.
pub const NICENESS: i32 = 5;

type Work = Box<dyn FnOnce() + Send>;

/// Makes them.
#[derive(Clone, Debug)]
pub struct Thumbnails {
    work: std::sync::mpsc::Sender<WorkItem>,
    /// The thread's turn.
    turn: Arc<Semaphore>,
    /// Of those that nobody waits for, one at a time asks for a turn: whoever looks comes next.
    ahead: Arc<Semaphore>,
}

struct WorkItem(Work);

impl Thumbnails {
    /// Starts the thread; it ends with the last handle.
    #[must_use]
    pub fn start() -> Self {
        let (work, works) = std::sync::mpsc::channel::<WorkItem>();
        std::thread::Builder::new()
            .name("thumbnails".to_owned())
            .spawn(move || {
                // Of the thread alone: on Linux a thread's number stands for it here.
                let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
                while let Ok(WorkItem(work)) = works.recv() {
                    work();
                }
            })
            .ok();
        Self { work, turn: Arc::new(Semaphore::new(1)), ahead: Arc::new(Semaphore::new(1)) }
    }

    /// One JPEG for each of [`SIDES`]; none where it can't be decoded after all. `fetch` is called at its turn, so that only one
    /// picture is held in memory; `awaited`: somebody looks for it now.
    pub async fn make<E>(
        &self,
        awaited: bool,
        fetch: impl Future<Output = Result<Option<Bytes>, E>>,
    ) -> Result<Option<Vec<(u32, Bytes)>>, E> {
        let _ahead = if awaited { None } else { self.ahead.acquire().await.ok() };
        let _turn = self.turn.acquire().await;
        let Some(picture) = fetch.await? else { return Ok(None) };
        let (made, making) = oneshot::channel();
        let work = WorkItem(Box::new(move || drop(made.send(smaller(&picture)))));
        if self.work.send(work).is_err() {
            return Ok(None);
        }
        Ok(making.await.ok().flatten())
    }
}

/// Each of [`SIDES`], from one decoding.
fn smaller(picture: &Bytes) -> Option<Vec<(u32, Bytes)>> {
    let picture = decode(picture)?;
    let mut made = Vec::with_capacity(SIDES.len());
    // The large one first: the small one is made of it.
    let mut from = picture;
    for side in SIDES.iter().rev() {
        from = resized(from, *side)?;
        made.push((*side, encode(&from)?));
    }
    Some(made)
}

fn decode(picture: &Bytes) -> Option<RgbImage> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(picture)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(if picture.color().has_alpha() { on_white(&picture) } else { picture.into_rgb8() })
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        image::Rgb([red, green, blue].map(|colour| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)))
    })
}

/// So that neither side is longer than `side`; smaller ones stay as they are.
fn resized(picture: RgbImage, side: u32) -> Option<RgbImage> {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= side {
        return Some(picture);
    }
    let scaled = |length: u32| u32::try_from(u64::from(length) * u64::from(side) / u64::from(longest)).unwrap_or(side).max(1);
    let mut small = DynamicImage::from(RgbImage::new(scaled(width), scaled(height)));
    Resizer::new().resize(&DynamicImage::from(picture), &mut small, &ResizeOptions::default()).ok()?;
    Some(small.into_rgb8())
}

fn encode(picture: &RgbImage) -> Option<Bytes> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture).ok()?;
    Some(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(picture: &DynamicImage) -> Bytes {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner().into()
    }

    #[test]
    fn sides_are_bounded_and_small_pictures_stay() {
        let made = smaller(&png(&DynamicImage::new_rgb8(2000, 1000))).unwrap();
        let sizes: Vec<_> =
            made.iter().map(|(_, bytes)| image::load_from_memory(bytes).unwrap()).map(|p| (p.width(), p.height())).collect();
        assert_eq!(sizes, [(1280, 640), (320, 160)]);
        let made = smaller(&png(&DynamicImage::new_rgb8(30, 3000))).unwrap();
        assert_eq!(image::load_from_memory(&made[1].1).unwrap().width(), 3);
        let made = smaller(&png(&DynamicImage::new_rgb8(10, 10))).unwrap();
        assert_eq!(image::load_from_memory(&made[1].1).unwrap().width(), 10);
    }

    #[test]
    fn what_is_clear_becomes_white() {
        let made = smaller(&png(&DynamicImage::new_rgba8(8, 8))).unwrap();
        assert!(
            image::load_from_memory(&made[0].1).unwrap().into_rgb8().pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250))
        );
    }

    #[tokio::test]
    async fn whoever_looks_comes_before_those_that_nobody_waits_for() {
        let thumbnails = Thumbnails::start();
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let held = thumbnails.turn.clone().acquire_owned().await.unwrap();
        let make = |name: &'static str, awaited| {
            let (thumbnails, order) = (thumbnails.clone(), Arc::clone(&order));
            tokio::spawn(async move {
                let fetch = async {
                    order.lock().unwrap().push(name);
                    Ok::<_, ()>(Some(png(&DynamicImage::new_rgb8(4, 4))))
                };
                assert!(thumbnails.make(awaited, fetch).await.unwrap().is_some());
            })
        };
        let mut makes = Vec::new();
        for (name, awaited) in [("first", false), ("second", false), ("third", false), ("looked for", true)] {
            makes.push(make(name, awaited));
            tokio::task::yield_now().await;
        }
        drop(held);
        for make in makes {
            make.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["first", "looked for", "second", "third"]);
    }

    #[tokio::test]
    async fn what_is_no_picture_gives_none() {
        let fetch = async { Ok::<_, ()>(Some(Bytes::from_static(b"no picture"))) };
        assert!(Thumbnails::start().make(true, fetch).await.unwrap().is_none());
    }
}
