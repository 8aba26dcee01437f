// Puts the pieces together for one account: store, device, live line, outbox. The pieces know nothing of each other.
import type { Me } from '#lib/api/shapes.ts';
import { TalkApi } from './api.ts';
import { applyFrame, type Wishes } from './apply.ts';
import { Connection } from './connection.ts';
import { Delivering } from './delivering.ts';
import { Device } from './device.ts';
import { Drafts } from './drafts.svelte.ts';
import { History } from './history.ts';
import { Keeper } from './keeper.ts';
import { Outbox } from './outbox.ts';
import { forgetPresence, learnPresence } from './presence.svelte.ts';
import { Reading } from './reading.ts';
import { TalkStore } from './store.svelte.ts';
import { Tabs } from './tabs.ts';
import type { Hello, Message, ServerFrame } from './types.ts';
import { wakeful } from './wakeful.ts';
import { Watching } from './watching.ts';

export interface SyncOptions {
  tenant: string;
  me: Me;
  api: unknown;
  signedOut: () => void;
}

export class Sync {
  readonly me: Me;
  readonly tenant: string;
  readonly store: TalkStore;
  readonly api: TalkApi;
  readonly history: History;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly reading: Reading;
  readonly watching: Watching;
  /** A message has just come in; a nudge has. Set by the screens that say so. */
  onarrived: (message: Message) => void = () => {};
  onnudged: (roomId: string, seq: number, userId: string) => void = () => {};
  #device: Device;
  #keeper: Keeper;
  #connection: Connection;
  #delivering: Delivering;
  #tabs: Tabs;
  #sleepless: (() => void) | undefined;
  #fetching = new Set<string>();
  #stopped = false;

  constructor({ tenant, me, api, signedOut }: SyncOptions) {
    this.me = me;
    this.tenant = tenant;
    this.api = new TalkApi(api);
    this.store = new TalkStore({ id: me.id, orgUnitIds: new Set(me.assignments.map((each) => each.orgUnitId)) }, this.api.people);
    this.#device = new Device(tenant, me.id);
    this.#keeper = new Keeper(this.store, this.#device);
    const changed = (roomId: string) => this.#keeper.changed(roomId);
    this.history = new History(this.store, this.api, changed);
    this.drafts = new Drafts(this.#device);
    this.#connection = new Connection(`/${tenant}/api/v1`, {
      hello: () => this.#hello(),
      frame: (frame) => this.#heard(frame),
      link: (link) => this.#linked(link),
      signedOut,
    });
    this.#delivering = new Delivering(this.api, this.#connection);
    this.#tabs = new Tabs(tenant, me.id, (news) => this.outbox.hear(news));
    this.outbox = new Outbox(this.store, this.#device, {
      deliver: this.#delivering.deliver,
      tell: (news) => this.#tabs.tell(news),
      sent: (message) => this.#sent(message),
    });
    this.reading = new Reading(this.store, this.api, this.#connection, changed);
    this.watching = new Watching((frame) => this.#connection.send(frame));
    this.store.users.onlearned = (people) => void this.#device.learnPeople(people);
  }

  /** First what the device holds, at once; then what the server says. */
  async start(): Promise<void> {
    const kept = await this.#device.load();
    if (this.#stopped) return;
    this.store.users.learn(kept.people);
    for (const { info, rev } of kept.rooms) this.store.hold(info).rev = rev;
    this.store.meRev = kept.meRev;
    this.drafts.restore(kept.drafts);
    this.outbox.restore(kept.outbox);
    await Promise.all(kept.rooms.map(({ info }) => this.#recall(info.id)));
    if (kept.rooms.length > 0) this.store.listed = true;
    const listing = this.#list();
    // On a bad line the socket need not wait for the list: it brings summaries of what is not named.
    await Promise.race([listing, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    if (this.#stopped) return;
    this.outbox.restore(kept.outbox);
    this.#connection.start();
    this.watching.start();
    this.#tabs.elect(() => this.outbox.lead());
    this.#sleepless = wakeful({
      woke: () => (this.#connection.wake(), this.outbox.hurry()),
      lost: () => this.#connection.lost(),
      leaving: () => this.#leave(),
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#sleepless?.();
    this.#leave();
    this.outbox.stop();
    this.watching.stop();
    this.#connection.stop();
    this.#tabs.close();
    forgetPresence();
    void this.#keeper.flush().then(() => this.#device.close());
  }

  typing(roomId: string): void {
    this.#connection.send({ type: 'typing', roomId });
  }

  /** A room from the API that may be new here (created, found by name). */
  async fetchRoom(id: string): Promise<void> {
    if (this.#fetching.has(id)) return;
    this.#fetching.add(id);
    try {
      this.store.hold(await this.api.room(id));
      this.#keeper.changed(id);
    } catch (problem) {
      if ((problem as { status?: number }).status === 404) this.forget(id);
    } finally {
      this.#fetching.delete(id);
    }
  }

  forget(id: string): void {
    this.store.forget(id);
    this.#keeper.gone(id);
  }

  /** Something that the API answered with; the live stream says it again, to no effect. */
  receive(message: Message): void {
    applyFrame(this.store, { type: 'ack', message }, this.#wishes);
    this.#keeper.changed(message.roomId);
  }

  async #recall(roomId: string): Promise<void> {
    const room = this.store.room(roomId);
    const tail = await this.#device.tail(roomId);
    if (!room || !tail) return;
    room.segments.restore(tail);
    for (const message of tail.messages) room.reads.counted(message.seq, message.readCount);
    room.version += 1;
  }

  async #list(): Promise<void> {
    try {
      const rooms = await this.api.allRooms();
      const listed = new Set(rooms.map((room) => room.id));
      for (const room of rooms) this.store.hold(room);
      for (const id of [...this.store.rooms.keys()]) if (!listed.has(id)) this.forget(id);
      for (const room of rooms) this.#keeper.changed(room.id);
    } catch {
      // No network: the hello below brings what is missing once there is one.
    }
    this.store.listed ||= this.store.rooms.size > 0 || navigator.onLine;
  }

  #hello(): Hello {
    const rooms: Hello['rooms'] = {};
    const revs: Hello['revs'] = {};
    const reads: Hello['reads'] = {};
    for (const [id, room] of this.store.rooms) {
      rooms[id] = room.segments.tail?.to ?? room.info.lastSeq;
      revs[id] = room.rev;
      reads[id] = room.info.readSeq;
    }
    return { rooms, revs, reads, me: this.store.meRev };
  }

  #heard(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.watching.all();
    applyFrame(this.store, frame, this.#wishes);
    if (frame.type === 'ready') this.#caughtUp();
    if (frame.type === 'behind') this.watching.all();
    const roomId = 'roomId' in frame ? frame.roomId : frame.type === 'message' ? frame.message.roomId : frame.type === 'room' ? frame.room.id : undefined;
    if (roomId && frame.type !== 'typing') this.#keeper.changed(roomId);
  }

  #caughtUp(): void {
    this.store.listed = true;
    this.outbox.hurry();
  }

  #linked(link: 'connecting' | 'up' | 'down'): void {
    this.store.link = link;
    if (link === 'up') return;
    this.#delivering.lineLost();
    forgetPresence();
  }

  #sent(message: Message): void {
    this.receive(message);
  }

  #leave(): void {
    this.drafts.flush();
    this.reading.flush();
    void this.#keeper.flush();
  }

  #wishes: Wishes = {
    fetchRoom: (id) => void this.fetchRoom(id),
    fill: (id) => void this.history.fill(id).catch(() => {}),
    refetch: (id) => void this.#refetch(id).catch(() => {}),
    recount: (id) => void this.history.recount(id).catch(() => {}),
    gone: (id) => this.forget(id),
    arrived: (message) => this.onarrived(message),
    nudged: (roomId, seq, userId) => this.onnudged(roomId, seq, userId),
    presence: learnPresence,
    answered: (ref, message, problem) => this.#delivering.answered(ref, message, problem),
  };

  async #refetch(id: string): Promise<void> {
    const summary = await this.api.room(id);
    const room = this.store.hold(summary);
    room.rev = Math.max(room.rev, summary.rev);
    await this.history.load(id, {});
  }
}
