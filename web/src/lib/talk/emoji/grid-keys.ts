// Arrow keys in a grid of buttons that flows as wide as there is room.

/** Where the key leads from the button that has the focus; its focus goes there. */
export function moveInGrid(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  if (at < 0) return;
  const top = buttons[0]?.offsetTop ?? 0;
  const second = buttons.findIndex((button) => button.offsetTop > top);
  const columns = second < 0 ? buttons.length : second;
  const moves: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: buttons.length - 1 };
  const to = moves[event.key];
  if (to === undefined) return;
  event.preventDefault();
  buttons[Math.max(0, Math.min(buttons.length - 1, to))]?.focus();
}
