//! What is said: words of a city hall, some often and most seldom, as in any language.

/// Words of two characters, the most frequent first.
const STEMS: [&str; 120] = [
    "確認", "連絡", "会議", "資料", "対応", "報告", "予定", "市民", "担当", "避難", "道路", "訓練", "通行", "点検", "工事",
    "河川", "水位", "冠水", "警報", "消防", "救急", "出動", "巡回", "記録", "申請", "窓口", "受付", "証明", "発行", "保育",
    "児童", "学校", "給食", "欠席", "送迎", "予防", "接種", "診療", "医療", "福祉", "介護", "相談", "訪問", "支援", "補助",
    "予算", "契約", "入札", "検査", "支払", "会計", "監査", "条例", "議会", "答弁", "広報", "取材", "記者", "写真", "撮影",
    "施設", "予約", "鍵束", "清掃", "修繕", "設備", "電源", "回線", "端末", "印刷", "用紙", "公用", "車両", "燃料", "運転",
    "駐車", "停電", "断水", "給水", "漏水", "下水", "土砂", "崩落", "倒木", "積雪", "除雪", "凍結", "落雷", "強風", "台風",
    "地震", "津波", "余震", "震度", "安否", "備蓄", "毛布", "食料", "飲料", "発電", "炊出", "名簿", "集計", "統計", "調査",
    "選挙", "投票", "開票", "納税", "督促", "還付", "転入", "転出", "婚姻", "出生", "死亡", "墓地", "埋葬", "公園", "遊具",
];
/// What makes three characters of two.
const ENDINGS: [&str; 8] = ["課", "所", "員", "票", "中", "後", "用", "係"];
/// What joins words to sentences.
const JOINTS: [&str; 8] = ["の", "を", "は", "について", "が", "、", "に", "です。"];

/// Texts and words, the same each time.
pub struct Texts(u64);

impl Default for Texts {
    fn default() -> Self {
        Self(1)
    }
}

impl Texts {
    /// Ten words or so.
    pub fn next(&mut self) -> String {
        let mut text = String::with_capacity(120);
        for _ in 0..8 {
            let length = 2 + self.below(4);
            text.push_str(&self.said(length));
            text.push_str(JOINTS[self.below(JOINTS.len())]);
        }
        text
    }

    /// A word of so many characters, frequent or rare alike.
    pub fn word(&mut self, length: usize) -> String {
        let (first, second) = (self.below(STEMS.len()), self.below(STEMS.len()));
        self.joined(STEMS[first], STEMS[second], length)
    }

    /// A word as it comes up in talk: the first a hundred times as often as the hundredth.
    pub fn said(&mut self, length: usize) -> String {
        let (first, second) = (self.rank(), self.rank());
        self.joined(STEMS[first], STEMS[second], length)
    }

    fn joined(&mut self, first: &str, second: &str, length: usize) -> String {
        let ending = ENDINGS[self.below(ENDINGS.len())];
        match length {
            2 => first.to_owned(),
            3 => format!("{first}{ending}"),
            4 => format!("{first}{second}"),
            _ => format!("{first}{ending}{second}"),
        }
    }

    /// Places by Zipf's law: the logarithm of the place is even.
    fn rank(&mut self) -> usize {
        let even = self.below(1_000_000) as f64 / 1e6;
        let place = (STEMS.len() as f64 + 1.0).powf(even) - 1.0;
        (place as usize).min(STEMS.len() - 1)
    }

    /// A linear congruential generator (Knuth's MMIX constants): enough to mix words.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}
