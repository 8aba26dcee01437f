// What one does in an open room: reply, edit, select, open panes. Shared by its parts through the context.
import { getContext, setContext, tick } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import { FileAddresses } from '#lib/files/addresses.ts';
import type { Tray } from '#lib/files/tray.svelte.ts';
import { trays } from '#lib/files/trays.ts';
import { ApiProblem } from '#lib/api/problem.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Pending } from '#lib/sync/pending.ts';
import type { RoomState } from '#lib/sync/room.svelte.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import { isMessage, type Message } from '#lib/sync/types.ts';
import { uuidv7 } from '#lib/sync/uuid.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import type { Asking, Pane, Point, SendHow } from './asking.ts';
import { type Candidate, named } from './mentions.ts';
import { Shelves } from './kept/shelves.svelte.ts';
import { momentOf } from './time.ts';
import { Timeline } from './timeline.svelte.ts';
import { today } from './today.svelte.ts';
import { type Viewing, viewedOf } from './viewing.ts';

export class Conversation {
  /** A field and not the room's: who reads it has not looked at what moves with every message. */
  readonly id: string;
  readonly sync: Sync;
  readonly room: RoomState;
  readonly timeline: Timeline;
  readonly files: FileAddresses;
  /** What is chosen to go with the next message; it comes with the first that is chosen. */
  tray: Tray | undefined = $state.raw();
  replyTo: Message | undefined = $state.raw();
  editing: Message | undefined = $state.raw();
  /** What was edited is on its way. */
  isSaving = $state(false);
  /** The message whose menu is open, and where. */
  menu: { message: Message; at: Point } | undefined = $state.raw();
  asking: Asking | undefined = $state.raw();
  /** What the pane shows of the room's shelves. */
  readonly shelves = new Shelves();
  pane: Pane | undefined = $state.raw();
  viewing: Viewing | undefined = $state.raw();
  isSelecting = $state(false);
  readonly selected = new SvelteSet<number>();
  /** Jumped to a moment ago. */
  marked: number | undefined = $state();
  /** Under the pointer: the one with the toolbar. */
  hovered: number | undefined = $state();
  /** Where the arrow keys are. */
  focused: number | undefined = $state();
  /** The first screen is being brought in. */
  opening: Promise<void> = Promise.resolve();
  /** Given by the parts that own them. */
  focusComposer: () => void = () => {};
  scrollTo: (seq: number) => void = () => {};
  scrollToEnd: () => void = () => {};
  /** Whether the newest is in sight: what grows above it pushes nothing out from under the eyes. */
  isAtEnd: () => boolean = () => false;
  /** What had the focus when the pane opened. */
  #opener: HTMLElement | undefined;

  constructor(sync: Sync, room: RoomState) {
    this.sync = sync;
    this.room = room;
    this.id = room.info.id;
    this.timeline = new Timeline(sync, room);
    this.tray = trays.get(room);
    this.files = new FileAddresses(sync.tenant);
  }

  nameOf(userId: string | undefined): string {
    if (!userId) return m.talk_system_someone();
    return this.sync.store.users.get(userId)?.name ?? m.talk_unknown();
  }

  /** Who wrote it: of a shared account the person, if that is known. */
  authorOf(message: Message): string {
    const account = this.nameOf(message.senderId);
    return message.actorName ? `${message.actorName}（${account}）` : account;
  }

  isOwn(message: Message): boolean {
    return message.senderId === this.sync.me.id;
  }

  /** One writes either an answer or another wording of what one said. */
  reply(message: Message): void {
    this.editing = undefined;
    this.replyTo = message;
    this.focusComposer();
  }

  edit(message: Message): void {
    this.editing = message;
    this.focusComposer();
  }

  /** Ends what the bar above the field tells of. What is answered waits behind an edit, with its draft. */
  stopWriting(): void {
    if (this.editing) this.editing = undefined;
    else this.replyTo = undefined;
  }

  send(text: string, picked: readonly Candidate[], how: SendHow = {}): Promise<void> {
    return this.#post({ text, mentions: named(text, picked), ...how });
  }

  sendSticker(stickerId: string): Promise<void> {
    return this.#post({ text: '', mentions: [], stickerId });
  }

  /** By itself: what was chosen for the words stays where it is. */
  async sendVoice(file: File): Promise<void> {
    const { Tray } = await import('#lib/files/tray.svelte.ts');
    const tray = new Tray(false);
    await tray.add([file]);
    await this.#post({ text: '', mentions: [] }, tray);
  }

  async #post(what: Pick<Pending, 'text' | 'mentions' | 'stickerId'> & SendHow, tray = what.stickerId ? undefined : this.tray): Promise<void> {
    const replyToSeq = this.replyTo?.seq;
    this.replyTo = undefined;
    this.timeline.unreadAfter = undefined;
    const coming = this.timeline.newest();
    const pending: Pending = { ...what, clientId: uuidv7(), roomId: this.id, replyToSeq, createdAt: Date.now(), state: 'waiting' };
    // What was chosen waits for words, as a draft does.
    if (tray) tray.send(this.sync.outbox, pending);
    else void this.sync.outbox.add(pending);
    await tick();
    this.scrollToEnd();
    await coming;
    this.scrollToEnd();
  }

  /** Chosen, dropped or pasted. */
  async attach(files: readonly File[]): Promise<void> {
    const { trayOf } = await import('#lib/files/tray.svelte.ts');
    this.tray = trayOf(this.sync, this.room);
    await this.tray.add(files);
  }

  /** Until the server has it the field keeps it. */
  async save(text: string, picked: readonly Candidate[]): Promise<void> {
    const { editing } = this;
    if (!editing || this.isSaving) return;
    this.isSaving = true;
    const isSaved = await this.attempt(async () => this.sync.receive(await this.sync.api.edit(this.id, editing.seq, text, named(text, picked))));
    this.isSaving = false;
    if (isSaved && this.editing === editing) this.editing = undefined;
  }

  open(pane: Pane): void {
    if (!this.pane && document.activeElement instanceof HTMLElement) this.#opener = document.activeElement;
    this.pane = pane;
  }

  /** The focus goes back to where it was. */
  async closePane(): Promise<void> {
    if (!this.pane) return;
    this.pane = undefined;
    this.shelves.rest();
    await tick();
    if (document.activeElement !== document.body) return;
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
    else this.focusComposer();
  }

  /** A picture large, with those beside it in the messages that are held. */
  look(id: string): void {
    const describe = (message: Message) => ({ sender: this.authorOf(message), when: momentOf(message.sentAt, today.now) });
    this.viewing = { id, items: () => viewedOf(this.timeline.shown.messages, describe) };
  }

  /** ここまで読んだ: nothing in this room is unread any more. */
  readAll(): void {
    this.timeline.unreadAfter = undefined;
    this.sync.reading.upTo(this.id, this.room.info.lastSeq);
  }

  async react(message: Message, emoji: string): Promise<void> {
    const me = this.sync.me.id;
    const isOn = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.includes(me));
    await this.attempt(async () => {
      const answer = await this.sync.api.react(this.id, message.seq, emoji, !isOn);
      if (isMessage(answer)) this.sync.receive(answer);
    });
  }

  async recall(message: Message): Promise<void> {
    await this.attempt(async () => {
      const answer = await this.sync.api.recall(this.id, message.seq);
      if (isMessage(answer)) this.sync.receive(answer);
      toast.info(m.talk_recalled_done());
    });
  }

  async setNotice(seq: number | null): Promise<void> {
    await this.attempt(async () => {
      const room = await this.sync.api.updateRoom(this.id, { noticeSeq: seq });
      if (room) this.sync.store.hold(room);
      if (seq !== null) toast.info(m.talk_notice_set());
    });
  }

  async jumpTo(seq: number): Promise<void> {
    await this.opening;
    const found = await this.timeline.bring(seq);
    if (found !== 'there') return toast.info(found === 'gone' ? m.talk_quote_gone() : m.problem_offline());
    this.scrollTo(seq);
    this.marked = seq;
    setTimeout(() => (this.marked = this.marked === seq ? undefined : this.marked), 1_600);
  }

  select(message: Message): void {
    this.isSelecting = true;
    this.toggle(message.seq);
  }

  toggle(seq: number): void {
    if (!this.selected.delete(seq)) this.selected.add(seq);
  }

  stopSelecting(): void {
    this.isSelecting = false;
    this.selected.clear();
  }

  /** Says what went wrong instead of doing nothing. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      toast.error(problem.errors[0]?.message ?? problem.detail);
      return false;
    }
  }
}

const KEY = Symbol('conversation');

export function provideConversation(conversation: () => Conversation): void {
  setContext(KEY, conversation);
}

/** The open one. Call it again where it may have changed: it is a getter. */
export function useConversation(): Conversation {
  return getContext<() => Conversation>(KEY)();
}
