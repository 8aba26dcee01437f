// Work that many events ask for, done at most every so often, one after the other.

/** Runs `work` at once, and again while it was asked for meanwhile, with `everyMs` between two beginnings. */
export function unhurried(work: () => Promise<unknown>, everyMs: number): { ask: () => void; stop: () => void } {
  let isBusy = false;
  let isAsked = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = -Infinity;

  async function run(): Promise<void> {
    timer = undefined;
    isBusy = true;
    isAsked = false;
    from = performance.now();
    try {
      await work();
    } finally {
      isBusy = false;
      if (isAsked) ask();
    }
  }
  function ask(): void {
    if (isStopped || timer !== undefined) return;
    if (isBusy) isAsked = true;
    else timer = setTimeout(() => void run(), Math.max(0, from + everyMs - performance.now()));
  }
  function stop(): void {
    isStopped = true;
    clearTimeout(timer);
  }
  return { ask, stop };
}
