// The keyboard in a conversation: arrows from message to message, letters for what one does with it.
import type { VirtualizerHandle } from 'virtua/svelte';
import { actionsFor } from './actions.ts';
import type { Conversation } from './conversation.svelte.ts';

export function timelineKeys(
  conversation: Conversation, scroller: () => HTMLElement | undefined, handle: () => VirtualizerHandle | undefined,
): (event: KeyboardEvent) => void {
  return (event) => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || event.isComposing) return;
    const isOnList = target === scroller() || target.matches('article[data-seq]');
    if (!isOnList) return;
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      return void step(conversation, scroller, handle, event.key === 'ArrowUp' ? -1 : 1);
    }
    if (target === scroller()) return;
    const message = conversation.room.segments.get(Number(target.dataset.seq));
    if (!message || event.ctrlKey || event.metaKey || event.altKey) return;
    const opensMenu = event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
    if (opensMenu) {
      event.preventDefault();
      conversation.menu = { message, at: target.getBoundingClientRect() };
      return;
    }
    const action = actionsFor(conversation, message).find((each) => each.key === event.key);
    if (!action) return;
    event.preventDefault();
    action.run(conversation, message);
  };
}

/** Moves the focus to the next message up or down; from nowhere to the one that is lowest on screen. */
async function step(
  conversation: Conversation, scroller: () => HTMLElement | undefined, handle: () => VirtualizerHandle | undefined, by: 1 | -1,
): Promise<void> {
  const { rows } = conversation.timeline.shown;
  const list = handle();
  if (!list || rows.length === 0) return;
  const here = conversation.focused === undefined ? -1 : conversation.timeline.index(conversation.focused);
  let at = here >= 0 ? here + by : list.findItemIndex(list.getScrollOffset() + list.getViewportSize() - 8);
  while (at >= 0 && at < rows.length && rows[at]?.kind !== 'message') at += here >= 0 ? by : -1;
  const row = rows[at];
  if (row?.kind !== 'message') return;
  conversation.focused = row.message.seq;
  list.scrollToIndex(at, { align: 'nearest' });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  scroller()?.querySelector<HTMLElement>(`article[data-seq="${row.message.seq}"]`)?.focus({ preventScroll: true });
}
