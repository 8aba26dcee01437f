// Whether somebody reads what is on screen: only then may it count as read.

/** The page is in front, and nothing lies over `element`: no dialog, no pane that makes it inert. */
export function isAttentive(element: Element | undefined): boolean {
  if (!element || document.visibilityState !== 'visible' || !document.hasFocus()) return false;
  return element.closest('[inert]') === null && document.querySelector('dialog[open]') === null;
}
