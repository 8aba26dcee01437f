import { m } from '#lib/paraglide/messages.js';

/** Seconds that are still to be waited, counted down once a second. */
export class Countdown {
  left = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** 「1分20秒」 */
  get words(): string {
    const minutes = Math.floor(this.left / 60);
    const seconds = this.left % 60;
    if (minutes === 0) return m.time_seconds({ seconds });
    return seconds === 0 ? m.time_minutes({ minutes }) : m.time_minutes_seconds({ minutes, seconds });
  }

  start(seconds: number) {
    clearInterval(this.#timer);
    const end = Date.now() + seconds * 1000;
    this.left = Math.ceil(seconds);
    this.#timer = setInterval(() => {
      this.left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      if (this.left === 0) clearInterval(this.#timer);
    }, 1000);
  }
}
