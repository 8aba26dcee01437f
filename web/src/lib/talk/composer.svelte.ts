// What is being written: text, caret, picked mentions, kept as a draft; and how often one says that one types.
import type { Draft } from '#lib/sync/device.ts';
import { isMemo } from '#lib/sync/memo.ts';
import type { Member, Mention, Message, OrgUnit } from '#lib/sync/types.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Conversation } from './conversation.svelte.ts';
import { mayMentionAll } from './may.ts';
import { type Candidate, candidatesFor, picksOf, type Query, queryAt } from './mentions.ts';
import { originalOf } from './quotes.ts';
import { lengthOf } from './text.ts';
import type { Edit } from './writing/edit.ts';

export const LONGEST = 10_000;
const SHOW_LENGTH_FROM = 9_000;
const TYPING_EVERY_MS = 3_000;
/** Further members of a very large room are found in the address book, not behind an @. */
const MEMBERS_AT_MOST = 2_000;

export class Composer {
  text = $state('');
  query: Query | undefined = $state.raw();
  /** Which candidate Enter would take. */
  at = $state(0);
  picked: Candidate[] = [];
  #conversation: Conversation;
  #members: Member[] = $state.raw([]);
  #units: OrgUnit[] = $state.raw([]);
  #loaded = false;
  #typedAt = 0;
  #before: { text: string; picked: Candidate[] } = { text: '', picked: [] };
  /** What the draft replies to, while it has not come yet: the draft must not forget it. */
  #lookedFor: number | undefined;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    const draft = conversation.sync.drafts.get(conversation.id);
    if (!draft) return;
    this.text = draft.text;
    this.picked = [...(draft.picked ?? [])];
    if (draft.replyToSeq !== undefined) void this.#replyTo(draft.replyToSeq);
  }

  readonly length: number = $derived(this.text.length < SHOW_LENGTH_FROM / 2 ? this.text.length : lengthOf(this.text));
  readonly isTooLong: boolean = $derived(this.length > LONGEST);
  readonly showsLength: boolean = $derived(this.length >= SHOW_LENGTH_FROM);
  readonly #hasFiles: boolean = $derived.by(() => {
    const { editing, tray } = this.#conversation;
    // Words that go with files may be taken away: the files still say something.
    return editing ? editing.attachments.length > 0 : tray !== undefined && tray.files.length > 0 && tray.reading === 0;
  });
  readonly canSend: boolean = $derived(!this.isTooLong && (this.text.trim() !== '' || this.#hasFiles));

  readonly candidates: Candidate[] = $derived.by(() => {
    if (!this.query) return [];
    const { room, sync } = this.#conversation;
    const mayAll = room.info.kind !== 'direct' && mayMentionAll(sync.me, room.info, this.#units);
    const all = mayAll ? m.talk_mention_all() : undefined;
    return candidatesFor(this.query.text, this.#members, this.#units, all, sync.me.id);
  });

  /** Written, deleted or pasted. */
  typed(caret: number): void {
    this.look(caret);
    this.keep();
    if (this.text.trim() === '' || this.#conversation.editing || isMemo(this.#conversation.room.info)) return;
    const now = Date.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#conversation.sync.typing(this.#conversation.id);
  }

  /** The caret moved: is somebody being named there? */
  look(caret: number): void {
    const query = queryAt(this.text, caret);
    if (query?.text !== this.query?.text) this.at = 0;
    this.query = query;
    if (query && !this.#loaded) void this.#load();
  }

  move(by: number): void {
    const count = this.candidates.length;
    if (count > 0) this.at = (this.at + by + count) % count;
  }

  /** The name in the place of what was typed of it. */
  pick(candidate: Candidate): Edit | undefined {
    const query = this.query;
    if (!query) return undefined;
    const text = `@${candidate.name} `;
    const caret = query.from + text.length;
    this.picked.push(candidate);
    this.query = undefined;
    return { from: query.from, to: query.to, text, select: [caret, caret] };
  }

  /** The text that goes out; the field is empty afterwards. */
  take(): { text: string; picked: Candidate[] } {
    const taken = { text: this.text.replace(/\s+$/u, ''), picked: this.picked };
    this.clear();
    return taken;
  }

  clear(): void {
    this.text = '';
    this.picked = [];
    this.query = undefined;
    this.#typedAt = 0;
    this.#lookedFor = undefined;
    this.keep();
  }

  /** Editing takes the field; what was being written comes back afterwards. */
  borrow({ text, mentions }: Pick<Message, 'text' | 'mentions'>): void {
    this.#before = { text: this.text, picked: this.picked };
    this.text = text;
    this.picked = this.#pickedBefore(text, mentions);
    // The names of sections may still have to come.
    if (mentions.some((mention) => mention.orgUnitId)) {
      void this.#conversation.sync.units.load().then((units) => {
        this.#units = units;
        if (this.#conversation.editing?.mentions === mentions) this.picked.push(...this.#pickedBefore(text, mentions));
      }, () => {});
    }
  }

  giveBack(): void {
    ({ text: this.text, picked: this.picked } = this.#before);
    this.#before = { text: '', picked: [] };
    this.keep();
  }

  keep(): void {
    const { editing, replyTo, id, sync } = this.#conversation;
    if (editing) return;
    const draft: Draft = { roomId: id, text: this.text, replyToSeq: replyTo?.seq ?? this.#lookedFor };
    if (this.picked.length > 0) draft.picked = this.picked.map((each) => ({ ...each, mention: { ...each.mention } }));
    sync.drafts.put(draft);
  }

  /** Whom a text that is already out names. */
  #pickedBefore(text: string, mentions: readonly Mention[]): Candidate[] {
    return picksOf(text, mentions, {
      person: (id) => this.#conversation.sync.store.users.get(id)?.name,
      unit: (id) => this.#units.find((unit) => unit.id === id)?.name,
    });
  }

  async #replyTo(seq: number): Promise<void> {
    const conversation = this.#conversation;
    this.#lookedFor = seq;
    const original = await originalOf(conversation, seq).catch(() => undefined);
    if (original === undefined) return;
    this.#lookedFor = undefined;
    if (original && !conversation.replyTo && !conversation.editing) conversation.replyTo = original;
  }

  async #load(): Promise<void> {
    this.#loaded = true;
    try {
      let cursor: string | undefined;
      do {
        const page = await this.#conversation.sync.api.members(this.#conversation.id, cursor);
        this.#members = [...this.#members, ...page.items];
        cursor = page.nextCursor ?? undefined;
      } while (cursor && this.#members.length < MEMBERS_AT_MOST);
      this.#units = await this.#conversation.sync.units.load();
    } catch {
      this.#loaded = false;
    }
  }
}
