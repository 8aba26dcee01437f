//! Photos: how soon others see one, what a hundred at once cost everybody's messages, what a very large file costs in memory.

use std::io::Cursor;
use std::time::{Duration, Instant};

use futures_util::stream;
use reqwest::{Body, Client, Response, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::fill::new_id;
use crate::report::{Row, median, percentile};
use crate::sends;
use crate::socket::{self, starts};
use crate::stage::Stage;

/// A photo of today's phones: 12 megapixels.
const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;
/// How often one is shown.
const SHOWN: usize = 5;
/// Photos at once.
const AT_ONCE: usize = 100;
/// What is held back of a photo until its time is taken, in bytes.
const LAST: usize = 64 * 1024;
/// Clients that send while the photos come, and the pace of each: what people do, not what the server can bear.
const WRITERS: usize = 20;
const PACE: Duration = Duration::from_millis(50);
/// The very large file: 1 GB, in bytes; and what of it is sent at a time.
const LARGE: u64 = 1 << 30;
const CHUNK: usize = 256 * 1024;

/// All three.
pub async fn measure(stage: &Stage, time: Duration) -> Outcome<Vec<Row>> {
    let database = stage.database();
    let camera = Camera::new(stage);
    let mut shown = Vec::new();
    for number in 0..SHOWN {
        shown.push(camera.show(&photo(number)?).await?);
    }
    let (quiet, busy) = (paced(stage, time).await?, beside_photos(stage, &camera, time).await?);
    let memory = camera.bring_large().await?;
    Ok(vec![
        Row::cost("photo of 12 MP, last byte to shown", database, median(&mut shown), "ms").budget(2_000.0, 500.0),
        Row::cost("messages, quiet, p99", database, quiet, "ms"),
        Row::cost(format!("messages beside {AT_ONCE} photos, p99"), database, busy, "ms")
            .floor(quiet)
            .budget(quiet * 2.0, quiet * 1.2),
        Row::cost("upload of 1 GB, memory", database, memory, "MB more").budget(32.0, 16.0),
    ])
}

/// A picture that compresses as photos do, and differs from the others.
fn photo(number: usize) -> Outcome<Vec<u8>> {
    let mut state = u32::try_from(number)?.wrapping_mul(2_654_435_761) | 1;
    let picture = image::RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [grain, ..] = state.to_le_bytes();
        let shade = |base: u32| u8::try_from((base + u32::from(grain % 24)) % 256).unwrap_or(0);
        image::Rgb([shade(x / 16), shade(y / 12), shade((x + y) / 28)])
    });
    let mut bytes = Cursor::new(Vec::new());
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&picture)?;
    Ok(bytes.into_inner())
}

/// Brings files as the first account, to its room with the second.
struct Camera<'a> {
    stage: &'a Stage,
    http: Client,
    origin: String,
}

impl<'a> Camera<'a> {
    fn new(stage: &'a Stage) -> Self {
        Self { stage, http: Client::new(), origin: format!("http://{}", stage.server.address) }
    }

    fn api(&self) -> String {
        format!("{}/bench/api/v1", self.origin)
    }

    async fn begin(&self, size: u64) -> Outcome<String> {
        let request = self.http.post(format!("{}/files", self.api())).bearer_auth(&self.stage.tokens[0]);
        let answer = request.header("tus-resumable", "1.0.0").header("upload-length", size).send().await?.error_for_status()?;
        let location = answer.headers().get(header::LOCATION).ok_or("no Location")?.to_str()?;
        Ok(format!("{}{location}", self.origin))
    }

    async fn bring(&self, address: &str, offset: usize, body: impl Into<Body>) -> Outcome<Response> {
        let request = self.http.patch(address).bearer_auth(&self.stage.tokens[0]).header("tus-resumable", "1.0.0");
        let request = request.header("upload-offset", offset).header(header::CONTENT_TYPE, "application/offset+octet-stream");
        Ok(request.body(body).send().await?.error_for_status()?)
    }

    /// Sends what was brought, and gives nothing back: the other's socket tells.
    async fn send(&self, address: &str) -> Outcome<()> {
        let id = address.rsplit('/').next().unwrap_or_default();
        let body = json!({ "clientId": new_id(), "attachmentIds": [id] });
        let request = self.http.post(format!("{}/rooms/{}/messages", self.api(), self.stage.pair_rooms[0]));
        request.bearer_auth(&self.stage.tokens[0]).json(&body).send().await?.error_for_status()?;
        Ok(())
    }

    /// From the last byte until the other has the picture that fills the screen, in ms.
    async fn show(&self, photo: &[u8]) -> Outcome<f64> {
        let (mut reading, _writing) = socket::connect(self.stage.door(), &self.stage.tokens[1]).await?;
        let (most, last) = photo.split_at(photo.len() - LAST);
        let address = self.begin(photo.len().try_into()?).await?;
        self.bring(&address, 0, most.to_vec()).await?;
        let since = Instant::now();
        self.bring(&address, most.len(), last.to_vec()).await?;
        self.send(&address).await?;
        let message = loop {
            let frame = reading.frame().await?;
            if starts(frame, r#"{"type":"message""#) {
                break serde_json::from_slice::<Value>(frame)?;
            }
        };
        let id = message["message"]["attachments"][0]["id"].as_str().ok_or("no attachment")?;
        let picture = self.http.get(format!("{}/files/{id}/thumbnail?width=1280", self.api())).bearer_auth(&self.stage.tokens[1]);
        let picture = picture.send().await?.error_for_status()?.bytes().await?;
        if picture.len() < 10_000 {
            return Err("that is no picture".into());
        }
        Ok(since.elapsed().as_secs_f64() * 1e3)
    }

    /// How much more memory the server held at most while 1 GB came, in MB.
    async fn bring_large(&self) -> Outcome<f64> {
        let before = self.stage.server.resident_kb()?;
        self.stage.server.forget_peak()?;
        let address = self.begin(LARGE).await?;
        let chunks = (0..LARGE / u64::try_from(CHUNK)?).map(|n| Ok::<_, std::io::Error>(n.to_le_bytes().repeat(CHUNK / 8)));
        self.bring(&address, 0, Body::wrap_stream(stream::iter(chunks))).await?;
        Ok((self.stage.server.peak_kb()? - before) / 1000.0)
    }
}

/// The p99 of messages at people's pace, in ms.
async fn paced(stage: &Stage, time: Duration) -> Outcome<f64> {
    let clients = sends::connect(stage).await?.into_iter().skip(2).step_by(2).take(WRITERS);
    let mut writing = JoinSet::new();
    for ((mut reading, mut writer), room) in clients {
        writing.spawn(async move {
            let (mut tick, until, mut samples) = (tokio::time::interval(PACE), Instant::now() + time, Vec::new());
            while Instant::now() < until {
                tick.tick().await;
                samples.push(sends::send(&mut reading, &mut writer, &room).await?);
            }
            Outcome::Ok(samples)
        });
    }
    let mut samples = Vec::new();
    while let Some(round) = writing.join_next().await {
        samples.extend(round??);
    }
    Ok(percentile(&mut samples, 0.99))
}

/// The same while a hundred photos come, are sent, and are made smaller.
async fn beside_photos(stage: &Stage, camera: &Camera<'_>, time: Duration) -> Outcome<f64> {
    // Made beforehand: what is measured is not their making. A few bytes behind the picture's end tell them apart.
    let photo = photo(SHOWN)?;
    let coming = async {
        let bring = async |number: usize| {
            let own = [photo.as_slice(), &number.to_le_bytes()].concat();
            let address = camera.begin(own.len().try_into()?).await?;
            camera.bring(&address, 0, own).await?;
            camera.send(&address).await
        };
        futures_util::future::try_join_all((0..AT_ONCE).map(bring)).await.map(drop)
    };
    let (coming, p99) = tokio::join!(coming, paced(stage, time * 2));
    coming?;
    p99
}
