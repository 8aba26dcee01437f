import { describe, expect, it } from 'vitest';
import { noteOf } from './note-of.ts';

const seed = (text: string) => {
  const { title, body } = noteOf({ seq: 1, text, attachments: [] });
  return [title, body];
};

describe('a note out of a message', () => {
  it('is called by its first line, without marks', () => {
    expect(seed('**土のうの置き場**\n\n- 東倉庫\n- 西倉庫')).toEqual(['土のうの置き場', '- 東倉庫\n- 西倉庫']);
    expect(seed('一行だけ')).toEqual(['一行だけ', '']);
    expect(seed('')).toEqual(['', '']);
  });

  it('keeps all of a long first line in its body', () => {
    const long = '𠮷'.repeat(101);
    expect(seed(`${long}\n続き`)).toEqual(['𠮷'.repeat(100), `${long}\n続き`]);
  });
});
