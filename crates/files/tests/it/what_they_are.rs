//! What lies, tells on people, or would do harm.

use reqwest::Method;
use serde_json::{Value, json};

use super::{address, bring, brought, fetched, png, text};

/// A JPEG that tells where it was taken, and is to be turned by a quarter.
fn telling_jpeg() -> Vec<u8> {
    use img_parts::ImageEXIF as _;
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 20).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut jpeg = img_parts::jpeg::Jpeg::from_bytes(bytes.into_inner().into()).unwrap();
    let exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 35.0N 139.0E".to_vec();
    jpeg.set_exif(Some(exif.into()));
    jpeg.encoder().bytes().to_vec()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

testkit::both! {
    async fn photos_tell_nothing_but_the_picture(server: Server) {
        let (aiko, bytes) = (server.client("aiko"), telling_jpeg());
        assert!(holds(&bytes, "GPS"));
        let photo = brought(&aiko, "IMG_0001.jpg", &bytes).await;
        assert_eq!((&photo["width"], &photo["height"]), (&json!(20), &json!(40)), "turned");
        let (_, kept) = fetched(&aiko, &address(&photo)).await;
        assert!(!holds(&kept, "GPS"));
        assert_eq!(photo["size"], json!(kept.len()));
        let (_, small) = fetched(&aiko, &format!("{}/thumbnail", address(&photo))).await;
        let small = image::load_from_memory(&small).unwrap();
        assert_eq!((small.width(), small.height()), (20, 40));
    }

    async fn films_tell_no_place_and_are_named_by_what_is_kept(server: Server) {
        let aiko = server.client("aiko");
        let boxed = |kind: &[u8], holds: &[u8]| [&(holds.len() as u32 + 8).to_be_bytes(), kind, holds].concat();
        let moov = boxed(b"moov", &[boxed(b"mvhd", &[1; 100]), boxed(b"udta", b"\xa9xyz+35.6812+139.7671/")].concat());
        let film = [boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"), boxed(b"mdat", &[7; 3_000_000]), moov].concat();
        assert!(holds(&film, "+35.6812"));
        let kept = brought(&aiko, "現場.mp4", &film).await;
        assert_eq!((&kept["contentType"], &kept["size"]), (&json!("video/mp4"), &json!(film.len())));
        let (_, bytes) = fetched(&aiko, &address(&kept)).await;
        assert!(!holds(&bytes, "+35.6812") && holds(&bytes, "mvhd") && bytes.len() == film.len());
        let again = brought(&aiko, "現場.mp4", &bytes).await;
        assert_eq!(again["sha256"], kept["sha256"]);
    }

    async fn what_is_dangerous_is_refused_and_leaves_nothing(server: Server) {
        let aiko = server.client("aiko");
        for (name, bytes) in [
            ("請求書.exe", b"anything".as_slice()),
            ("写真.jpg", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"),
            ("手順.js", b"WScript.Echo(1)"),
            ("IMG_0002.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ] {
            let (status, problem) = bring(&aiko, name, bytes).await;
            assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("file")), "{name}: {problem}");
        }
        assert_eq!(crate::objects(&server), 0);
        assert_eq!(bring(&aiko, "zip.zip", b"PK\x03\x04 a bomb is kept shut").await.0, 201, "nothing here opens it");
    }

    async fn names_are_plain_and_extensions_true(server: Server) {
        let aiko = server.client("aiko");
        for (name, bytes, kept) in [
            ("../../x", b"a".as_slice(), "x"),
            ("..\\..\\x.txt", b"a", "x.txt"),
            ("写真.jpg", b"%PDF-1.7\n", "写真.jpg.pdf"),
            ("", b"a", "ファイル"),
        ] {
            assert_eq!(brought(&aiko, name, bytes).await["name"], kept);
        }
    }

    async fn what_could_run_is_only_ever_saved(server: Server) {
        let aiko = server.client("aiko");
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice();
        // A GIF to its first bytes, a page to whoever guesses.
        let polyglot = b"GIF89a/*<script>alert(1)</script>*/=1;".as_slice();
        for (name, bytes) in [("絵.svg", svg), ("頁.html", b"<!DOCTYPE html><script>alert(1)</script>"), ("絵.gif", polyglot)] {
            let file = brought(&aiko, name, bytes).await;
            assert!(file.get("width").is_none(), "{file}");
            let answer = aiko.request(Method::GET, &address(&file)).send().await.unwrap();
            let said = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert!(said("content-disposition").starts_with("attachment"), "{name}");
            assert!(said("content-security-policy").contains("sandbox") && said("content-security-policy").contains("default-src 'none'"));
            assert_eq!(said("x-content-type-options"), "nosniff");
            assert_eq!(fetched(&aiko, &format!("{}/thumbnail", address(&file))).await.0, 404);
        }
    }

    async fn a_picture_that_nobody_could_show_is_a_file(server: Server) {
        let aiko = server.client("aiko");
        let mut huge = png(10, 10);
        huge[16..20].copy_from_slice(&50_000u32.to_be_bytes());
        huge[20..24].copy_from_slice(&50_000u32.to_be_bytes());
        let file: Value = brought(&aiko, "大.png", &huge).await;
        assert!(file.get("width").is_none());
        let answer = aiko.request(Method::GET, &address(&file)).send().await.unwrap();
        assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert_eq!(fetched(&aiko, &format!("{}/thumbnail", address(&file))).await.0, 404);
        assert_eq!(text(&file["contentType"]), "image/png");
    }
}
