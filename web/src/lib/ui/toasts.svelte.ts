/** What can be done about it, at once. */
type Action = { label: string; run: () => void };
export type Toast = { id: number; tone: 'info' | 'error'; text: string; action?: Action };

const shownFor = { info: 4_000, error: 8_000 };

/** What is said at the bottom of the screen for a moment. */
class Toasts {
  all = $state<Toast[]>([]);
  #next = 1;

  info(text: string, action?: Action) {
    this.#add('info', text, action);
  }

  error(text: string) {
    this.#add('error', text);
  }

  dismiss(id: number) {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  #add(tone: Toast['tone'], text: string, action?: Action) {
    const id = this.#next++;
    // The same words twice are one toast, shown anew.
    this.all = [...this.all.filter((toast) => toast.text !== text), { id, tone, text, action }].slice(-3);
    setTimeout(() => this.dismiss(id), shownFor[action ? 'error' : tone]);
  }
}

export const toast = new Toasts();
