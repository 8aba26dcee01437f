// One send: over the live line when it stands, else as a request. Repeating is safe by its clientId.
import { ApiProblem } from '#lib/api/problem.ts';
import type { TalkApi } from './api.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Pending } from './pending.ts';
import type { ClientFrame, Message, Problem, SendBody } from './types.ts';

const ACK_WITHIN_MS = 8_000;

export class Delivering {
  #api: TalkApi;
  #line: { isReady: boolean; send: (frame: ClientFrame) => boolean };
  #actorRequired: () => void;
  #awaited = new Map<string, (outcome: Outcome | undefined) => void>();

  constructor(api: TalkApi, line: { isReady: boolean; send: (frame: ClientFrame) => boolean }, actorRequired: () => void) {
    this.#api = api;
    this.#line = line;
    this.#actorRequired = actorRequired;
  }

  deliver = async (pending: Pending): Promise<Outcome> => {
    const body = bodyOf(pending);
    const { roomId, clientId, sendAt } = pending;
    if (sendAt) return this.#request(async () => ({ kind: 'scheduled', message: await this.#api.schedule(roomId, sendAt, body) }));
    if (this.#line.isReady && this.#line.send({ type: 'send', ref: clientId, roomId, ...body })) {
      const outcome = await this.#answer(clientId);
      if (outcome) return outcome;
    }
    return this.#request(async () => ({ kind: 'sent', message: await this.#api.send(roomId, body) }));
  };

  /** An `ack` or `error` frame. */
  answered(ref: string, message: Message | undefined, problem: Problem | undefined): void {
    const settle = this.#awaited.get(ref);
    if (message) settle?.({ kind: 'sent', message });
    else if (problem) settle?.(this.#outcomeOf(problem));
  }

  /** The line broke: what it carried is asked for again. */
  lineLost(): void {
    for (const settle of [...this.#awaited.values()]) settle(undefined);
  }

  #answer(ref: string): Promise<Outcome | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), ACK_WITHIN_MS);
      const settle = (outcome: Outcome | undefined) => {
        clearTimeout(timer);
        this.#awaited.delete(ref);
        resolve(outcome);
      };
      this.#awaited.set(ref, settle);
    });
  }

  async #request(ask: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await ask();
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) return { kind: 'later' };
      const { status, kind, detail, errors, retryAfter } = problem;
      return outcomeOf({ status, type: kind, detail, errors: [...errors] }, retryAfter);
    }
  }

  /** A request's refusals are heard where all requests pass; a frame's only here. */
  #outcomeOf(problem: Problem): Outcome {
    const outcome = outcomeOf(problem);
    if (outcome.kind === 'held') this.#actorRequired();
    return outcome;
  }
}

function bodyOf({ clientId, text, stickerId, replyToSeq, mentions, files = [], place, silent }: Pending): SendBody {
  return {
    clientId,
    ...(stickerId === undefined ? {} : { stickerId }),
    ...(text === '' && (files.length > 0 || stickerId !== undefined) ? {} : { text }),
    ...(replyToSeq === undefined ? {} : { replyToSeq }),
    ...(mentions.length === 0 ? {} : { mentions }),
    ...(files.length === 0 ? {} : { attachmentIds: files.flatMap(({ id }) => id ?? []) }),
    ...(place ? { place } : {}),
    ...(silent ? { silent } : {}),
  };
}
