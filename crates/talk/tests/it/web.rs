//! A small web of our own, mostly ill-behaved: a server on this machine that `*.test` leads to. The only hole in what may be reached.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cards::CardsConfig;
use cards::address::is_worldwide;
use cards::outside::Outside;
use kernel::live::Boxed;
use testkit::{Backend, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long a fetch may take here.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// A link's page with all that a card shows.
pub const PAGE: &str = r#"<!doctype html><html lang="ja"><title>題</title><meta property="og:title" content="避難所 &amp; 地図">
    <meta property="og:description" content="市内の避難所です"><meta property="og:site_name" content="ひのき市"><meta property="og:image" content="/picture.png">"#;

/// Which server plays the web, and who has asked it for what.
#[derive(Clone, Debug)]
pub struct Web {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Outside for Web {
    fn find<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        let (inside, world) = (SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from(([8, 8, 8, 8], 0)));
        let found = match host {
            "inside.example" | "localhost" => Ok(vec![inside]),
            "mixed.example" => Ok(vec![world, inside]),
            "mapped.example" => Ok(vec!["[::ffff:10.0.0.1]:0".parse().unwrap()]),
            "nowhere.example" => Ok(Vec::new()),
            _ if host.ends_with(".test") => Ok(vec![self.address]),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        Box::pin(std::future::ready(found))
    }

    fn may_reach(&self, address: SocketAddr) -> bool {
        address == self.address || is_worldwide(address.ip())
    }
}

impl Web {
    /// Begins to serve.
    pub async fn spin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = Self { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let spun = web.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(spun.clone().answer(socket));
            }
        });
        web
    }

    /// A server that fetches cards from here.
    pub async fn with_server(backend: Backend) -> (Self, Server) {
        let web = Self::spin().await;
        let server = Server::reaching(backend, CardsConfig::by(Arc::new(web.clone()), PATIENCE)).await;
        (web, server)
    }

    /// The heads of all requests for a path.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|head| head.starts_with(&format!("GET {path} "))).cloned().collect()
    }

    /// How often anything was asked for.
    pub fn hits(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    async fn answer(self, mut socket: TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = socket.read_u8().await else { return };
            head.push(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        self.asked.lock().unwrap().push(head);
        // Whoever asked may have had enough.
        let _ = self.say(&mut socket, &path).await;
    }

    async fn say(&self, socket: &mut TcpStream, path: &str) -> io::Result<()> {
        let html = "content-type: text/html; charset=utf-8";
        let title = |words: &str| format!("<title>{words}</title>").into_bytes();
        let port = self.address.port();
        if let Some(hops) = path.strip_prefix("/hops/") {
            let left: u32 = hops.parse().unwrap();
            let to = if left == 0 { "/page".to_owned() } else { format!("/hops/{}", left - 1) };
            return moved(socket, &to).await;
        }
        match path {
            "/page" | "/other" => whole(socket, html, PAGE.as_bytes()).await,
            "/sjis" => whole(socket, "content-type: text/html; charset=Shift_JIS", b"<title>\x96\x68\x8d\xd0</title>").await,
            "/script" => whole(socket, html, &title("<script>alert(1)</script>")).await,
            "/long" => whole(socket, html, &title(&"長".repeat(100_000))).await,
            "/lying-picture" => {
                whole(socket, html, &[&title("嘘"), &b"<meta property=og:image content=/no-picture.png>"[..]].concat()).await
            }
            "/large-picture" => {
                whole(socket, html, &[&title("大"), &b"<meta property=og:image content=/large.png>"[..]].concat()).await
            }
            "/near-picture" => {
                whole(
                    socket,
                    html,
                    &[&title("内"), &b"<meta property=og:image content=http://127.0.0.1/picture.png>"[..]].concat(),
                )
                .await
            }
            "/pdf" => whole(socket, "content-type: application/pdf", b"%PDF-1.7 <title>x</title>").await,
            "/bomb" => whole(socket, &format!("{html}\r\ncontent-encoding: gzip"), b"\x1f\x8b\x08 <title>x</title>").await,
            "/empty" => whole(socket, html, b"").await,
            "/picture.png" => whole(socket, "content-type: image/png", &png(800, 400)).await,
            "/no-picture.png" => whole(socket, "content-type: image/png", b"<title>x</title>").await,
            "/large.png" => whole(socket, "content-type: image/png", &vec![0; 3 * 1024 * 1024]).await,
            "/to-loopback" => moved(socket, "http://127.0.0.1/page").await,
            "/to-port" => moved(socket, &format!("http://127.0.0.1:{port}/page")).await,
            "/to-named-port" => moved(socket, &format!("http://page.test:{port}/page")).await,
            "/to-inside" => moved(socket, "http://inside.example/page").await,
            "/to-secrets" => moved(socket, "http://169.254.169.254/latest/meta-data/").await,
            "/to-file" => moved(socket, "file:///etc/passwd").await,
            "/to-nowhere" => socket.write_all(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n").await,
            "/endless" => {
                let begin = format!("HTTP/1.1 200 OK\r\n{html}\r\n\r\n<title>果てしない</title>");
                socket.write_all(begin.as_bytes()).await?;
                loop {
                    socket.write_all(&[b'x'; 16 * 1024]).await?;
                }
            }
            "/drip" => {
                socket.write_all(format!("HTTP/1.1 200 OK\r\n{html}\r\n\r\n<title>遅い</title>").as_bytes()).await?;
                loop {
                    socket.write_all(b"x").await?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            "/silent" => std::future::pending().await,
            "/hang-up" => Ok(()),
            _ => {
                socket
                    .write_all(
                        b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 18\r\n\r\n<title>404</title>",
                    )
                    .await
            }
        }
    }
}

async fn whole(socket: &mut TcpStream, said: &str, body: &[u8]) -> io::Result<()> {
    let cookie = "set-cookie: seen=1; Path=/";
    socket
        .write_all(format!("HTTP/1.1 200 OK\r\n{said}\r\n{cookie}\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes())
        .await?;
    socket.write_all(body).await
}

async fn moved(socket: &mut TcpStream, to: &str) -> io::Result<()> {
    socket.write_all(format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
