import { describe, expect, it } from 'vitest';
import { AIKO, message, ME, room } from '#lib/sync/testing.ts';
import type { StoredFile } from '#lib/sync/types.ts';
import { lineOfMessage, lineOfPending, previewOf } from './preview.ts';

const file = (contentType: string, name: string, width?: number): StoredFile => ({
  id: name,
  name,
  contentType,
  size: 1,
  width,
  sha256: '',
});
const photo = file('image/jpeg', '冠水.jpg', 4);
const video = file('video/mp4', '川.mp4');
const list = file('application/pdf', '一覧.pdf');
const line = (...attachments: StoredFile[]) => lineOfMessage(message(1, { text: '', attachments }));

describe('one line for a message', () => {
  it('says what came where nothing was said', () => {
    expect(line(photo)).toBe('写真を送信しました');
    expect(line(photo, photo, photo)).toBe('写真を3枚送信しました');
    expect(line(video)).toBe('動画を送信しました');
    expect(line(list)).toBe('ファイルを送信しました：一覧.pdf');
    expect(line(file('audio/mpeg', '声.mp3'))).toBe('音声を送信しました：声.mp3');
    expect(line(file('audio/webm', 'voice-20261123-103105-12s.webm'))).toBe('ボイスメッセージ');
    expect(line(photo, list)).toBe('ファイルを2件送信しました');
  });

  it('names what waits', () => {
    expect(lineOfPending({ text: '', files: [photo, photo] })).toBe('写真');
    expect(lineOfPending({ text: '', files: [list, photo] })).toBe('一覧.pdf');
  });

  it('prefers words', () => expect(lineOfMessage(message(1, { text: '現地です', attachments: [photo] }))).toBe('現地です'));

  it('is empty for nothing at all', () => expect(line()).toBe(''));

  it('names who sent it in a group', () => {
    const sent = message(1, { text: '', attachments: [photo], senderId: AIKO });
    expect(previewOf(sent, room(), ME, () => '愛子')).toBe('愛子：写真を送信しました');
    expect(previewOf(sent, room({ kind: 'direct' }), ME, () => '愛子')).toBe('写真を送信しました');
  });
});
