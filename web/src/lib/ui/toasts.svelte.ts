export type Toast = { id: number; tone: 'info' | 'error'; text: string };

const shownFor = { info: 4_000, error: 8_000 };

/** What is said at the bottom of the screen for a moment. */
class Toasts {
  all = $state<Toast[]>([]);
  #next = 1;

  info(text: string) {
    this.#add('info', text);
  }

  error(text: string) {
    this.#add('error', text);
  }

  dismiss(id: number) {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  #add(tone: Toast['tone'], text: string) {
    const id = this.#next++;
    // The same words twice are one toast, shown anew.
    this.all = [...this.all.filter((toast) => toast.text !== text), { id, tone, text }].slice(-3);
    setTimeout(() => this.dismiss(id), shownFor[tone]);
  }
}

export const toast = new Toasts();
