// Sleep and wake of a tab and of the network, as one subscription.

export interface Wakeful {
  woke: () => void;
  lost: () => void;
  /** Perhaps for good: phones kill hidden tabs without another word. */
  leaving: () => void;
}

export function wakeful(on: Wakeful): () => void {
  const visible = () => (document.visibilityState === 'visible' ? on.woke() : on.leaving());
  const shown = (event: PageTransitionEvent) => event.persisted && on.woke();
  const online = () => on.woke();
  const offline = () => on.lost();
  const hide = () => on.leaving();
  document.addEventListener('visibilitychange', visible);
  addEventListener('pageshow', shown);
  addEventListener('pagehide', hide);
  addEventListener('online', online);
  addEventListener('offline', offline);
  const connection = (navigator as { connection?: EventTarget }).connection;
  connection?.addEventListener('change', online);
  return () => {
    document.removeEventListener('visibilitychange', visible);
    removeEventListener('pageshow', shown);
    removeEventListener('pagehide', hide);
    removeEventListener('online', online);
    removeEventListener('offline', offline);
    connection?.removeEventListener('change', online);
  };
}
