// Which day it is, so that 「今日」 does not stay over midnight on a screen that nobody reloads.
import { createSubscriber } from 'svelte/reactivity';
import { dayOf, msToNextDay } from './time.ts';

/** A moment of the present day; who reads it is told when the day changes. */
class Today {
  #subscribe = createSubscriber((update) => {
    let day = dayOf(Date.now());
    let timer = setTimeout(look, msToNextDay(Date.now()));
    // A device that slept over midnight fires its timers late.
    document.addEventListener('visibilitychange', look);
    function look(): void {
      clearTimeout(timer);
      timer = setTimeout(look, msToNextDay(Date.now()));
      if (dayOf(Date.now()) === day) return;
      day = dayOf(Date.now());
      update();
    }
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const today = new Today();
