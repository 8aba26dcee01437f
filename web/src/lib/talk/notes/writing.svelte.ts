// A note while it is being written: kept on the device until the server has it, and never lost to another's change.
import { ApiProblem } from '#lib/api/problem.ts';
import { Bringing } from '#lib/files/bringing.svelte.ts';
import { MOST_FILES } from '#lib/files/tray.svelte.ts';
import type { Note } from '#lib/sync/notes.ts';
import type { StoredFile } from '#lib/sync/types.ts';
import { uuidv7 } from '#lib/sync/uuid.ts';
import type { Conversation } from '../conversation.svelte.ts';
import type { NoteSeed } from '../kept/shelves.svelte.ts';
import { lengthOf } from '../text.ts';

export const LONGEST_TITLE = 100;
const LONGEST_BODY = 20_000;

/** What the device keeps of it: files that are not up yet are not among it. */
interface Kept {
  title: string;
  body: string;
  rev?: number;
  attachments: StoredFile[];
}

export class Writing {
  title = $state('');
  body = $state('');
  /** Files that it shows already. */
  kept: StoredFile[] = $state.raw([]);
  isReady = $state(false);
  isSaving = $state(false);
  /** It goes on from what was written here before. */
  isContinued = $state(false);
  /** What another made of it meanwhile. */
  newer: Note | undefined = $state.raw();
  readonly bringing: Bringing;
  #conversation: Conversation;
  #no: number | undefined;
  /** What is written: each has a draft of its own. */
  #of: string | number;
  #rev: number | undefined;
  #before: Kept = { title: '', body: '', attachments: [] };
  #clientId = uuidv7();

  constructor(conversation: Conversation, no: number | undefined, seed: NoteSeed | undefined) {
    this.#conversation = conversation;
    this.#no = no;
    this.bringing = new Bringing(conversation.sync.tenant, conversation.sync.api);
    this.#of = no ?? (seed ? `message/${seed.seq}` : 'new');
    if (no !== undefined) return;
    const { title = '', body = '', attachments = [] } = seed ?? {};
    this.#begin({ title, body, attachments: [...attachments] });
  }

  readonly #isBringing: boolean = $derived.by(() => this.bringing.underWay > 0);
  readonly length: number = $derived(lengthOf(this.body));
  readonly isTooLong: boolean = $derived(this.length > LONGEST_BODY);
  readonly canSave: boolean = $derived(
    this.isReady && this.title.trim() !== '' && lengthOf(this.title.trim()) <= LONGEST_TITLE && !this.isTooLong && !this.#isBringing,
  );

  /** What is to be written anew is asked for first. */
  async load(): Promise<void> {
    if (this.#no === undefined) return;
    const { id, sync } = this.#conversation;
    const { title, body, attachments, rev } = await sync.api.note(id, this.#no);
    this.#begin({ title, body, attachments, rev });
  }

  attach(files: readonly File[]): Promise<void> {
    return this.bringing.add(files, Math.max(0, MOST_FILES - this.kept.length - this.bringing.files.length));
  }

  drop(id: string): void {
    this.kept = this.kept.filter((file) => file.id !== id);
  }

  /** Back to what it was before one began. */
  startOver(): void {
    this.bringing.stop();
    this.#put(this.#before);
    this.isContinued = false;
    this.keep();
  }

  /** On the device, so that nothing typed is lost. */
  keep(): void {
    const { title, body, kept, isReady } = this;
    if (!isReady) return;
    const isAsBefore = title === this.#before.title && body === this.#before.body;
    const text = isAsBefore ? '' : JSON.stringify({ title, body, rev: this.#rev, attachments: kept } satisfies Kept);
    this.#conversation.sync.drafts.put({ roomId: this.#draftKey, text });
  }

  /** The note, once the server has it; nothing where another was first. */
  async save(isAnyway = false): Promise<Note | undefined> {
    const { id, sync } = this.#conversation;
    const made = { title: this.title.trim(), body: this.body.trimEnd(), attachmentIds: [...this.kept.map((file) => file.id), ...this.bringing.ids] };
    if (isAnyway && this.newer) this.#rev = this.newer.rev;
    this.isSaving = true;
    try {
      const note = this.#no === undefined ? await sync.api.createNote(id, { ...made, clientId: this.#clientId }) : await sync.api.updateNote(id, this.#no, made, this.#rev);
      sync.drafts.put({ roomId: this.#draftKey, text: '' });
      return note;
    } catch (cause) {
      if (!(cause instanceof ApiProblem) || cause.status !== 412 || this.#no === undefined) throw cause;
      this.newer = await sync.api.note(id, this.#no);
      return undefined;
    } finally {
      this.isSaving = false;
    }
  }

  /** Beside the drafts of messages, under a name that no room has. */
  get #draftKey(): string {
    return `${this.#conversation.id}/note/${this.#of}`;
  }

  #begin(before: Kept): void {
    this.#before = before;
    const draft = this.#draft();
    this.#put(draft ?? before);
    // A draft of an older version is held against that version: saving it tells of what came between.
    this.#rev = draft?.rev ?? before.rev;
    this.isContinued = draft !== undefined;
    this.isReady = true;
  }

  #put({ title, body, attachments }: Kept): void {
    [this.title, this.body, this.kept] = [title, body, attachments];
  }

  #draft(): Kept | undefined {
    const text = this.#conversation.sync.drafts.get(this.#draftKey)?.text;
    return text ? (JSON.parse(text) as Kept) : undefined;
  }
}
