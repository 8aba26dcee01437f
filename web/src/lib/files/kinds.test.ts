import { describe, expect, it } from 'vitest';
import { documentOf, kindOf, sizeOf } from './kinds.ts';

describe('kinds of files', () => {
  it('takes for a picture only what can be shown as one', () => {
    expect(kindOf({ contentType: 'image/jpeg', width: 3 })).toBe('photo');
    expect(kindOf({ contentType: 'image/svg+xml' })).toBe('file');
    expect(kindOf({ contentType: 'video/mp4' })).toBe('video');
    expect(kindOf({ contentType: 'audio/mpeg' })).toBe('audio');
    expect(kindOf({ contentType: 'application/pdf' })).toBe('file');
  });

  it('knows documents by their names', () => {
    expect(documentOf({ name: '避難所一覧.XLSX' })).toBe('table');
    expect(documentOf({ name: '起案.docx' })).toBe('text');
    expect(documentOf({ name: '名前だけ' })).toBe('other');
  });

  it.each([
    [1, '1 KB'],
    [820_400, '820 KB'],
    [2_440_000, '2.4 MB'],
    [38_000_000, '38 MB'],
    [999_900, '1 MB'],
    [1_000_000_000, '1 GB'],
  ])('says %i bytes as %s', (bytes, words) => expect(sizeOf(bytes)).toBe(words));
});
