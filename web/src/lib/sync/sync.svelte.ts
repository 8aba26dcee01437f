// Puts the pieces together for one account: store, device, live line, outbox. The pieces know nothing of each other.
import type { Me } from '#lib/api/shapes.ts';
import { fileWays } from '#lib/files/ways.ts';
import { TalkApi } from './api.ts';
import { applyFrame, type Wishes } from './apply.ts';
import { Connection } from './connection.ts';
import { Delivering } from './delivering.ts';
import { Device } from './device.ts';
import { Drafts } from './drafts.svelte.ts';
import { History } from './history.ts';
import { helloOf } from './hello.ts';
import { Keeper } from './keeper.ts';
import { Later } from './later.svelte.ts';
import { Outbox } from './outbox.ts';
import { forgetPresence, learnPresence } from './presence.svelte.ts';
import { Reading } from './reading.ts';
import { type Found, Rooms } from './rooms.ts';
import { TalkStore } from './store.svelte.ts';
import { Tabs } from './tabs.ts';
import type { Message, ServerFrame } from './types.ts';
import { Units } from './units.svelte.ts';
import { wakeful } from './wakeful.ts';
import { Watching } from './watching.ts';

/** The version of the API that this client was written for. */
const API_VERSION = 1;

export interface SyncOptions {
  tenant: string;
  me: Me;
  api: unknown;
  /** Whether this account is still the one that is signed in in this browser. */
  isStill: () => boolean;
  signedOut: () => void;
  actorRequired: () => void;
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
  readonly units: Units;
  readonly later: Later;
  /** The server speaks a newer language than this client: to be loaded anew. */
  isOutdated = $state(false);
  /** A message has just come in; a nudge has. Set by the screens that say so. */
  onarrived: (message: Message) => void = () => {};
  onnudged: (roomId: string, seq: number, userId: string) => void = () => {};
  /** So many messages could not be sent, because their rooms are gone. */
  onabandoned: (count: number) => void = () => {};
  /** There is no room on the device for files that are to be sent. */
  onunkept: () => void = () => {};
  #device: Device;
  #keeper: Keeper;
  #connection: Connection;
  #delivering: Delivering;
  #tabs: Tabs;
  #sleepless: (() => void) | undefined;
  #rooms: Rooms;
  #stopping: Promise<void> | undefined;

  constructor({ tenant, me, api, isStill, signedOut, actorRequired }: SyncOptions) {
    this.me = me;
    this.tenant = tenant;
    this.api = new TalkApi(api);
    this.store = new TalkStore({ id: me.id, orgUnitIds: new Set(me.assignments.map((each) => each.orgUnitId)) }, this.api.people);
    this.#device = new Device({ tenant, account: me.id, reader: me.actorId ?? me.id });
    this.#keeper = new Keeper(this.store, this.#device);
    const changed = (roomId: string) => this.#keeper.changed(roomId);
    this.history = new History(this.store, this.api, changed);
    this.drafts = new Drafts(this.#device);
    this.units = new Units(this.api.orgUnits);
    this.later = new Later(this.api);
    this.#connection = new Connection(`/${tenant}/api/v1`, {
      mayDial: isStill,
      welcomed: (welcome) => this.#welcomed(welcome),
      hello: () => helloOf(this.store),
      frame: (frame) => this.#heard(frame),
      link: (link) => this.#linked(link),
      signedOut,
    });
    this.#delivering = new Delivering(this.api, this.#connection, actorRequired);
    this.#tabs = new Tabs(tenant, me.id, (news) => this.outbox.hear(news));
    this.outbox = new Outbox(this.store, this.#device, {
      deliver: this.#delivering.deliver,
      tell: (news) => this.#tabs.tell(news),
      sent: (message) => this.receive(message),
      scheduled: (message) => this.later.took(message),
      ...fileWays({ tenant, isStill, actorRequired }, this.api),
      unkept: () => this.onunkept(),
    });
    this.reading = new Reading(this.store, this.api, this.#connection, (roomId) => this.#read(roomId));
    this.watching = new Watching((frame) => this.#connection.send(frame));
    this.#rooms = new Rooms({
      store: this.store,
      api: this.api,
      seen: (roomId) => this.watching.seen(roomId),
      changed,
      gone: (roomId) => this.forget(roomId),
    });
    this.store.onstale = (roomId) => void this.#rooms.refetch(roomId);
  }

  /** First what the device holds, at once; then what the server says. */
  async start(): Promise<void> {
    const kept = await this.#device.load();
    if (this.#stopping) return;
    this.store.users.learn(kept.people);
    this.store.users.onlearned = (people) => void this.#device.learnPeople(people);
    this.drafts.restore(kept.drafts);
    const tails = new Map(kept.tails.map((tail) => [tail.roomId, tail]));
    for (const each of kept.rooms) this.store.recall(each, tails.get(each.info.id));
    this.store.meRev = kept.meRev;
    if (kept.rooms.length > 0) this.store.listed = true;
    await this.outbox.restore();
    // On a bad line the socket need not wait for the list: it brings summaries of what is not named.
    await Promise.race([this.#rooms.list(), new Promise((resolve) => setTimeout(resolve, 3_000))]);
    if (this.#stopping) return;
    this.#connection.start();
    this.watching.start();
    this.#tabs.elect(() => this.outbox.lead());
    this.#sleepless = wakeful({
      woke: () => (this.#connection.wake(), this.outbox.hurry()),
      lost: () => this.#connection.lost(),
      leaving: () => this.#leave(),
    });
  }

  /** Done once all that was to be written is on its way to the device. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  /** Asks again for what could not be had. */
  retry(): void {
    this.#connection.wake();
    void this.#rooms.list();
  }

  typing(roomId: string): void {
    this.#connection.send({ type: 'typing', roomId });
  }

  /** A room from the API that may be new here (created, found by name). */
  fetchRoom(id: string): Promise<Found> {
    return this.#rooms.fetch(id);
  }

  forget(id: string): void {
    this.store.forget(id);
    this.#keeper.gone(id);
    this.later.left(id);
    void this.outbox.abandon(id).then((count) => count > 0 && this.onabandoned(count));
  }

  /** Something that the API answered with; the live stream says it again, to no effect. */
  receive(message: Message): void {
    applyFrame(this.store, { type: 'ack', message }, this.#wishes);
    this.#keeper.changed(message.roomId);
  }

  #welcomed(welcome: ServerFrame & { type: 'welcome' }): boolean {
    if (welcome.userId !== undefined && welcome.userId !== this.me.id) return false;
    this.isOutdated = welcome.apiVersion !== API_VERSION;
    return true;
  }

  #heard(frame: ServerFrame): void {
    if (frame.type === 'behind' && (frame.me ?? 0) > this.store.meRev) return this.#connection.renew();
    if (frame.type === 'welcome' || frame.type === 'behind') this.watching.all();
    if (frame.type === 'message' && frame.message.senderId === this.me.id) this.outbox.settle(frame.message);
    if (frame.type === 'message' && frame.message.recalledAt) this.later.recalled(frame.message);
    applyFrame(this.store, frame, this.#wishes);
    if (frame.type === 'ready') this.#caughtUp();
    const roomId = 'roomId' in frame ? frame.roomId : frame.type === 'message' ? frame.message.roomId : frame.type === 'room' ? frame.room.id : undefined;
    if (roomId && frame.type !== 'typing') this.#keeper.changed(roomId);
  }

  #caughtUp(): void {
    this.store.listed = true;
    this.store.unreachable = undefined;
    this.outbox.hurry();
    this.#rooms.mend();
    for (const room of this.store.rooms.values()) if (room.isOpened && !room.holdsNewest) this.#wishes.fill(room.info.id);
    void this.#adoptStrays();
  }

  /** What waits for rooms that are not held: they are new here, or gone. */
  async #adoptStrays(): Promise<void> {
    const strays = await this.outbox.strays();
    if (strays.size === 0) return;
    await Promise.all([...strays].map((roomId) => this.#rooms.fetch(roomId)));
    await this.outbox.restore();
  }

  #read(roomId: string): void {
    this.#keeper.changed(roomId);
    if (this.store.room(roomId)?.isCounted === false) this.#rooms.count(roomId);
  }

  #linked(link: 'connecting' | 'up' | 'down'): void {
    this.store.link = link;
    if (link === 'up') return;
    this.#delivering.lineLost();
    forgetPresence();
  }

  async #stop(): Promise<void> {
    this.#sleepless?.();
    this.#leave();
    this.outbox.stop();
    this.watching.stop();
    this.#rooms.stop();
    this.#connection.stop();
    this.#tabs.close();
    forgetPresence();
    await this.#keeper.flush();
    await this.#device.close();
  }

  #leave(): void {
    this.drafts.flush();
    this.reading.flush();
    void this.#keeper.flush();
  }

  #wishes: Wishes = {
    fetchRoom: (id) => void this.fetchRoom(id),
    fill: (id) => void this.history.fill(id).catch(() => {}),
    refetch: (id) => void this.#rooms.refetch(id),
    countUnread: (id) => this.#rooms.count(id),
    recount: (id) => void this.history.recount(id).catch(() => {}),
    gone: (id) => this.forget(id),
    arrived: (message) => this.onarrived(message),
    nudged: (roomId, seq, userId) => this.onnudged(roomId, seq, userId),
    later: (what) => void this.later.load(what),
    presence: learnPresence,
    answered: (ref, message, problem) => this.#delivering.answered(ref, message, problem),
  };
}
